//! Nobody could say how the endpoint is.

use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    (patient.endpoint.up == Some(false)).then(|| Found {
        name: Name::EndpointUnreadable,
        severity: Severity::Critical,
        metric: "runpod_endpoint_up",
        facts: "reading the endpoint failed; queue and workers are unknown".to_owned(),
        recommendations: recommend([
            "Check in the console that the endpoint exists and that the key can read it.",
            "Check the exporter's log and runpod_api_requests_total for the cause.",
        ]),
    })
}
