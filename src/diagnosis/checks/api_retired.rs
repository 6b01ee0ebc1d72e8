//! An API answers 410 Gone.

use super::{AccountInput, Effect, Found, Name, Severity, recommend};

pub(super) const EFFECT: Effect = Effect { explains: &[Name::DataOld], ..Effect::NONE };

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let retired = input.account.apis.iter().filter(|report| report.retired == Some(true));
    let names: Vec<_> = retired.map(|report| report.api.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("answers 410 Gone: {}", names.join(", "));
    let recommendations = recommend([
        "Update the exporter.",
        "See docs/apis.md for what is missing; other APIs serve as fallback where they can.",
    ]);
    Some(Found::new(Name::ApiRetired, Severity::Warning, message, recommendations))
}
