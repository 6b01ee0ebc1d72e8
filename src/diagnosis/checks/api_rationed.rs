//! An API answers 429, or its quota is nearly used up.

use std::collections::BTreeMap;

use super::{AccountInput, Effect, Found, Name, Severity, recommend};
use crate::diagnosis::format::percent;
use crate::diagnosis::limit::Limit;
use crate::snapshot::AccountSnapshot;
use runpod::{Api, Outcome, QuotaWindow};

const LOW: f64 = Limit::QuotaLow.ratio();

pub(super) const EFFECT: Effect = Effect { explains: &[Name::DataOld], ..Effect::NONE };

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let limited = limited(input.account);
    let low: Vec<_> = input.account.quota.iter().filter_map(low).collect();
    if limited.is_empty() && low.is_empty() {
        return None;
    }
    let apis = limited.iter().map(|(api, collectors)| {
        format!("{} rejects requests as too many (429): {}", title(*api), collectors.join(", "))
    });
    let message = apis.chain(low.iter().cloned()).collect::<Vec<_>>().join("; ");
    let others = "Find out which other clients use the account's quota.";
    // The exporter sets the pace of REST itself; the other APIs are read in each scrape.
    let recommendations = if !low.is_empty() || limited.contains_key(&Api::Rest) {
        recommend([
            others,
            "Lower --runpod.rest-quota-share, or refresh less often (refresh in the configuration file).",
            "Disable collectors that are not needed.",
        ])
    } else {
        recommend([others, "Scrape less often.", "Disable collectors that are not needed."])
    };
    Some(Found::new(Name::ApiRationed, Severity::Warning, message, recommendations))
}

/// The APIs that answer 429, and the collectors that this affects.
fn limited(account: &AccountSnapshot) -> BTreeMap<Api, Vec<&'static str>> {
    let mut limited = BTreeMap::<Api, Vec<&'static str>>::new();
    for report in &account.collectors {
        if let Some(error) = report.error.as_ref().filter(|error| error.outcome() == Outcome::RateLimited) {
            limited.entry(error.api).or_default().push(report.collector.as_str());
        }
    }
    limited
}

const fn title(api: Api) -> &'static str {
    match api {
        Api::Graphql => "GraphQL",
        Api::Jobs => "the job API",
        Api::Rest => "REST v2",
    }
}

fn low(QuotaWindow { name, limit, remaining }: &QuotaWindow) -> Option<String> {
    let (limit, remaining) = (limit.filter(|limit| *limit > 0.0)?, (*remaining)?);
    let share = remaining / limit;
    (share <= LOW)
        .then(|| format!("{remaining} of {limit} requests left in the {name} window ({})", percent(share)))
}
