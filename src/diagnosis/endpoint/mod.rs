//! The checks of an endpoint, one file each.

mod error_ratio;
mod latency;
mod no_workers;
mod queue_deep;
mod queue_stuck;
mod standby;
mod unreadable;
mod workers_max;
mod workers_stale;
mod workers_throttled;
mod workers_unhealthy;

use std::collections::BTreeMap;

use super::finding::{Finding, Found, recommend};
use super::history::{History, Track};
use super::limit::Limit;
use super::name::Name;
use super::severity::Severity;
use super::subject::Subject;
use super::{Moment, format, workers};
use crate::settings::{Levels, Signal};
use crate::snapshot::{AccountSnapshot, Endpoint};

/// The input of a check.
struct EndpointInput<'a> {
    endpoint: &'a Endpoint,
    /// Its recent history.
    track: Option<&'a Track>,
    levels: BTreeMap<Signal, Levels>,
    moment: Moment,
}

/// A check: `None`, or what it found.
type Check = fn(&EndpointInput<'_>) -> Option<Found>;

/// The checks, in the order in which findings are reported.
const CHECKS: &[Check] = &[
    unreadable::check,
    no_workers::check,
    queue_stuck::check,
    queue_deep::check,
    workers_throttled::check,
    workers_unhealthy::check,
    latency::check,
    error_ratio::check,
    workers_max::check_zero,
    workers_max::check_lowered,
    standby::check,
    workers_stale::check,
];

/// The findings about an endpoint.
pub(super) fn findings(
    account: &AccountSnapshot,
    endpoint: &Endpoint,
    history: &History,
    moment: Moment,
) -> Vec<Finding> {
    let levels = account.thresholds.of_endpoint(&endpoint.name, &endpoint.id);
    let input = EndpointInput { endpoint, track: history.endpoint(&endpoint.id), levels, moment };
    let subject = || Subject::Endpoint { id: endpoint.id.clone(), name: endpoint.name.clone() };
    CHECKS.iter().filter_map(|check| Some(check(&input)?.about(subject()))).collect()
}

impl EndpointInput<'_> {
    /// The severity of a value by the configured thresholds, and the threshold that it reaches.
    fn level(&self, signal: Signal, value: f64) -> Option<(Severity, f64)> {
        let Levels { warning, critical } = *self.levels.get(&signal)?;
        if value >= critical {
            Some((Severity::Critical, critical))
        } else {
            (value >= warning).then_some((Severity::Warning, warning))
        }
    }

    /// The number of waiting jobs; 0 if unknown.
    fn waiting(&self) -> f64 {
        self.endpoint.load.queue_depth.unwrap_or_default()
    }
}
