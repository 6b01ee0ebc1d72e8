//! Nobody could say how the endpoint is.

use super::{Found, Patient, Severity};
use crate::diagnosis::Name;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    (patient.endpoint.up == Some(false)).then(|| Found {
        name: Name::EndpointUnreadable,
        severity: Severity::Critical,
        facts: "its own read failed, so that queue and workers are unknown".to_owned(),
        advice: "Check in the console that the endpoint is there and that the key may read it. The log of the exporter and runpod_collector_success say what was answered.".to_owned(),
    })
}
