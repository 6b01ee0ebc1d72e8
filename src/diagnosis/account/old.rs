//! What is shown is of before, because what is new could not be read.

use std::time::Duration;

use super::words::time;
use super::{Found, Moment, Severity, recommend};
use crate::diagnosis::Name;
use crate::settings::Collector;
use crate::snapshot::AccountSnapshot;

/// A retry or two is nothing to tell of.
const OLD: Duration = Duration::from_mins(10);

/// The same for what is read about once an hour at best: the money is a day's, prices and volumes change rarely.
const OLD_AND_SLOW: Duration = Duration::from_hours(3);

pub(super) fn check(account: &AccountSnapshot, moment: Moment) -> Option<Found> {
    let old = account.collectors.iter().filter_map(|report| {
        report.error.as_ref()?;
        let age = Duration::try_from(moment.now.duration_since(report.source?.read)).ok()?;
        (age >= bearable(report.collector))
            .then(|| format!("{} is {} old", report.collector.as_str(), time(age)))
    });
    let old: Vec<_> = old.collect();
    (!old.is_empty()).then(|| Found {
        name: Name::DataOld,
        severity: Severity::Warning,
        metric: "runpod_collector_data_timestamp_seconds",
        facts: old.join(", "),
        recommendations: recommend([
            "Do not rely on these values until they are read again.",
            "Check the outcome label of runpod_api_requests_total to see why the reads fail.",
        ]),
    })
}

const fn bearable(collector: Collector) -> Duration {
    match collector {
        Collector::Billing | Collector::Volumes | Collector::Market | Collector::Host => OLD_AND_SLOW,
        _ => OLD,
    }
}
