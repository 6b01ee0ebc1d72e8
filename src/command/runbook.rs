//! `runbook`: prints a runbook, or the list of them.

use std::process::ExitCode;

use anstyle::Style;
use program::output::{print_to, width};
use textwrap::{Options, WordSplitter};

use super::failure::Failure;
use crate::cli;
use crate::docs::{self, About, Runbook};

const BOLD: Style = Style::new().bold();

pub(super) fn run(flags: &cli::Runbook) -> Result<ExitCode, Failure> {
    let text = match flags.name.as_deref() {
        Some(name) => page(docs::runbook(name)?.markdown, width()),
        None => list(&docs::runbooks(), width()),
    };
    print_to(anstream::stdout(), text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// All runbooks, by what they are about.
fn list(runbooks: &[Runbook], width: Option<usize>) -> String {
    let mut text = String::new();
    for about in About::ALL {
        let separator = if text.is_empty() { "" } else { "\n" };
        text.extend([format!("{separator}{BOLD}{}{BOLD:#}\n", about.heading())]);
        for runbook in runbooks.iter().filter(|runbook| runbook.about == *about) {
            text += &wrapped(&format!("  {}: ", runbook.name), "      ", &runbook.summary(), width);
            if !runbook.findings.is_empty() {
                text += &wrapped("      ", "      ", &runbook.findings.join(", "), width);
            }
        }
    }
    text + "\nPrint one: runpod-exporter runbook NAME\n"
}

/// A page: its paragraphs and lists are wrapped to the width; code and tables stay as they are.
fn page(markdown: &str, width: Option<usize>) -> String {
    let mut text = String::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in markdown.lines().filter(|line| !line.starts_with("<!--")) {
        let fence = line.trim_start().starts_with("```");
        let is_item = line.trim_start().starts_with("- ");
        if fence || in_code || line.is_empty() || line.starts_with(['#', '|']) || is_item {
            text += &flowed(&std::mem::take(&mut paragraph), width);
        }
        if fence {
            in_code = !in_code;
        } else if in_code {
            text.extend([format!("    {line}\n")]);
        } else if let Some(heading) =
            line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))
        {
            text.extend([format!("{BOLD}{heading}{BOLD:#}\n")]);
        } else if line.is_empty() {
            if !text.is_empty() && !text.ends_with("\n\n") {
                text.push('\n');
            }
        } else if line.starts_with('|') {
            text.extend([format!("{line}\n")]);
        } else if paragraph.is_empty() {
            paragraph.push_str(line);
        } else {
            paragraph.push(' ');
            paragraph.push_str(line.trim_start());
        }
    }
    text + &flowed(&paragraph, width)
}

/// A paragraph or an item of a list.
fn flowed(paragraph: &str, width: Option<usize>) -> String {
    if paragraph.is_empty() {
        return String::new();
    }
    let text = paragraph.trim_start();
    let indent = " ".repeat(paragraph.len().saturating_sub(text.len()));
    let (mark, text) = text.strip_prefix("- ").map_or(("", text), |text| ("- ", text));
    let rest = format!("{indent}{}", " ".repeat(mark.len()));
    wrapped(&format!("{indent}{mark}"), &rest, &without_links(text), width)
}

fn wrapped(first: &str, rest: &str, text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return format!("{first}{text}\n") };
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

/// The text with the texts of its links in place of them.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](").and_then(|(name, target)| Some((name, target.split_once(')')?.1)));
        plain.push_str(before);
        match link {
            Some((name, further)) if !name.contains('[') => {
                plain.push_str(name);
                rest = further;
            }
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_wrapped_and_its_commands_are_not() {
        let markdown = "# Title\n\nOne [two](x.md) three\nfour.\n\n<!-- summary, by make docs -->\n\n- a long item that is\n  wrapped\n\n```sh\nrunpod-exporter logs ENDPOINT --level=error\n```\n";
        assert_eq!(
            anstream::adapter::strip_str(&page(markdown, Some(20))).to_string(),
            "Title\n\nOne two three four.\n\n- a long item that\n  is wrapped\n\n    runpod-exporter logs ENDPOINT --level=error\n"
        );
        assert_eq!(without_links("a[0] and [b](c)"), "a[0] and b");
    }

    #[test]
    fn every_runbook_is_in_the_list_and_no_page_has_marks_left() {
        let runbooks = docs::runbooks();
        let list = list(&runbooks, Some(80));
        for runbook in &runbooks {
            assert!(list.contains(&format!("  {}: ", runbook.name)), "{}", runbook.name);
            let page = page(runbook.markdown, Some(80));
            assert!(!page.contains("<!--") && !page.contains("](") && !page.contains("```"), "{page}");
        }
    }
}
