//! What a finding does to users, and which other findings follow from it.

use super::Name;
use crate::diagnosis::impact::Impact;
use crate::diagnosis::severity::Severity;

/// What a finding does. It stands beside the check.
#[derive(Debug, Clone, Copy)]
pub(in crate::diagnosis) struct Effect {
    /// The severity from which users get answers late, or some errors.
    pub(super) delays: Option<Severity>,
    /// The severity from which users get no answers.
    pub(super) stops: Option<Severity>,
    /// The findings that follow from it, if both are about the same endpoint, or this one is about its account.
    pub(in crate::diagnosis) explains: &'static [Name],
}

impl Effect {
    /// A note: about money, hygiene, or what can be read.
    pub(super) const NONE: Self = Self { delays: None, stops: None, explains: &[] };

    /// What a finding of this severity does to users, if its check does not decide it.
    pub(super) fn impact(&self, severity: Severity) -> Impact {
        let reaches = |from: Option<Severity>| from.is_some_and(|from| severity >= from);
        if reaches(self.stops) {
            Impact::Stops
        } else if reaches(self.delays) {
            Impact::Delays
        } else {
            Impact::None
        }
    }
}
