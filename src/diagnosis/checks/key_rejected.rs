//! An API rejects the key.

use super::{AccountInput, Found, Name, Severity, recommend};
use runpod::Outcome;

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let rejected =
        input.account.collectors.iter().filter(|report| {
            report.error.as_ref().is_some_and(|error| error.outcome() == Outcome::Unauthorized)
        });
    let names: Vec<_> = rejected.map(|report| report.collector.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("API key rejected (401) for: {}", names.join(", "));
    let recommendations = recommend([
        "Create a new key under Settings, API Keys in the Runpod console.",
        "Pass it to the exporter; a key in a file is reloaded without a restart.",
    ]);
    Some(Found::new(Name::KeyRejected, Severity::Critical, message, recommendations))
}
