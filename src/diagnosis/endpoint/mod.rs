//! The checks of an endpoint, one file each.

mod errors;
mod latency;
mod no_workers;
mod queue_deep;
mod queue_stuck;
mod stale;
mod standby;
mod throttled;
mod unhealthy;
mod unreadable;
mod workers_max;

use std::collections::BTreeMap;

use super::finding::{Finding, Found, Severity, Subject, recommend};
use super::history::{History, Track};
use super::{Moment, words, workers};
use crate::settings::{Levels, Signal};
use crate::snapshot::{AccountSnapshot, Endpoint};

/// What a check may look at.
struct Patient<'a> {
    endpoint: &'a Endpoint,
    /// What is remembered of it.
    track: Option<&'a Track>,
    levels: BTreeMap<Signal, Levels>,
    moment: Moment,
}

/// A check: nothing, or what it found.
type Check = fn(&Patient<'_>) -> Option<Found>;

const CHECKS: &[Check] = &[
    unreadable::check,
    no_workers::check,
    queue_stuck::check,
    queue_deep::check,
    throttled::check,
    unhealthy::check,
    latency::check,
    errors::check,
    workers_max::check_zero,
    workers_max::check_lowered,
    standby::check,
    stale::check,
];

/// What is wrong with an endpoint.
pub(super) fn findings(
    account: &AccountSnapshot,
    endpoint: &Endpoint,
    history: &History,
    moment: Moment,
) -> Vec<Finding> {
    let levels = account.thresholds.of_endpoint(&endpoint.name, &endpoint.id);
    let patient = Patient { endpoint, track: history.endpoint(&endpoint.id), levels, moment };
    let subject = || Subject::Endpoint { id: endpoint.id.clone(), name: endpoint.name.clone() };
    CHECKS.iter().filter_map(|check| Some(check(&patient)?.about(subject()))).collect()
}

impl Patient<'_> {
    /// How bad a value is by the thresholds in force, and the threshold that it met.
    fn level(&self, signal: Signal, value: f64) -> Option<(Severity, f64)> {
        let Levels { warning, critical } = *self.levels.get(&signal)?;
        if value >= critical {
            Some((Severity::Critical, critical))
        } else {
            (value >= warning).then_some((Severity::Warning, warning))
        }
    }

    /// Jobs that wait; none where it is not known.
    fn waiting(&self) -> f64 {
        self.endpoint.load.queue_depth.unwrap_or_default().0
    }
}
