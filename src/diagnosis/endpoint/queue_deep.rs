//! More jobs wait than the thresholds allow.

use super::words::count;
use super::{Found, Patient, recommend};
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
        metric: "runpod_queue_depth",
        facts: format!(
            "{} waiting (threshold {threshold}){}{}",
            count(depth, "job"),
            progress.unwrap_or_default(),
            max.unwrap_or_default()
        ),
        recommendations: recommend([
            "Raise workers max if all workers are busy.",
            "Look at the execution time: if it has grown, find out why before paying for more workers.",
        ]),
    })
}
