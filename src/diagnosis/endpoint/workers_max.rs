//! The maximum of workers: nought, or lower than before.

use super::words::{count, time};
use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;
use crate::settings::Signal;

/// Nought pauses an endpoint. Whether that is meant, the queue tells.
pub(super) fn check_zero(patient: &Patient<'_>) -> Option<Found> {
    patient.endpoint.facts.workers_max.filter(|max| *max <= 0.0)?;
    let waiting = patient.waiting();
    Some(Found {
        name: Name::WorkersMaxZero,
        severity: if waiting > 0.0 { Severity::Critical } else { Severity::Warning },
        metric: "runpod_workers_max",
        facts: format!("workers max is 0, {} waiting", count(waiting, "job")),
        recommendations: recommend([
            "Raise workers max to take jobs again.",
            "Delete the endpoint if it is not needed any more.",
        ]),
    })
}

pub(super) fn check_lowered(patient: &Patient<'_>) -> Option<Found> {
    let max = patient.endpoint.facts.workers_max.filter(|max| *max > 0.0)?;
    let (before, ago) = patient.track?.lowered_from(max, patient.moment.elapsed)?;
    let waiting = patient.waiting();
    Some(Found {
        name: Name::WorkersMaxLowered,
        // A job that waits for a moment is none that waits for more workers.
        severity: patient.level(Signal::QueueDepth, waiting).map_or(Severity::Info, |_| Severity::Warning),
        metric: "runpod_workers_max",
        facts: format!(
            "workers max is {max}, and was {before} until {} ago; {} waiting",
            time(ago),
            count(waiting, "job")
        ),
        recommendations: recommend([
            "Raise workers max again if nobody meant to lower it: Runpod does, where an endpoint was idle for days.",
        ]),
    })
}
