//! An API rejects a key. A single 401 may be about one operation: the client judges by all requests with the key.

use super::{AccountInput, Effect, Found, Name, Severity, recommend};

/// Nothing can be read, so that nothing is known to work.
pub(super) const EFFECT: Effect = Effect {
    stops: Some(Severity::Info),
    explains: &[Name::EndpointUnreadable, Name::DataOld, Name::ApiRationed],
    ..Effect::NONE
};

/// The key of the account, without which nothing can be read.
pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let rejecting = input.account.apis.iter().filter(|report| report.key_rejected == Some(true));
    let names: Vec<_> = rejecting.map(|report| report.api.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("API key rejected (401) by: {}", names.join(", "));
    let recommendations = recommend([
        "Create a new key under Settings, API Keys in the Runpod console.",
        "Pass it to the exporter; a key in a file is reloaded without a restart.",
    ]);
    Some(Found::new(Name::KeyRejected, Severity::Critical, message, recommendations))
}

/// The key that reads metrics. Without another one that is the key of the account, which is then judged by the rest.
pub(super) fn check_metrics(input: &AccountInput<'_>) -> Option<Found> {
    let is_rejected = input.account.apis.iter().any(|report| report.metrics_key_rejected == Some(true));
    let is_account_rejected = input.account.apis.iter().any(|report| report.key_rejected == Some(true));
    if !is_rejected || is_account_rejected {
        return None;
    }
    let message =
        "API key lacks permission to read Runpod's metrics (401); latency percentiles are missing".to_owned();
    let recommendations = recommend([
        "Create a key with permission to read metrics, and pass it with --runpod.metrics-key-file.",
        "Or disable the collector: --no-collector.latency.",
    ]);
    Some(Found::new(Name::MetricsKeyRejected, Severity::Warning, message, recommendations))
}
