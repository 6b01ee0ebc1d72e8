//! What each runbook is about: the subject of its findings, or, without a finding, what is chosen here.

use strum::VariantArray;

use crate::diagnosis::{Name, SubjectKind};

/// What a runbook is about. The order is that of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub(crate) enum About {
    Endpoints,
    Pods,
    Account,
    /// The exporter itself, rather than what it watches.
    Exporter,
}

/// The runbooks of alerts that no finding reports.
const WITHOUT_FINDING: [(&str, About); 16] = [
    ("RunpodEndpointSaturated", About::Endpoints),
    ("RunpodErrorBudgetBurn", About::Endpoints),
    ("RunpodQueueWaitLong", About::Endpoints),
    ("RunpodAccountDown", About::Account),
    ("RunpodCollectorFailing", About::Account),
    ("RunpodSpendJump", About::Account),
    ("RunpodWorkerQuotaNear", About::Account),
    ("RunpodAccountUnwatched", About::Exporter),
    ("RunpodExporterAbsent", About::Exporter),
    ("RunpodExporterConfigStale", About::Exporter),
    ("RunpodExporterDown", About::Exporter),
    ("RunpodExporterPanics", About::Exporter),
    ("RunpodJobsRejected", About::Exporter),
    ("RunpodResponseUnreadable", About::Exporter),
    ("RunpodScrapeTruncated", About::Exporter),
    ("RunpodWatchdog", About::Exporter),
];

impl About {
    /// Every group.
    pub(crate) const ALL: &'static [Self] = Self::VARIANTS;

    /// The heading of the group.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::Endpoints => "Endpoints",
            Self::Pods => "Pods",
            Self::Account => "Account",
            Self::Exporter => "Exporter",
        }
    }

    /// What the runbook with this name and these findings is about.
    pub(super) fn of(runbook: &str, findings: &[Name]) -> Self {
        let of_finding = findings.first().map(|finding| match finding.row().subject {
            SubjectKind::Endpoint => Self::Endpoints,
            SubjectKind::Pod | SubjectKind::Cluster => Self::Pods,
            SubjectKind::Account => Self::Account,
        });
        let chosen = || WITHOUT_FINDING.iter().find(|(name, _)| *name == runbook).map(|(_, about)| *about);
        of_finding.or_else(chosen).unwrap_or(Self::Exporter)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::runbooks;
    use super::*;

    #[test]
    fn the_group_of_each_runbook_without_a_finding_is_chosen() {
        let runbooks = runbooks();
        let without = runbooks.iter().filter(|runbook| runbook.findings.is_empty());
        let without: BTreeSet<_> = without.map(|runbook| runbook.name).collect();
        let chosen: BTreeSet<_> = WITHOUT_FINDING.iter().map(|(name, _)| *name).collect();
        assert_eq!(without, chosen, "add the runbook to WITHOUT_FINDING");
        assert_eq!(chosen.len(), WITHOUT_FINDING.len());
    }
}
