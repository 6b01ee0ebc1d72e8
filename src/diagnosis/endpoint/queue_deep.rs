//! More jobs wait than the thresholds allow.

use super::words::count;
use super::{Found, Patient};
use crate::diagnosis::Name;
use crate::snapshot::Signal;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let depth = patient.endpoint.load.queue_depth?;
    let (severity, threshold) = patient.level(Signal::QueueDepth, depth)?;
    let max = patient.endpoint.facts.workers_max.map(|max| format!("; workers max {max}"));
    let progress = patient.endpoint.load.in_progress.map(|jobs| format!(", {jobs} in progress"));
    Some(Found {
        name: Name::QueueDeep,
        severity,
        facts: format!(
            "{} waiting (threshold {threshold}){}{}",
            count(depth, "job"),
            progress.unwrap_or_default(),
            max.unwrap_or_default()
        ),
        advice: "Raise workers max if all workers are busy. If the execution time has grown, find out why before paying for more workers.".to_owned(),
    })
}
