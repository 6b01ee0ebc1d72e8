//! Amounts billed so far in the current UTC day and month. Runpod adds them to its bills minutes to hours late.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::merge::mergeable;
use super::unit::{Dollars, UnixTime};
use runpod::Ledger;
use runpod::wire::{self, Checked, Id, Number, Unreadable};

mergeable! {
    /// The amounts of the current day and month so far.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct Money {
        /// In the UTC day.
        pub day: Option<Dollars>,
        /// In the UTC month.
        pub month: Option<Dollars>,
    }
}

/// The bill of the account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bill {
    /// By type of resource: `pod_gpu`, `serverless_fee`, …
    pub resources: BTreeMap<Arc<str>, Money>,
    /// By cluster id.
    pub clusters: BTreeMap<Arc<str>, Money>,
}

/// The sums of one ledger, on the day on which it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sums {
    day: Date,
    /// By type of resource.
    pub(crate) resources: BTreeMap<Arc<str>, Money>,
    /// By id of the billed pod, endpoint, volume or cluster.
    pub(crate) ids: BTreeMap<Arc<str>, Money>,
}

/// The UTC day of a point in time.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The start of the month of a point in time, as a parameter of the API.
pub(crate) fn month_start(at: Timestamp) -> String {
    format!("{}T00:00:00Z", day(at).first_of_month())
}

impl Sums {
    /// Adds up a ledger since the start of the month. A sum that lacks an amount, because it cannot be read or belongs to
    /// an unknown day or id, is unknown.
    pub(crate) fn of(ledger: Ledger, wire: wire::rest::Bill, now: Timestamp) -> Self {
        let today = day(now);
        let mut sums = Self { day: today, ..Self::default() };
        let mut has_today = false;
        // What the amounts without an id come to: unknown, if there is one.
        let mut without_id = Money::default();
        for record in wire.records.0.unwrap_or_default() {
            let start = record.start_time.0.as_ref().ok().and_then(|start| start.0.as_deref());
            let possible = |start: &Timestamp| UnixTime::checked(UnixTime::from(*start).0).is_some();
            let bucket = start.and_then(|text| text.parse().ok()).filter(possible).map(day);
            let is_record = record.start_time.0.as_ref().is_ok_and(|start| start.0.is_some());
            if record.has_unreadable_field || (record.start_time.0.is_ok() && !is_record) {
                return Self { day: today, ..Self::default() }; // any sum may lack what it stands for
            }
            if bucket.is_some_and(|bucket| (bucket.year(), bucket.month()) != (today.year(), today.month())) {
                continue;
            }
            has_today |= bucket == Some(today);
            let is_today = bucket.is_none_or(|bucket| bucket == today);
            let amount = |amount: Checked<Number>| match (bucket, amount.0) {
                (_, Ok(Number(None))) => None,
                (Some(_), Ok(Number(Some(amount)))) => Some(amount),
                (None, Ok(Number(Some(_)))) | (_, Err(Unreadable)) => Some(f64::NAN),
            };
            sums.add_record(ledger, record, amount, is_today, &mut without_id);
        }
        for money in sums.all() {
            money.day = money.day.filter(|_| has_today).and_then(|Dollars(sum)| Dollars::checked(sum));
            money.month = money.month.and_then(|Dollars(sum)| Dollars::checked(sum));
        }
        for money in sums.ids.values_mut() {
            money.day = money.day.filter(|_| without_id.day.is_none_or(|Dollars(sum)| sum.is_finite()));
            money.month = money.month.filter(|_| without_id.month.is_none());
        }
        sums
    }

