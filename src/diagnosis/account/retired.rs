//! An API answers that it is gone.

use super::{Found, Severity, recommend};
use crate::diagnosis::Name;
use crate::snapshot::AccountSnapshot;

pub(super) fn check(account: &AccountSnapshot) -> Option<Found> {
    let retired = account.apis.iter().filter(|report| report.retired == Some(true));
    let names: Vec<_> = retired.map(|report| report.api.as_str()).collect();
    (!names.is_empty()).then(|| Found {
        name: Name::ApiRetired,
        severity: Severity::Warning,
        metric: "runpod_api_retired",
        facts: format!("answers 410 Gone: {}", names.join(", ")),
        recommendations: recommend([
            "Update the exporter.",
            "See docs/apis.md for what is missing; other APIs serve as fallback where they can.",
        ]),
    })
}
