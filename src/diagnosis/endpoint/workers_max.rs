//! The maximum of workers: nought, or lower than before.

use super::words::{count, time};
use super::{Found, Patient, Severity};
use crate::diagnosis::Name;

/// Nought pauses an endpoint. Whether that is meant, the queue tells.
pub(super) fn check_zero(patient: &Patient<'_>) -> Option<Found> {
    patient.endpoint.facts.workers_max.filter(|max| *max <= 0.0)?;
    let waiting = patient.waiting();
    Some(Found {
        name: Name::WorkersMaxZero,
        severity: if waiting > 0.0 { Severity::Critical } else { Severity::Warning },
        facts: format!("workers max is 0, {} waiting", count(waiting, "job")),
        advice: "Raise workers max to take jobs again. If the endpoint is not needed any more, delete it."
            .to_owned(),
    })
}

pub(super) fn check_lowered(patient: &Patient<'_>) -> Option<Found> {
    let max = patient.endpoint.facts.workers_max.filter(|max| *max > 0.0)?;
    let (before, ago) = patient.track?.lowered_from(max, patient.moment.elapsed)?;
    let waiting = patient.waiting();
    Some(Found {
        name: Name::WorkersMaxLowered,
        severity: if waiting > 0.0 { Severity::Warning } else { Severity::Info },
        facts: format!(
            "workers max is {max}, and was {before} until {} ago; {} waiting",
            time(ago),
            count(waiting, "job")
        ),
        advice: "Raise workers max again if nobody meant to lower it. Runpod lowers it too, where the account's workers quota is exceeded.".to_owned(),
    })
}
