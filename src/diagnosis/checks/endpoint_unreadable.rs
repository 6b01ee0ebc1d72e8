//! The endpoint cannot be read.

use super::{EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::workers::serving;
use runpod::{Outcome, Reason};

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let endpoint = input.endpoint;
    if endpoint.up != Some(false) {
        return None;
    }
    let reason = endpoint.error.as_ref().map(|error| &error.reason);
    let why = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    // Workers may come from REST, and their number from the last response.
    let unknown = match (endpoint.load.queue_depth, serving(&endpoint.load.workers)) {
        (None, None) => "; queue and workers are unknown",
        (None, Some(_)) => "; its queue is unknown",
        (Some(_), _) => "; its queue is that of an earlier response",
    };
    let message = format!("reading the endpoint failed{why}{unknown}");
    let found = Found::new(Name::EndpointUnreadable, Severity::Critical, message, recommendations(reason));
    let is_rationed = reason.is_some_and(|reason| reason.outcome() == Outcome::RateLimited);
    Some(if is_rationed { found.because_of(Name::ApiRationed) } else { found })
}

fn recommendations(reason: Option<&Reason>) -> Vec<String> {
    let cause = "Check the exporter's log and runpod_api_requests_total if it persists.";
    match reason {
        Some(Reason::NotFound) => recommend([
            "Check in the console that the endpoint exists: it may have been deleted a moment ago.",
            cause,
        ]),
        Some(Reason::Unauthorized | Reason::Forbidden | Reason::NoIdentity) => {
            recommend(["Check in the console that the API key can read the endpoint.", cause])
        }
        Some(Reason::RateLimited { .. }) => recommend(["Wait until Runpod allows requests again.", cause]),
        Some(reason)
            if matches!(reason.outcome(), Outcome::ServerError | Outcome::Timeout | Outcome::Connect) =>
        {
            recommend(["Check Runpod's status page, and in the console whether the endpoint serves.", cause])
        }
        _ => recommend(["Check in the console whether the endpoint serves.", cause]),
    }
}
