//! The runbooks: by what they are about, and by the names that people know a problem under.

use super::{About, Content, content, pages};
use crate::diagnosis::{Name, title};
use crate::similar;

/// The folder of the runbooks.
const FOLDER: &str = "runbooks/";

/// Maximum number of names that are suggested.
const SUGGESTIONS: usize = 3;

/// Minimum length of a word: shorter ones are in too many texts.
const MIN_WORD: usize = 3;

/// A runbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Runbook {
    /// Its name, which is also that of its alert.
    pub(crate) name: &'static str,
    /// What it is about.
    pub(crate) about: About,
    /// The findings that it describes.
    pub(crate) findings: Vec<&'static str>,
    /// The titles of these findings on the overview page.
    titles: Vec<&'static str>,
    /// Its text.
    pub(crate) markdown: &'static str,
}

/// There is no such runbook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no runbook \"{name}\"{suggestion} For a list: runpod-exporter runbook")]
pub struct UnknownRunbook {
    name: String,
    suggestion: String,
}

impl Runbook {
    /// The name of its page.
    pub(crate) fn page(&self) -> String {
        format!("{FOLDER}{}.md", self.name)
    }

    /// Whether its name, its findings and their titles, or its summary have all of these words, in any form.
    fn has_words(&self, wanted: &[String]) -> bool {
        let texts = [&[self.name][..], &self.findings, &self.titles].concat();
        let texts = texts.into_iter().flat_map(words).chain(words(&self.summary()));
        let known: Vec<String> = texts.collect();
        let is_known = |word: &String| {
            known.iter().any(|known| known.starts_with(word.as_str()) || word.starts_with(known.as_str()))
        };
        !wanted.is_empty() && wanted.iter().all(is_known)
    }

    /// The first sentence, which says what the problem is.
    pub(crate) fn summary(&self) -> String {
        let lines = self.markdown.lines().skip(1).skip_while(|line| line.is_empty());
        let paragraph: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
        let paragraph = paragraph.join(" ");
        let end = paragraph.find(". ").map_or(paragraph.len(), |end| end + 1);
        paragraph.get(..end).unwrap_or_default().to_owned()
    }
}

/// All runbooks: those of endpoints, then of pods, of the account, and of the exporter.
pub(crate) fn runbooks() -> Vec<Runbook> {
    let name_of = |page: &'static str| page.strip_prefix(FOLDER)?.strip_suffix(".md");
    let names = pages().into_iter().filter_map(name_of).filter(|name| *name != "README");
    let mut runbooks: Vec<_> = names.filter_map(of_page).collect();
    runbooks.sort_by_key(|runbook| (runbook.about, runbook.name));
    runbooks
}

fn of_page(name: &'static str) -> Option<Runbook> {
    let Content::Markdown(markdown) = content(&format!("{FOLDER}{name}.md"))? else { return None };
    let of_page: Vec<Name> =
        Name::ALL.iter().copied().filter(|finding| finding.row().runbook.page() == name).collect();
    let about = About::of(name, &of_page);
    let titles = of_page.iter().copied().map(title).collect();
    let findings = of_page.into_iter().map(Name::as_str).collect();
    Some(Runbook { name, about, findings, titles, markdown })
}

/// The runbook of an alert or a finding. Case, separators, the prefix and a path are ignored.
pub(crate) fn runbook(name: &str) -> Result<Runbook, UnknownRunbook> {
    let runbooks = runbooks();
    let plain = plain(name);
    let is_meant = |runbook: &&Runbook| {
        let mut names = std::iter::once(runbook.name).chain(runbook.findings.iter().copied());
        names.any(|known| self::plain(known) == plain)
    };
    if let Some(runbook) = runbooks.iter().find(is_meant).filter(|_| !plain.is_empty()) {
        return Ok(runbook.clone());
    }
    let shown = suggestions(name, &runbooks);
    let suggestion =
        if shown.is_empty() { ".".to_owned() } else { format!("; did you mean {}?", shown.join(" or ")) };
    Err(UnknownRunbook { name: name.to_owned(), suggestion })
}

