//! The result of a check.

use super::Finding;
use super::Name;
use crate::diagnosis::severity::Severity;
use crate::diagnosis::subject::Subject;

/// The result of a check. The caller of the check knows the subject.
#[derive(Debug)]
pub(in crate::diagnosis) struct Found {
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
    pub(in crate::diagnosis) fn about(self, subject: Subject) -> Finding {
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
