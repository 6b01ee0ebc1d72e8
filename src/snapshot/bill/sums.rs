//! The sums of one ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use runpod::Ledger;
use runpod::wire::rest as wire;
use runpod::wire::{Checked, Id, Number, Unreadable};

use super::amount::{Amount, Total};
use super::resource::{PUBLIC, resource};
use super::{Billed, day};
use crate::snapshot::unit::UnixTime;

/// Maximum number of types of resources. Runpod has about twenty.
const MAX_RESOURCES: usize = 256;

/// The sums of one ledger, on the day on which it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sums {
    day: Date,
    /// By type of resource.
    pub(crate) resources: BTreeMap<Arc<str>, Billed>,
    /// By id of the billed pod, endpoint, volume or cluster.
    pub(crate) ids: BTreeMap<Arc<str>, Billed>,
    /// Number of records without a plausible day. They make sums unknown.
    pub(crate) undated: usize,
}

/// The sums of a ledger while it is read.
#[derive(Debug)]
struct Totals {
    ledger: Ledger,
    today: Date,
    /// Whether any record is of today.
    has_today: bool,
    resources: BTreeMap<Arc<str>, Total>,
    ids: BTreeMap<Arc<str>, Total>,
    /// Sum of amounts whose id is unreadable. If there is one, the other sums are incomplete.
    without_id: Total,
}

impl Sums {
    /// Adds up a ledger since the start of the month. A sum that lacks an amount, because it cannot be read or belongs to
    /// an unknown day or id, is unknown.
    pub(crate) fn of(ledger: Ledger, wire: wire::Bill, now: Timestamp) -> Self {
        let records = wire.records.0.unwrap_or_default();
        let undated = records.iter().filter(|record| day_of(record).is_none()).count();
        if records.iter().any(lacks_something) {
            // Any sum may lack what the record stands for.
            return Self { day: day(now), undated, ..Self::default() };
        }
        let mut totals = Totals::new(ledger, day(now));
        for record in records {
            totals.add(record);
        }
        Self { undated, ..totals.sums() }
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Billed> {
        self.resources.values_mut().chain(self.ids.values_mut())
    }

    /// The sums at a later time, without the day or the month if it is over.
    pub(crate) fn at(mut self, now: Timestamp) -> Self {
        let today = day(now);
        let same_month = (today.year(), today.month()) == (self.day.year(), self.day.month());
        let same_day = today == self.day;
        for billed in self.all() {
            billed.day = billed.day.filter(|_| same_day);
            billed.month = billed.month.filter(|_| same_month);
        }
        self
    }
}

impl Totals {
    fn new(ledger: Ledger, today: Date) -> Self {
        let (resources, ids) = (BTreeMap::new(), BTreeMap::new());
        Self { ledger, today, has_today: false, resources, ids, without_id: Total::ZERO }
    }

    fn add(&mut self, record: wire::Record) {
        let day = day_of(&record);
        if day.is_some_and(|day| day.first_of_month() != self.today.first_of_month()) {
            return;
        }
        self.has_today |= day == Some(self.today);
        let is_today = day.is_none_or(|day| day == self.today);
        let amount = |amount: Checked<Number>| Amount::read(amount, day);
        let wire::Record {
            start_time: _,
            pod_id,
            serverless_id,
            network_volume_id,
            cluster_id,
            total_amount,
            parts,
            has_unread_field: _,
        } = record;
        let total = amount(total_amount);
        let id = match self.ledger {
            Ledger::All | Ledger::PublicEndpoints => Ok(Id(None)),
            Ledger::Pods => pod_id.0,
            Ledger::Serverless => serverless_id.0,
            Ledger::NetworkVolumes => network_volume_id.0,
            Ledger::Clusters => cluster_id.0,
        };
        match (id, total) {
            (Ok(Id(Some(id))), Some(amount)) => self.ids.entry(id).or_default().add(amount, is_today),
            (Err(Unreadable), _) => self.without_id.add(Amount::Unknown, is_today),
            (Ok(_), _) => {}
        }
        if let (Ledger::PublicEndpoints, Some(amount)) = (self.ledger, total) {
            self.add_resource(Arc::from(PUBLIC), amount, is_today);
        }
        for (name, part) in parts {
            if let (Some(name), Some(amount)) = (resource(self.ledger, &name), amount(part)) {
                self.add_resource(name, amount, is_today);
            }
        }
    }

    fn add_resource(&mut self, resource: Arc<str>, amount: Amount, is_today: bool) {
        if self.resources.len() < MAX_RESOURCES || self.resources.contains_key(&resource) {
            self.resources.entry(resource).or_default().add(amount, is_today);
        }
    }