/// The names that the given one may stand for: of runbooks with all of its words, then those with similar letters. Each runbook
/// is named once.
fn suggestions(name: &str, runbooks: &[Runbook]) -> Vec<&'static str> {
    let words = words(name);
    let with_words = runbooks.iter().filter(|runbook| runbook.has_words(&words));
    let mut shown: Vec<(&Runbook, &'static str)> =
        with_words.map(|runbook| (runbook, runbook.name)).collect();
    let names: Vec<(String, &Runbook, &'static str)> = runbooks
        .iter()
        .flat_map(|runbook| {
            let names = std::iter::once(runbook.name).chain(runbook.findings.iter().copied());
            names.map(move |known| (plain(known), runbook, known))
        })
        .collect();
    for near in similar::nearest(&plain(name), names.iter().map(|(plain, ..)| plain.as_str())) {
        shown.extend(
            names.iter().find(|(plain, ..)| plain == near).map(|(_, runbook, known)| (*runbook, *known)),
        );
    }
    let mut seen: Vec<&str> = Vec::new();
    shown.retain(|(runbook, _)| {
        let is_new = !seen.contains(&runbook.name);
        seen.push(runbook.name);
        is_new
    });
    shown.into_iter().take(SUGGESTIONS).map(|(_, known)| known).collect()
}

/// The words of a name or a text in lower case, without the prefix of all alerts: `RunpodQueueDeep` has two.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in text.chars() {
        if character.is_ascii_uppercase() || !character.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_ascii_alphanumeric()) {
            word.push(character.to_ascii_lowercase());
        }
    }
    words.retain(|word| word.len() >= MIN_WORD && word != "runpod");
    words
}

/// What identifies a name: its letters and digits, without the prefix of all alerts.
fn plain(name: &str) -> String {
    let name = name.trim().trim_end_matches(".md");
    let name = name.rsplit('/').next().unwrap_or_default();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    name.strip_prefix("runpod").map(str::to_owned).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runbook_has_the_names_of_its_alert_and_its_findings() {
        for name in [
            "RunpodQueueStuck",
            "runpodqueuestuck",
            "QueueStuck",
            "queue-stuck",
            "queue_stuck_no_capacity",
            "docs/runbooks/RunpodQueueStuck.md",
            "http://localhost:10736/docs/runbooks/RunpodQueueStuck",
        ] {
            assert_eq!(runbook(name).unwrap().name, "RunpodQueueStuck", "{name}");
        }
        let error = |name: &str| runbook(name).unwrap_err().to_string();
        assert_eq!(
            error("QueueStuk"),
            "no runbook \"QueueStuk\"; did you mean RunpodQueueStuck? For a list: runpod-exporter runbook"
        );
        for (name, meant) in [
            ("RunpodWorkersCrash", "RunpodWorkersUnhealthy"),
            ("worker crashes", "RunpodWorkersUnhealthy"),
            ("idle pods", "RunpodPodIdle"),
            ("balance left", "RunpodBalanceGone"),
        ] {
            let error = error(name);
            assert!(error.contains(&format!("did you mean {meant}")), "{error}");
        }
        assert_eq!(words("RunpodQueueDeep no_workers, p95"), ["queue", "deep", "workers", "p95"]);
        assert_eq!(error("xyzzy"), "no runbook \"xyzzy\". For a list: runpod-exporter runbook");
        assert!(error("").starts_with("no runbook \"\""));
    }

    #[test]
    fn every_runbook_has_a_summary() {
        for runbook in runbooks() {
            let summary = runbook.summary();
            assert!(summary.ends_with(['.', ':']) && summary.len() < 200, "{}: {summary}", runbook.name);
        }
    }
}
