//! The inputs of the checks.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Moment;
use super::history::Track;
use super::severity::Severity;
use crate::settings::{Levels, Signal};
use crate::snapshot::{AccountSnapshot, Endpoint, Pod};

/// The input of a check of an account.
pub(super) struct AccountInput<'a> {
    pub(super) account: &'a AccountSnapshot,
    pub(super) moment: Moment,
}

/// The input of a check of an endpoint.
pub(super) struct EndpointInput<'a> {
    pub(super) endpoint: &'a Endpoint,
    /// Its recent history.
    pub(super) track: Option<&'a Track>,
    /// Its thresholds.
    pub(super) levels: BTreeMap<Signal, Levels>,
    pub(super) moment: Moment,
}

/// The input of a check of a pod.
pub(super) struct PodInput<'a> {
    pub(super) pod: &'a Pod,
    /// How long it has been idle.
    pub(super) idle: Option<Duration>,
}

impl EndpointInput<'_> {
    /// The severity of a value by the configured thresholds, and the threshold that it reaches.
    pub(super) fn level(&self, signal: Signal, value: f64) -> Option<(Severity, f64)> {
        let Levels { warning, critical } = *self.levels.get(&signal)?;
        if value >= critical {
            Some((Severity::Critical, critical))
        } else {
            (value >= warning).then_some((Severity::Warning, warning))
        }
    }

    /// The number of waiting jobs; 0 if unknown.
    pub(super) fn waiting(&self) -> f64 {
        self.endpoint.load.queue_depth.unwrap_or_default()
    }
}
