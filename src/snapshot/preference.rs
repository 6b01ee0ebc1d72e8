//! Who is asked for what, who steps in, and how often.
//!
//! GraphQL and the job APIs are asked at every scrape, for they are not rationed. What is rationed or slow is asked at
//! intervals, and its last answer is shown with its age.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Collector;
use crate::runpod::{Api, Operation, Reason};

/// One line of the table: a collector and its sources.
#[derive(Debug)]
pub(super) struct Preference {
    collector: Collector,
    /// Asked first.
    pub(super) first: (Api, Operation),
    /// Steps in where the first is retired (410), closed to the key (403), or refuses all or some of the fields.
    pub(super) second: Option<(Api, Operation)>,
    /// The fields of the first that the second has too: one of them refused, and the second is asked beside it.
    pub(super) fields: &'static [&'static str],
    /// How often what is rationed or slow is asked.
    every: Duration,
    /// How old an answer may become when the next one fails.
    pub(super) hold: Duration,
}

use Api::{Graphql, Jobs, Rest};

const fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The job API stays, and says most; GraphQL says much and goes; REST is the future and rationed.
#[rustfmt::skip]
static PREFERENCES: [Preference; 12] = [
    //         collector             asked first                      steps in                            every        hold
    preference(Collector::Endpoints, (Graphql, Operation::Endpoints), Some((Rest, Operation::Endpoints)), minutes(1),  minutes(10)).sharing(ENDPOINT_FIELDS),
    preference(Collector::Health,    (Jobs, Operation::Health),       Some((Rest, Operation::Workers)),   minutes(1),  minutes(10)),
    preference(Collector::Workers,   (Rest, Operation::Workers),      None,                               minutes(1),  minutes(60)),
    preference(Collector::Requests,  (Jobs, Operation::Requests),     None,                               seconds(5),  minutes(10)),
    preference(Collector::Latency,   (Jobs, Operation::Latency),      None,                               minutes(1),  minutes(10)),
    preference(Collector::Pods,      (Graphql, Operation::Pods),      Some((Rest, Operation::Pods)),      minutes(1),  minutes(10)).sharing(POD_FIELDS),
    preference(Collector::Account,   (Graphql, Operation::Account),   Some((Rest, Operation::Balance)),   minutes(1),  minutes(10)).sharing(ACCOUNT_FIELDS),
    preference(Collector::Billing,   (Rest, Operation::Billing),      None,                               minutes(60), minutes(180)),
    preference(Collector::Volumes,   (Rest, Operation::Volumes),      Some((Graphql, Operation::Volumes)),minutes(10), minutes(60)),
    preference(Collector::Market,    (Graphql, Operation::Gpus),      Some((Rest, Operation::Gpus)),      minutes(10), minutes(60)),
    preference(Collector::Host,      (Graphql, Operation::Host),      None,                               minutes(5),  minutes(60)),
    preference(Collector::Logs,      (Rest, Operation::Logs),         None,                               minutes(1),  minutes(10)),
];

const ENDPOINT_FIELDS: &[&str] = &[
    "type",
    "computeType",
    "locations",
    "flashBootType",
    "scalerType",
    "workersMin",
    "workersMax",
    "idleTimeout",
    "executionTimeoutMs",
    "createdAt",
];

const POD_FIELDS: &[&str] =
    &["desiredStatus", "costPerHr", "machine", "containerDiskInGb", "volumeInGb", "runtime"];

const ACCOUNT_FIELDS: &[&str] =
    &["clientBalance", "currentSpendPerHr", "spendLimit", "maxServerlessConcurrency"];

const fn preference(
    collector: Collector,
    first: (Api, Operation),
    second: Option<(Api, Operation)>,
    every: Duration,
    hold: Duration,
) -> Preference {
    Preference { collector, first, second, fields: &[], every, hold }
}

impl Preference {
    const fn sharing(self, fields: &'static [&'static str]) -> Self {
        Self { fields, ..self }
    }

    /// The line of a collector.
    #[expect(clippy::indexing_slicing, reason = "a test holds that every collector has its line")]
    pub(super) fn of(collector: Collector) -> &'static Self {
        let line = PREFERENCES.iter().position(|preference| preference.collector == collector);
        &PREFERENCES[line.unwrap_or(0)]
    }

    /// Whether the second steps in when the first has answered so.
    pub(super) fn yields_to_second(&self, reason: &Reason) -> bool {
        let absent = self.first.0 == Rest && matches!(reason, Reason::NotFound);
        absent || matches!(reason, Reason::Retired | Reason::Forbidden | Reason::Schema { .. })
    }
}

/// The table for people, in markdown.
pub fn sources() -> String {
    let name = |(api, operation): (Api, Operation)| format!("`{}` {}", api.as_str(), operation.as_str());
    let time = |time: Duration| humantime::format_duration(time).to_string();
    let row = |line: &Preference| {
        let cells = [
            format!("`{}`", line.collector.as_str()),
            name(line.first),
            line.second.map(name).unwrap_or_default(),
            time(line.every),
            time(line.hold),
        ];
        format!("| {} |\n", cells.join(" | "))
    };
    let head = "| collector | primary | fallback | interval (REST and slow sources) | cached for |\n|---|---|---|---|---|\n";
    PREFERENCES.iter().map(row).fold(head.to_owned(), |table, row| table + &row)
}

/// How often what is not asked at every scrape is asked, by collector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refresh(BTreeMap<Collector, Duration>);

impl Refresh {
    /// How often this collector's rationed or slow source is asked.
    pub fn every(&self, collector: Collector) -> Duration {
        self.0.get(&collector).copied().unwrap_or_else(|| Preference::of(collector).every)
    }
}

impl FromIterator<(Collector, Duration)> for Refresh {
    fn from_iter<I: IntoIterator<Item = (Collector, Duration)>>(intervals: I) -> Self {
        Self(intervals.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_collector_has_its_line() {
        for collector in Collector::ALL {
            assert_eq!(Preference::of(collector).collector, collector);
        }
    }
}
