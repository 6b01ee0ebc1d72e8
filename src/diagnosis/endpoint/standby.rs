//! Workers in standby where none is always on: the first job after a pause wakes one, and waits for it.

use super::words::count;
use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let facts = &patient.endpoint.facts;
    let standby = facts.workers_standby.filter(|standby| *standby > 0.0)?;
    facts.workers_min.filter(|min| *min <= 0.0)?;
    Some(Found {
        name: Name::StandbyWithoutMinimum,
        severity: Severity::Info,
        metric: "runpod_workers_standby",
        facts: format!("{} in standby, workers min is 0", count(standby, "worker")),
        recommendations: recommend([
            "Set workers min to 1 if the first job after a pause must not wait.",
            "Leave it if a cold start now and then is fine.",
        ]),
    })
}
