//! A finding: its name, its subject, what was measured, and what to do.

use jiff::Timestamp;
use serde::Serialize;

use super::Name;
use crate::diagnosis::impact::Impact;
use crate::diagnosis::severity::Severity;
use crate::diagnosis::subject::Subject;

/// A problem that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub name: Name,
    /// How urgent it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// The start of the state, as far as it was observed.
    pub since: Timestamp,
    /// The finding that explains it, in which case it is a symptom: its cause needs attention, not this.
    pub explained_by: Option<Name>,
    /// What was measured, with numbers and units.
    pub message: String,
    /// What to do, the most likely fix first; one to three.
    pub recommendations: Vec<String>,
    /// The metric in which it shows.
    pub metric: &'static str,
    /// The path of its runbook in the repository.
    pub runbook: String,
    /// The URL of its runbook at the exporter that served the finding, if one did.
    pub runbook_url: Option<String>,
    /// What it does to the users of the endpoint.
    pub impact: Impact,
}

impl Finding {
    /// Whether it follows from another finding.
    pub const fn is_symptom(&self) -> bool {
        self.explained_by.is_some()
    }
}
