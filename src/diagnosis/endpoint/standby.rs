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
        facts: format!("{} in standby, min workers is 0", count(standby.0, "worker")),
        recommendations: recommend([
            "Set min workers to 1 if the first job after a pause must not wait.",
            "Otherwise ignore this: occasional cold starts are expected.",
        ]),
    })
}
