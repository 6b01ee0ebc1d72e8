//! Workers that crash.

use super::words::count;
use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let unhealthy = patient.endpoint.load.workers.unhealthy.filter(|workers| *workers > 0.0)?;
    let id = &patient.endpoint.id;
    Some(Found {
        name: Name::WorkersUnhealthy,
        severity: Severity::Warning,
        metric: "runpod_workers_unhealthy",
        facts: format!("{} unhealthy", count(unhealthy.0, "worker")),
        recommendations: recommend([
            &format!("Check the workers' last log lines: runpod-exporter logs {id}"),
            "Check the usual causes: an image that does not start, an incompatible driver, too little memory.",
        ]),
    })
}
