//! What was spent on the present UTC day and in the present UTC month, as far as Runpod has reckoned it. It reckons late,
//! by minutes to hours.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::unit::Dollars;
use runpod::{Ledger, wire};

/// The amounts of the current day and month so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Money {
    /// Of the UTC day.
    pub day: Option<Dollars>,
    /// Of the UTC month.
    pub month: Option<Dollars>,
}

/// The bill of the account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bill {
    /// By kind of resource: `pod_gpu`, `serverless_fee`, …
    pub resources: BTreeMap<String, Money>,
    /// By id of the cluster.
    pub clusters: BTreeMap<String, Money>,
}

/// One ledger, added up on the day on which it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sums {
    day: Date,
    /// By kind of resource.
    pub(crate) resources: BTreeMap<String, Money>,
    /// By id of what the ledger is about.
    pub(crate) ids: BTreeMap<String, Money>,
}

/// The UTC day of a moment.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Where the month of a moment begins, as the API wants it.
pub(crate) fn month_start(at: Timestamp) -> String {
    format!("{}T00:00:00Z", day(at).first_of_month())
}

impl Sums {
    /// Adds up a ledger that was asked for since the start of the month.
    pub(crate) fn of(ledger: Ledger, wire: wire::rest::Bill, now: Timestamp) -> Self {
        let today = day(now);
        let mut sums = Self { day: today, ..Self::default() };
        let mut has_begun = false;
        for record in wire.records.0.unwrap_or_default() {
            let wire::rest::Record { start_time, total_amount, parts, .. } = &record;
            let Some(bucket) = start_time.0.as_deref().and_then(|text| text.parse().ok()).map(day) else {
                continue;
            };
            if (bucket.year(), bucket.month()) != (today.year(), today.month()) {
                continue;
            }
            let is_today = bucket == today;
            has_begun |= is_today;
            if let (Some(id), Some(amount)) = (id(ledger, &record), total_amount.0) {
                sums.ids.entry(id).or_default().add(amount, is_today);
            }
            if let (Ledger::PublicEndpoints, Some(amount)) = (ledger, total_amount.0) {
                sums.add(PUBLIC.to_owned(), amount, is_today);
            }
            for (name, amount) in parts {
                if let (Some(name), Some(amount)) = (resource(ledger, name), amount.0) {
                    sums.add(name, amount, is_today);
                }
            }
        }
        if !has_begun {
            // Runpod has not reckoned anything of today yet, which is another thing than nought.
            sums.all().for_each(|money| money.day = None);
        }
        sums
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Money> {
        self.resources.values_mut().chain(self.ids.values_mut())
    }

    fn add(&mut self, resource: String, amount: f64, is_today: bool) {
        self.resources.entry(resource).or_default().add(amount, is_today);
    }

    /// The same at a later moment, at which the day or the month may be another.
    pub(crate) fn at(mut self, now: Timestamp) -> Self {
        let today = day(now);
        let same_month = (today.year(), today.month()) == (self.day.year(), self.day.month());
        let same_day = today == self.day;
        for money in self.all() {
            money.day = money.day.filter(|_| same_day);
            money.month = money.month.filter(|_| same_month);
        }
        self
    }
}

impl Money {
    /// An amount of today counts in both; of what has cost nothing today, today has nought.
    fn add(&mut self, amount: f64, is_today: bool) {
        let sum = |before: Option<Dollars>, amount| Some(Dollars(before.unwrap_or_default().0 + amount));
        self.month = sum(self.month, amount);
        self.day = sum(self.day, if is_today { amount } else { 0.0 });
    }
}

/// What the ledger of everything calls Runpod's public endpoints is no endpoint of the account.
const PUBLIC: &str = "public_endpoint";

/// The kind of resource that an amount is for: the field's name without its last word, under one name whichever ledger
/// has it. A kind that is new to Runpod has a series at once.
fn resource(ledger: Ledger, field: &str) -> Option<String> {
    let kind = field.strip_suffix("Amount")?;
    if kind == "total" || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let mut name = match ledger {
        Ledger::All | Ledger::PublicEndpoints => "",
        Ledger::Pods => "pod_",
        Ledger::Serverless => "serverless_",
        Ledger::NetworkVolumes => "storage_",
        Ledger::Clusters => "cluster_",
    }
    .to_owned();
    for (n, letter) in kind.chars().enumerate() {
        if letter.is_ascii_uppercase() && n > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    Some(if name == "endpoint" { PUBLIC.to_owned() } else { name })
}

fn id(ledger: Ledger, record: &wire::rest::Record) -> Option<String> {
    let id = match ledger {
        Ledger::All | Ledger::PublicEndpoints => return None,
        Ledger::Pods => &record.pod_id,
        Ledger::Serverless => &record.serverless_id,
        Ledger::NetworkVolumes => &record.network_volume_id,
        Ledger::Clusters => &record.cluster_id,
    };
    id.0.clone().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(ledger: Ledger, records: &serde_json::Value) -> Sums {
        let wire = serde_json::from_value(serde_json::json!({ "records": records })).unwrap();
        Sums::of(ledger, wire, "2026-11-22T01:00:00Z".parse().unwrap())
    }

    fn records() -> serde_json::Value {
        serde_json::json!([
            {"startTime": "2026-10-31T00:00:00Z", "podId": "a", "totalAmount": 100, "gpuAmount": 100},
            {"startTime": "2026-11-21T00:00:00Z", "podId": "a", "totalAmount": 3, "gpuAmount": 2, "diskAmount": 1},
            {"startTime": "2026-11-22T00:00:00Z", "podId": "a", "totalAmount": 1.5, "gpuAmount": 1.5},
            {"startTime": "2026-11-20T00:00:00Z", "podId": "b", "totalAmount": 4, "newKindAmount": 4, "note": "x"},
        ])
    }

    fn money(day: f64, month: f64) -> Money {
        Money { day: Some(Dollars(day)), month: Some(Dollars(month)) }
    }

    #[test]
    fn days_of_the_month_are_added_up_by_id_and_by_kind() {
        let sums = sums(Ledger::Pods, &records());
        let ids = [("a", money(1.5, 4.5)), ("b", money(0.0, 4.0))];
        assert_eq!(sums.ids, ids.map(|(id, money)| (id.to_owned(), money)).into());
        let kinds =
            [("pod_disk", money(0.0, 1.0)), ("pod_gpu", money(1.5, 3.5)), ("pod_new_kind", money(0.0, 4.0))];
        assert_eq!(sums.resources, kinds.map(|(kind, money)| (kind.to_owned(), money)).into());
    }

    #[test]
    fn a_day_that_was_not_reckoned_yet_is_unknown() {
        let yesterday =
            serde_json::json!([{"startTime": "2026-11-21T00:00:00Z", "podId": "a", "totalAmount": 3}]);
        assert_eq!(sums(Ledger::Pods, &yesterday).ids["a"], Money { day: None, month: Some(Dollars(3.0)) });
    }

    #[test]
    fn what_was_read_yesterday_says_nothing_of_today() {
        let sums = sums(Ledger::Pods, &records());
        let next_day = sums.clone().at("2026-11-23T00:00:01Z".parse().unwrap());
        assert_eq!(next_day.ids["a"], Money { day: None, month: Some(Dollars(4.5)) });
        let next_month = sums.at("2026-12-01T00:00:01Z".parse().unwrap());
        assert_eq!(next_month.ids["a"], Money::default());
    }

    #[test]
    fn one_name_for_a_kind_whichever_ledger_has_it() {
        for (ledger, field, kind) in [
            (Ledger::All, "podGpuAmount", Some("pod_gpu")),
            (Ledger::Pods, "gpuAmount", Some("pod_gpu")),
            (Ledger::All, "storageHighPerformanceAmount", Some("storage_high_performance")),
            (Ledger::NetworkVolumes, "highPerformanceAmount", Some("storage_high_performance")),
            (Ledger::All, "endpointAmount", Some("public_endpoint")),
            (Ledger::All, "totalAmount", None),
            (Ledger::All, "timeBilled", None),
            (Ledger::All, "<b>Amount", None),
        ] {
            assert_eq!(resource(ledger, field).as_deref(), kind, "{field}");
        }
    }
}
