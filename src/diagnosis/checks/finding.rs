//! A finding: its name, its subject, what was measured, and what to do.

use serde::Serialize;

use super::Name;
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
    /// What was measured, with numbers and units.
    pub message: String,
    /// What to do, the most likely fix first; one to three.
    pub recommendations: Vec<String>,
    /// The metric in which it shows.
    pub metric: &'static str,
    /// The path of its runbook in the repository.
    pub runbook: String,
}
