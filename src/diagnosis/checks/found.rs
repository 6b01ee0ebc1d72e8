//! The result of a check.

use std::time::Duration;

use jiff::Timestamp;

use super::Finding;
use super::Name;
use crate::diagnosis::impact::Impact;
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
    lasted: Duration,
    impact: Option<Impact>,
    because_of: Option<Name>,
}

impl Found {
    /// A result that shows in the first metric of its row.
    pub(super) const fn new(
        name: Name,
        severity: Severity,
        message: String,
        recommendations: Vec<String>,
    ) -> Self {
        Self {
            name,
            severity,
            message,
            recommendations,
            metric: None,
            lasted: Duration::ZERO,
            impact: None,
            because_of: None,
        }
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

    /// The same result about a state that has lasted this long.
    #[must_use]
    pub(super) fn lasting(self, lasted: Duration) -> Self {
        Self { lasted, ..self }
    }

    /// The same result with another impact than that of its row.
    #[must_use]
    pub(super) fn with_impact(self, impact: Impact) -> Self {
        Self { impact: Some(impact), ..self }
    }

    /// The same result as a symptom of another finding, if that is found too. For checks that know the reason of a failure;
    /// what always explains a finding is in the row of the other one.
    #[must_use]
    pub(super) fn because_of(self, cause: Name) -> Self {
        Self { because_of: Some(cause), ..self }
    }

    /// The finding about this subject. `known` is the start of its state if it was found before.
    pub(in crate::diagnosis) fn about(
        self,
        subject: Subject,
        now: Timestamp,
        known: impl FnOnce(Name) -> Option<Timestamp>,
    ) -> Finding {
        let Self { name, severity, message, recommendations, metric, lasted, impact, because_of } = self;
        let row = name.row();
        // Whole seconds: scrapes are not more precise.
        let began = || {
            let start = now.checked_sub(lasted).unwrap_or(now);
            Timestamp::from_second(start.as_second()).unwrap_or(start)
        };
        let metric = metric.or_else(|| row.metrics.first().copied()).unwrap_or_default();
        let runbook = format!("docs/runbooks/{}.md", row.runbook.page());
        Finding {
            name,
            severity,
            subject,
            since: known(name).unwrap_or_else(began),
            explained_by: because_of,
            message,
            recommendations,
            metric,
            runbook,
            runbook_url: None,
            impact: impact.unwrap_or_else(|| row.effect.impact(severity)),
        }
    }
}

/// The recommendations of a finding.
pub(super) fn recommend<const N: usize>(texts: [&str; N]) -> Vec<String> {
    const { assert!(0 < N && N <= 3, "one to three recommendations") };
    texts.map(str::to_owned).into()
}
