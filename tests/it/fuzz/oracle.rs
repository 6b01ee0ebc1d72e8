//! What is true: the numbers of an exporter that reads the same account without damage.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::support::Exposition;

/// Families about the exporter itself, and what depends on its history: they differ if reads fail.
const OWN: [&str; 12] = [
    "runpod_api_",
    "runpod_collector_",
    "runpod_exporter_",
    "runpod_scrape_",
    "runpod_up",
    "runpod_endpoint_up",
    "runpod_endpoint_healthy",
    "runpod_finding",
    "runpod_threshold",
    "process_",
    "runpod_endpoint_load_timestamp_seconds",
    "runpod_workers_placed_timestamp_seconds",
];

/// Counters and histograms of this process, which count less if they see less.
const COUNTED: [&str; 6] = [
    "runpod_requests_total",
    "runpod_jobs_observed_total",
    "runpod_tokens_total",
    "runpod_request_latency_seconds",
    "runpod_request_delay_seconds",
    "runpod_request_execution_seconds",
];

type Labels = BTreeMap<String, String>;

/// The series of one family, and the values that each had.
type Family = Vec<(Labels, HashSet<u64>)>;

#[derive(Default)]
pub(super) struct Oracle {
    families: HashMap<String, Family>,
    /// Where a series is in its family.
    places: HashMap<String, usize>,
    /// Numbers that were compared.
    pub(super) checked: u64,
}

struct Sample<'a> {
    series: &'a str,
    family: &'a str,
    labels: Labels,
    value: f64,
}

/// Label values contain no quotation marks in the simulated account, and U+FFFD where they were damaged.
fn samples(page: &Exposition) -> impl Iterator<Item = Sample<'_>> {
    let lines = page.0.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (family, rest) = series.split_once('{').unwrap_or((series, ""));
        let labels = rest.trim_end_matches('}').split("\",").filter_map(|pair| {
            let (name, value) = pair.split_once("=\"")?;
            Some((name.to_owned(), value.trim_end_matches('"').to_owned()))
        });
        Sample { series, family, labels: labels.collect(), value: value.parse().unwrap() }
    })
}

impl Oracle {
    /// Remembers what is true now.
    pub(super) fn learn(&mut self, page: &Exposition) {
        for Sample { series, family, labels, value } in samples(page) {
            if OWN.iter().any(|own| family.starts_with(own)) {
                continue;
            }
            let known = self.families.entry(family.to_owned()).or_default();
            let place = *self.places.entry(series.to_owned()).or_insert_with(|| {
                known.push((labels, HashSet::new()));
                known.len() - 1
            });
            known[place].1.insert(value.to_bits());
        }
    }

    /// The samples of a page that never were true.
    pub(super) fn untrue(&mut self, page: &Exposition) -> Vec<String> {
        let mut untrue = Vec::new();
        for Sample { series, family, labels, value } in samples(page) {
            if OWN.iter().any(|own| family.starts_with(own)) {
                continue;
            }
            self.checked += 1;
            let counted = COUNTED.iter().any(|counted| family.starts_with(counted));
            let known = self.families.get(family).map(Vec::as_slice).unwrap_or_default();
            let was_true = |values: &HashSet<u64>| {
                let at_most = || values.iter().any(|known| value <= f64::from_bits(*known));
                values.contains(&value.to_bits()) || (counted && at_most())
            };
            let exact = self.places.get(series).and_then(|place| known.get(*place));
            let is_true = match exact {
                None if family.ends_with("_info") => each_fits(&labels, known),
                Some((_, values)) => was_true(values),
                // A label may be unknown, or damaged where the response was.
                None => known.iter().any(|(others, values)| fits(&labels, others) && was_true(values)),
            };
            if !is_true {
                untrue.push(format!("{series} {value}"));
            }
        }
        untrue
    }
}

/// Whether the value of a label is unknown or damaged.
fn is_open(value: &str) -> bool {
    value.is_empty() || value.contains(['\u{fffd}', '\u{feff}', '\0'])
}

/// Whether each label is that of a series about the same thing: the labels of an info series come from several APIs.
fn each_fits(labels: &Labels, known: &[(Labels, HashSet<u64>)]) -> bool {
    let subject = ["endpoint_id", "pod_id", "volume_id", "machine_id", "plan_id"];
    let subject = subject.into_iter().find(|name| labels.contains_key(*name)).unwrap();
    let same = |others: &&(Labels, HashSet<u64>)| others.0.get(subject) == labels.get(subject);
    labels.iter().all(|(name, value)| {
        let is_known = |others: &Labels| others.get(name).is_some_and(|other| other == value);
        is_open(value)
            || is_id(labels, name, value)
            || known.iter().filter(same).any(|(others, _)| is_known(others))
    })
}

/// Whether a name is the id, because it cannot be read.
fn is_id(labels: &Labels, name: &str, value: &str) -> bool {
    name.strip_suffix("_name").is_some_and(|of| labels.get(&format!("{of}_id")).is_some_and(|id| id == value))
}

/// Whether labels are those of another series, but for those that are unknown or damaged.
fn fits(labels: &Labels, others: &Labels) -> bool {
    labels.iter().all(|(name, value)| {
        is_open(value) || is_id(labels, name, value) || others.get(name).is_some_and(|other| other == value)
    })
}
