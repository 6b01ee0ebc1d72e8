//! An API answers 410 Gone.

use super::{AccountInput, Effect, Found, Name, Severity, recommend};

pub(super) const EFFECT: Effect = Effect { explains: &[Name::DataOld], ..Effect::NONE };

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let retired = input.account.apis.iter().filter(|report| report.retired == Some(true));
    let names: Vec<_> = retired.map(|report| report.api.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("retired by Runpod (410 Gone): {}", names.join(", "));
    let recommendations = recommend([
        "Update the exporter.",
        "Find out on the page /docs/apis.md of the exporter what is missing; other APIs are used as fallback where they have the data.",
    ]);
    Some(Found::new(Name::ApiRetired, Severity::Warning, message, recommendations))
}
