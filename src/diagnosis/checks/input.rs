//! The inputs of the checks.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::diagnosis::Moment;
use crate::diagnosis::history::Track;
use crate::diagnosis::severity::Severity;
use crate::settings::{Levels, Signal};
use crate::snapshot::{AccountSnapshot, Endpoint, Pod};

/// The input of a check of an account.
pub(in crate::diagnosis) struct AccountInput<'a> {
    pub(in crate::diagnosis) account: &'a AccountSnapshot,
    pub(in crate::diagnosis) moment: Moment,
}

/// The input of a check of an endpoint.
pub(in crate::diagnosis) struct EndpointInput<'a> {
    pub(in crate::diagnosis) endpoint: &'a Endpoint,
    /// Its recent history.
    pub(in crate::diagnosis) track: Option<&'a Track>,
    /// Its thresholds.
    pub(in crate::diagnosis) levels: BTreeMap<Signal, Levels>,
    pub(in crate::diagnosis) moment: Moment,
}

/// The input of a check of a pod.
pub(in crate::diagnosis) struct PodInput<'a> {
    pub(in crate::diagnosis) pod: &'a Pod,
    /// How long it has been idle.
    pub(in crate::diagnosis) idle: Option<Duration>,
}

impl EndpointInput<'_> {
    /// The severity of a value by the configured thresholds, and the threshold that it reaches.
    pub(in crate::diagnosis) fn level(&self, signal: Signal, value: f64) -> Option<(Severity, f64)> {
        let Levels { warning, critical } = *self.levels.get(&signal)?;
        if value >= critical {
            Some((Severity::Critical, critical))
        } else {
            (value >= warning).then_some((Severity::Warning, warning))
        }
    }

    /// The number of waiting jobs; 0 if unknown.
    pub(in crate::diagnosis) fn waiting(&self) -> f64 {
        self.endpoint.load.queue_depth.unwrap_or_default().0
    }
}
