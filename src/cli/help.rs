//! The texts of each flag, both from its doc comment: the first paragraph is the line in `-h`, and `--help` adds the
//! second. By default, clap prints variables in `-h` too, with their values, and needs five lines for a flag in `--help`.

use clap::builder::StyledStr;
use clap::{Arg, Command};

/// The longest text of a flag in `-h`: one line of a terminal of 80 columns, after the indentation.
pub(super) const LINE: usize = 70;

/// Sets the texts of all flags, also of those of the subcommands.
pub(super) fn texts(command: Command) -> Command {
    command.mut_args(with_texts).mut_subcommands(texts)
}

fn with_texts(arg: Arg) -> Arg {
    // Doc comments are Markdown, a terminal is not.
    let plain = |text: &StyledStr| text.to_string().replace('`', "");
    let Some(short) = arg.get_help().map(plain) else { return arg };
    let long = arg.get_long_help().map_or_else(|| short.clone(), plain);
    let (default, variable) = (default(&arg), variable(&arg));

    let mut paragraphs = long.splitn(3, "\n\n");
    let first: Vec<_> = [paragraphs.next(), paragraphs.next()].into_iter().flatten().collect();
    let facts: Vec<_> = [&default, &variable].into_iter().flatten().map(String::as_str).collect();
    let mut text = append(first.join(". "), &facts.join(" "));
    if let Some(rest) = paragraphs.next() {
        text = text + "\n\n" + rest;
    }
    // A default that does not fit is left to `--help`.
    let line = append(short.clone(), default.as_deref().unwrap_or_default());
    let line = if line.contains('\n') { short } else { line };
    // Clap allows hiding a default only where there can be one.
    arg.help(line).long_help(text).hide_default_value(default.is_some()).hide_env(variable.is_some())
}

/// Appends to a line if both fit in one, else on a line of its own.
fn append(text: String, more: &str) -> String {
    let fits = text.chars().count() + 1 + more.chars().count() <= LINE;
    if more.is_empty() { text } else { text + if fits { " " } else { "\n" } + more }
}

fn default(arg: &Arg) -> Option<String> {
    let values: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    (!values.is_empty()).then(|| format!("[default: {}]", values.join(" ")))
}

fn variable(arg: &Arg) -> Option<String> {
    Some(format!("[env: {}]", arg.get_env()?.to_string_lossy()))
}
