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
        facts: format!("max workers is 0, {} waiting", count(waiting, "job")),
        recommendations: recommend([
            "Raise max workers to process jobs again.",
            "Delete the endpoint if it is no longer needed.",
        ]),
    })
}

pub(super) fn check_lowered(patient: &Patient<'_>) -> Option<Found> {
    let max = patient.endpoint.facts.workers_max.filter(|max| *max > 0.0)?;
    let (before, ago) = patient.track?.lowered_from(max.0, patient.moment.elapsed)?;
    let waiting = patient.waiting();
    Some(Found {
        name: Name::WorkersMaxLowered,
        // A job that waits for a moment is none that waits for more workers.
        severity: patient.level(Signal::QueueDepth, waiting).map_or(Severity::Info, |_| Severity::Warning),
        metric: "runpod_workers_max",
        facts: format!(
            "max workers is {max}, was {before} until {} ago; {} waiting",
            time(ago),
            count(waiting, "job")
        ),
        recommendations: recommend([
            "Raise max workers again if this was not intended: Runpod lowers it after days without jobs.",
        ]),
    })
}
