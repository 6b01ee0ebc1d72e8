//! Nobody could say how the endpoint is.

use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    (patient.endpoint.up == Some(false)).then(|| Found {
        name: Name::EndpointUnreadable,
        severity: Severity::Critical,
        metric: "runpod_endpoint_up",
        facts: "its own read failed, so that queue and workers are unknown".to_owned(),
        recommendations: recommend([
            "Check in the console that the endpoint is there and that the key may read it.",
            "Look at the log of the exporter and at runpod_api_requests_total for what was answered.",
        ]),
    })
}
