//! An API answers 429, or its quota is nearly used up.

use super::{AccountInput, Effect, Found, Name, Severity, recommend};
use crate::diagnosis::format::percent;
use crate::diagnosis::limit::Limit;
use runpod::{Outcome, QuotaWindow};

const LOW: f64 = Limit::QuotaLow.ratio();

pub(super) const EFFECT: Effect = Effect { explains: &[Name::DataOld], ..Effect::NONE };

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let limited =
        input.account.collectors.iter().filter(|report| {
            report.error.as_ref().is_some_and(|error| error.outcome() == Outcome::RateLimited)
        });
    let limited: Vec<_> = limited.map(|report| report.collector.as_str()).collect();
    let limited = (!limited.is_empty()).then(|| format!("rate limited (429): {}", limited.join(", ")));
    let low = input.account.quota.iter().filter_map(low);
    let parts: Vec<_> = limited.into_iter().chain(low).collect();
    if parts.is_empty() {
        return None;
    }
    let recommendations = recommend([
        "Find out which other clients use the account's quota.",
        "Lower --runpod.rest-quota-share, or refresh less often (refresh in the configuration file).",
        "Disable collectors that are not needed.",
    ]);
    Some(Found::new(Name::ApiRationed, Severity::Warning, parts.join("; "), recommendations))
}

fn low(QuotaWindow { name, limit, remaining }: &QuotaWindow) -> Option<String> {
    let (limit, remaining) = (limit.filter(|limit| *limit > 0.0)?, (*remaining)?);
    let share = remaining / limit;
    (share <= LOW)
        .then(|| format!("{remaining} of {limit} requests left in the {name} window ({})", percent(share)))
}
