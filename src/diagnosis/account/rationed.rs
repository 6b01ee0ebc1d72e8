//! An API asks to slow down, or its quota is nearly used up.

use super::words::percent;
use super::{Found, Severity, recommend};
use crate::diagnosis::Name;
use crate::snapshot::AccountSnapshot;
use runpod::{Outcome, QuotaWindow};

/// The exporter leaves half of a quota to others. Where a tenth is left, others have taken more than their half.
const LITTLE: f64 = 0.1;

pub(super) fn check(account: &AccountSnapshot) -> Option<Found> {
    let limited = account
        .collectors
        .iter()
        .filter(|report| report.error.as_ref().is_some_and(|error| error.outcome() == Outcome::RateLimited));
    let limited: Vec<_> = limited.map(|report| report.collector.as_str()).collect();
    let scarce: Vec<_> = account.quota.iter().filter_map(scarce).collect();
    let limited = (!limited.is_empty()).then(|| format!("rate limited (429): {}", limited.join(", ")));
    let facts: Vec<_> = limited.into_iter().chain(scarce).collect();
    (!facts.is_empty()).then(|| Found {
        name: Name::ApiRationed,
        severity: Severity::Warning,
        metric: "runpod_api_quota_remaining",
        facts: facts.join("; "),
        recommendations: recommend([
            "Find out which other clients use the account's quota.",
            "Lower --runpod.rest-quota-share, or refresh less often (refresh in the configuration file).",
            "Disable collectors that are not needed.",
        ]),
    })
}

fn scarce(QuotaWindow { name, limit, remaining }: &QuotaWindow) -> Option<String> {
    let (limit, remaining) = (limit.filter(|limit| *limit > 0.0)?, (*remaining)?);
    let share = remaining / limit;
    (share <= LITTLE)
        .then(|| format!("{remaining} of {limit} requests left in the {name} window ({})", percent(share)))
}
