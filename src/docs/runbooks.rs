//! The runbooks: by what they are about, and by the names that people know a problem under.

use super::{Content, content, pages};
use crate::diagnosis::Name;
use crate::similar;

/// The folder of the runbooks.
const FOLDER: &str = "runbooks/";

/// A runbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Runbook {
    /// Its name, which is also that of its alert.
    pub(crate) name: &'static str,
    /// What it is about: `endpoint`, `pod`, `account` or `exporter`.
    pub(crate) about: &'static str,
    /// The findings that it describes.
    pub(crate) findings: Vec<&'static str>,
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
    let order =
        |about: &str| ["endpoint", "pod", "account", "exporter"].iter().position(|group| *group == about);
    runbooks.sort_by_key(|runbook| (order(runbook.about), runbook.name));
    runbooks
}

fn of_page(name: &'static str) -> Option<Runbook> {
    let Content::Markdown(markdown) = content(&format!("{FOLDER}{name}.md"))? else { return None };
    let of_page: Vec<Name> =
        Name::ALL.iter().copied().filter(|finding| finding.row().runbook.page() == name).collect();
    let about = of_page.first().map_or("exporter", |finding| finding.row().subject.as_str());
    let findings = of_page.into_iter().map(Name::as_str).collect();
    Some(Runbook { name, about, findings, markdown })
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
    let names: Vec<(String, Runbook, &str)> = runbooks
        .into_iter()
        .flat_map(|runbook| {
            let names = std::iter::once(runbook.name).chain(runbook.findings.clone());
            names.map(move |known| (self::plain(known), runbook.clone(), known)).collect::<Vec<_>>()
        })
        .collect();
    let mut shown: Vec<(&Runbook, &str)> = Vec::new();
    for near in similar::nearest(&plain, names.iter().map(|(plain, ..)| plain.as_str())) {
        let meant = names.iter().find(|(plain, ..)| plain == near);
        let Some((_, runbook, known)) = meant else { continue };
        if !shown.iter().any(|(other, _)| other.name == runbook.name) {
            shown.push((runbook, known));
        }
    }
    let shown: Vec<&str> = shown.into_iter().map(|(_, known)| known).collect();
    let suggestion =
        if shown.is_empty() { ".".to_owned() } else { format!("; did you mean {}?", shown.join(" or ")) };
    Err(UnknownRunbook { name: name.to_owned(), suggestion })
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
        assert_eq!(error("xyzzy"), "no runbook \"xyzzy\". For a list: runpod-exporter runbook");
        assert!(error("").starts_with("no runbook \"\""));
    }

    #[test]
    fn every_runbook_has_a_summary_and_a_group() {
        for runbook in runbooks() {
            let summary = runbook.summary();
            assert!(summary.ends_with(['.', ':']) && summary.len() < 200, "{}: {summary}", runbook.name);
            assert!(["endpoint", "pod", "account", "exporter"].contains(&runbook.about));
        }
    }
}