    fn add_record(
        &mut self,
        ledger: Ledger,
        record: wire::rest::Record,
        amount: impl Fn(Checked<Number>) -> Option<f64>,
        is_today: bool,
        without_id: &mut Money,
    ) {
        let wire::rest::Record {
            start_time: _,
            pod_id,
            serverless_id,
            network_volume_id,
            cluster_id,
            total_amount,
            parts,
            has_unreadable_field: _,
        } = record;
        let total = amount(total_amount);
        let id = match ledger {
            Ledger::All | Ledger::PublicEndpoints => Ok(Id(None)),
            Ledger::Pods => pod_id.0,
            Ledger::Serverless => serverless_id.0,
            Ledger::NetworkVolumes => network_volume_id.0,
            Ledger::Clusters => cluster_id.0,
        };
        match (id, total) {
            (Ok(Id(Some(id))), Some(amount)) => self.ids.entry(id).or_default().add(amount, is_today),
            (Err(Unreadable), _) => without_id.add(f64::NAN, is_today),
            (Ok(_), _) => {}
        }
        if let (Ledger::PublicEndpoints, Some(amount)) = (ledger, total) {
            self.add(Arc::from(PUBLIC), amount, is_today);
        }
        for (name, part) in parts {
            if let (Some(name), Some(amount)) = (resource(ledger, &name), amount(part)) {
                self.add(name, amount, is_today);
            }
        }
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Money> {
        self.resources.values_mut().chain(self.ids.values_mut())
    }

    fn add(&mut self, resource: Arc<str>, amount: f64, is_today: bool) {
        if self.resources.len() < MAX_RESOURCES || self.resources.contains_key(&resource) {
            self.resources.entry(resource).or_default().add(amount, is_today);
        }
    }

    /// The sums at a later time, without the day or the month if it is over.
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
    /// Adds an amount to the month, and to the day if it is of today. An amount that is not a number makes the sum unknown.
    fn add(&mut self, amount: f64, is_today: bool) {
        let sum = |before: Option<Dollars>, amount| Some(Dollars(before.unwrap_or_default().0 + amount));
        self.month = sum(self.month, amount);
        self.day = sum(self.day, if is_today { amount } else { 0.0 });
    }
}

/// Maximum number of types of resources, of which Runpod has about twenty.
const MAX_RESOURCES: usize = 256;

/// The type of resource for Runpod's public endpoints, which the ledger of all resources calls `endpoint`.
const PUBLIC: &str = "public_endpoint";

/// The type of resource of an amount: the name of the field without `Amount`, with the same prefix in all ledgers. A type
/// that Runpod adds gets a series without a change here.
fn resource(ledger: Ledger, field: &str) -> Option<Arc<str>> {
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
    Some(Arc::from(if name == "endpoint" { PUBLIC.to_owned() } else { name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(ledger: Ledger, records: &serde_json::Value) -> Sums {
        let document = serde_json::json!({ "records": records }).to_string();
        let wire = lenient_json::from_slice(document.as_bytes()).unwrap().value;
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
    fn days_of_the_month_are_added_up_by_id_and_by_type() {
        let sums = sums(Ledger::Pods, &records());
        let ids = [("a", money(1.5, 4.5)), ("b", money(0.0, 4.0))];
        assert_eq!(sums.ids, ids.map(|(id, money)| (Arc::from(id), money)).into());
        let kinds =
            [("pod_disk", money(0.0, 1.0)), ("pod_gpu", money(1.5, 3.5)), ("pod_new_kind", money(0.0, 4.0))];
        assert_eq!(sums.resources, kinds.map(|(kind, money)| (Arc::from(kind), money)).into());
    }

    #[test]
    fn of_a_part_that_is_there_twice_the_first_one_counts() {
        let record = r#"{"startTime": "2026-11-22T00:00:00Z", "podId": "a", "gpuAmount": 1, "diskAmount": 2, "gpuAmount": 4}"#;
        let wire =
            lenient_json::from_slice(format!(r#"{{"records": [{record}]}}"#).as_bytes()).unwrap().value;
        let sums = Sums::of(Ledger::Pods, wire, "2026-11-22T01:00:00Z".parse().unwrap());
        let kinds = [("pod_disk", money(2.0, 2.0)), ("pod_gpu", money(1.0, 1.0))];
        assert_eq!(sums.resources, kinds.map(|(kind, money)| (Arc::from(kind), money)).into());
    }

    #[test]
    fn a_day_without_bills_yet_is_unknown() {
        let yesterday =
            serde_json::json!([{"startTime": "2026-11-21T00:00:00Z", "podId": "a", "totalAmount": 3}]);
        assert_eq!(sums(Ledger::Pods, &yesterday).ids["a"], Money { day: None, month: Some(Dollars(3.0)) });
    }

    #[test]
    fn sums_of_yesterday_do_not_count_today() {
        let sums = sums(Ledger::Pods, &records());
        let next_day = sums.clone().at("2026-11-23T00:00:01Z".parse().unwrap());
        assert_eq!(next_day.ids["a"], Money { day: None, month: Some(Dollars(4.5)) });
        let next_month = sums.at("2026-12-01T00:00:01Z".parse().unwrap());
        assert_eq!(next_month.ids["a"], Money::default());
    }

    #[test]
    fn a_type_has_the_same_name_in_all_ledgers() {
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
