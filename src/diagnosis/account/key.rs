//! The key was rejected.

use super::{Found, Severity, recommend};
use crate::diagnosis::Name;
use crate::snapshot::AccountSnapshot;
use runpod::Outcome;

pub(super) fn check(account: &AccountSnapshot) -> Option<Found> {
    let rejected = account
        .collectors
        .iter()
        .filter(|report| report.error.as_ref().is_some_and(|error| error.outcome() == Outcome::Unauthorized));
    let names: Vec<_> = rejected.map(|report| report.collector.as_str()).collect();
    (!names.is_empty()).then(|| Found {
        name: Name::KeyRejected,
        severity: Severity::Critical,
        metric: "runpod_up",
        facts: format!("API key rejected (401) for: {}", names.join(", ")),
        recommendations: recommend([
            "Create a new key under Settings, API Keys in the Runpod console.",
            "Pass it to the exporter; a key in a file is reloaded without a restart.",
        ]),
    })
}
