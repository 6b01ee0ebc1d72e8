//! The endpoint cannot be read.

use super::{EndpointInput, Found, Name, Severity, recommend};

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    if input.endpoint.up != Some(false) {
        return None;
    }
    let message = "reading the endpoint failed; queue and workers are unknown".to_owned();
    let recommendations = recommend([
        "Check in the console that the endpoint exists and that the key can read it.",
        "Check the exporter's log and runpod_api_requests_total for the cause.",
    ]);
    Some(Found::new(Name::EndpointUnreadable, Severity::Critical, message, recommendations))
}
