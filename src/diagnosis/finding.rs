//! A finding: its name, its subject, what was measured, and what to do.

use serde::Serialize;

use super::name::Name;
use super::severity::Severity;
use super::subject::Subject;

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

/// The result of a check. The caller of the check knows the subject.
#[derive(Debug)]
pub(super) struct Found {
    name: Name,
    severity: Severity,
    message: String,
    recommendations: Vec<String>,
    metric: Option<&'static str>,
}

impl Found {
    /// A result that shows in the first metric of its row.
    pub(super) const fn new(
        name: Name,
        severity: Severity,
        message: String,
        recommendations: Vec<String>,
    ) -> Self {
        Self { name, severity, message, recommendations, metric: None }
    }

    /// The same result, shown in another metric of its row.
    #[must_use]
    pub(super) fn in_metric(self, metric: &'static str) -> Self {
        debug_assert!(
            self.name.row().metrics.contains(&metric),
            "{metric} is not in the row of {:?}",
            self.name
        );
        Self { metric: Some(metric), ..self }
    }

    /// The finding about this subject.
    pub(super) fn about(self, subject: Subject) -> Finding {
        let Self { name, severity, message, recommendations, metric } = self;
        let row = name.row();
        let metric = metric.or_else(|| row.metrics.first().copied()).unwrap_or_default();
        let runbook = format!("docs/runbooks/{}.md", row.runbook.page());
        Finding { name, severity, subject, message, recommendations, metric, runbook }
    }
}

/// The recommendations of a finding.
pub(super) fn recommend<const N: usize>(texts: [&str; N]) -> Vec<String> {
    const { assert!(0 < N && N <= 3, "one to three recommendations") };
    texts.map(str::to_owned).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_severity_is_the_same_in_json_and_in_labels() {
        for name in Name::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
            assert!(!name.row().metrics.is_empty(), "{name:?} shows in no metric");
        }
        for severity in Severity::ALL {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
    }
}
