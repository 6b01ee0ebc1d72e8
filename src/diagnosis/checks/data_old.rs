//! Data that is shown is old, because newer data could not be read.

use std::time::Duration;

use super::{AccountInput, Effect, Found, Name, Severity, recommend};
use crate::diagnosis::format::time;
use crate::diagnosis::limit::Limit;
use crate::settings::Collector;

const LIVE: Duration = Limit::LiveDataOld.time();
const INTERVAL: Duration = Limit::IntervalDataOld.time();

/// Old data does not show that an account is healthy.
pub(super) const EFFECT: Effect = Effect { delays: Some(Severity::Warning), ..Effect::NONE };

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let old = input.account.collectors.iter().filter_map(|report| {
        report.error.as_ref()?;
        let age = Duration::try_from(input.moment.now.duration_since(report.source?.read)).ok()?;
        (age >= limit(report.collector))
            .then(|| format!("{} is {} old", report.collector.as_str(), time(age)))
    });
    let old: Vec<_> = old.collect();
    if old.is_empty() {
        return None;
    }
    let recommendations = recommend([
        "Do not rely on these values until they are read again.",
        "Check the outcome label of runpod_api_requests_total to see why the reads fail.",
    ]);
    Some(Found::new(Name::DataOld, Severity::Warning, old.join(", "), recommendations))
}

const fn limit(collector: Collector) -> Duration {
    if collector.is_live() { LIVE } else { INTERVAL }
}
