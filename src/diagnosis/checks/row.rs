//! The properties of a finding.

use super::effect::Effect;
use crate::diagnosis::limit::Limit;
use crate::diagnosis::subject::SubjectKind;
use crate::settings::Signal;

/// The properties of a finding that do not depend on what was measured.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What it is about.
    pub subject: SubjectKind,
    /// The page in `docs/runbooks`.
    pub runbook: Runbook,
    /// The metrics in which it shows. A check that does not choose one reports the first.
    pub metrics: &'static [&'static str],
    /// The signals whose configured thresholds its check compares with.
    pub signals: &'static [Signal],
    /// The fixed limits that its check compares with.
    pub limits: &'static [Limit],
    /// What it does to users, and which findings follow from it.
    pub(in crate::diagnosis) effect: Effect,
}

/// The page of a finding in `docs/runbooks`. Each alert has a page of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runbook {
    /// The page of this alert, which reports the same problem.
    OfAlert(&'static str),
    /// A page of its own: no alert reports the problem.
    WithoutAlert(&'static str),
}

impl Runbook {
    /// The name of the page, without its folder and extension.
    pub const fn page(self) -> &'static str {
        match self {
            Self::OfAlert(page) | Self::WithoutAlert(page) => page,
        }
    }
}

pub(super) const fn endpoint(runbook: Runbook, metrics: &'static [&'static str]) -> Row {
    Row { subject: SubjectKind::Endpoint, runbook, metrics, signals: &[], limits: &[], effect: Effect::NONE }
}

pub(super) const fn pod(runbook: Runbook, metrics: &'static [&'static str]) -> Row {
    Row { subject: SubjectKind::Pod, ..endpoint(runbook, metrics) }
}

pub(super) const fn cluster(runbook: Runbook, metrics: &'static [&'static str]) -> Row {
    Row { subject: SubjectKind::Cluster, ..endpoint(runbook, metrics) }
}

pub(super) const fn account(runbook: Runbook, metrics: &'static [&'static str]) -> Row {
    Row { subject: SubjectKind::Account, ..endpoint(runbook, metrics) }
}