    fn sums(self) -> Sums {
        let Self { ledger: _, today, has_today, resources, ids, without_id } = self;
        let billed = |total: Total| Billed {
            day: total.day.dollars().filter(|_| has_today),
            month: total.month.dollars(),
        };
        let billed_for_id = |total: Total| {
            let Billed { day, month } = billed(total);
            Billed {
                day: day.filter(|_| without_id.day != Amount::Unknown),
                month: month.filter(|_| without_id.month != Amount::Unknown),
            }
        };
        Sums {
            day: today,
            resources: resources.into_iter().map(|(name, total)| (name, billed(total))).collect(),
            ids: ids.into_iter().map(|(id, total)| (id, billed_for_id(total))).collect(),
            undated: 0,
        }
    }
}

/// Whether a record lacks a field that it must have: it is not known what it stands for.
fn lacks_something(record: &wire::Record) -> bool {
    record.has_unread_field || record.start_time.0.as_ref().is_ok_and(|start| start.0.is_none())
}

/// The day of a record; `None` if it cannot be read or cannot be true.
fn day_of(record: &wire::Record) -> Option<Date> {
    let start: Timestamp = record.start_time.0.as_ref().ok()?.0.as_deref()?.parse().ok()?;
    UnixTime::checked(UnixTime::from(start).0).map(|_| day(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Dollars;

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

    fn billed(day: f64, month: f64) -> Billed {
        Billed { day: Some(Dollars(day)), month: Some(Dollars(month)) }
    }

    #[test]
    fn days_of_the_month_are_added_up_by_id_and_by_type() {
        let sums = sums(Ledger::Pods, &records());
        let ids = [("a", billed(1.5, 4.5)), ("b", billed(0.0, 4.0))];
        assert_eq!(sums.ids, ids.map(|(id, billed)| (Arc::from(id), billed)).into());
        let kinds = [
            ("pod_disk", billed(0.0, 1.0)),
            ("pod_gpu", billed(1.5, 3.5)),
            ("pod_new_kind", billed(0.0, 4.0)),
        ];
        assert_eq!(sums.resources, kinds.map(|(kind, billed)| (Arc::from(kind), billed)).into());
    }

    #[test]
    fn of_a_part_that_is_there_twice_the_first_one_counts() {
        let record = r#"{"startTime": "2026-11-22T00:00:00Z", "podId": "a", "gpuAmount": 1, "diskAmount": 2, "gpuAmount": 4}"#;
        let wire =
            lenient_json::from_slice(format!(r#"{{"records": [{record}]}}"#).as_bytes()).unwrap().value;
        let sums = Sums::of(Ledger::Pods, wire, "2026-11-22T01:00:00Z".parse().unwrap());
        let kinds = [("pod_disk", billed(2.0, 2.0)), ("pod_gpu", billed(1.0, 1.0))];
        assert_eq!(sums.resources, kinds.map(|(kind, billed)| (Arc::from(kind), billed)).into());
    }

    #[test]
    fn a_day_without_bills_yet_is_unknown() {
        let yesterday =
            serde_json::json!([{"startTime": "2026-11-21T00:00:00Z", "podId": "a", "totalAmount": 3}]);
        assert_eq!(sums(Ledger::Pods, &yesterday).ids["a"], Billed { day: None, month: Some(Dollars(3.0)) });
    }

    #[test]
    fn a_sum_that_lacks_an_amount_is_unknown() {
        let record = |more: serde_json::Value| {
            let mut records = records();
            records.as_array_mut().unwrap().push(more);
            sums(Ledger::Pods, &records)
        };
        let unknown = Billed::default();
        let only_day = Billed { day: Some(Dollars(1.5)), month: None };
        let today = "2026-11-22T00:00:00Z";
        let yesterday = "2026-11-21T00:00:00Z";
        for (more, a, gpu) in [
            (
                serde_json::json!({"startTime": today, "podId": "a", "totalAmount": [1]}),
                unknown,
                billed(1.5, 3.5),
            ),
            (
                serde_json::json!({"startTime": yesterday, "podId": "a", "totalAmount": [1]}),
                only_day,
                billed(1.5, 3.5),
            ),
            (
                serde_json::json!({"startTime": today, "podId": [7], "totalAmount": 1}),
                unknown,
                billed(1.5, 3.5),
            ),
            (
                serde_json::json!({"startTime": yesterday, "podId": [7], "totalAmount": 1}),
                only_day,
                billed(1.5, 3.5),
            ),
            (
                serde_json::json!({"startTime": [1], "podId": "a", "totalAmount": 1, "gpuAmount": 1}),
                unknown,
                unknown,
            ),
        ] {
            let sums = record(more.clone());
            assert_eq!((sums.ids["a"], sums.resources["pod_gpu"]), (a, gpu), "{more}");
        }
        assert!(record(serde_json::json!({"podId": "a", "totalAmount": 1})).ids.is_empty(), "no time");
    }

    #[test]
    fn sums_of_yesterday_do_not_count_today() {
        let sums = sums(Ledger::Pods, &records());
        let next_day = sums.clone().at("2026-11-23T00:00:01Z".parse().unwrap());
        assert_eq!(next_day.ids["a"], Billed { day: None, month: Some(Dollars(4.5)) });
        let next_month = sums.at("2026-12-01T00:00:01Z".parse().unwrap());
        assert_eq!(next_month.ids["a"], Billed::default());
    }
}
