//! Recordings: made from the simulator, replayed, searched for secrets, and those in `tests/fixtures/recordings`.

mod command;
mod folders;
mod round_trip;
mod secrets;

use std::any::type_name;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use recording::{Scrubber, Summary, prepare, write};
use regex::Regex;
use runpod::Intercept;
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::recording::{README, Recorder, Replay};
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::{Collector, Mode, Reading};
use runpod_exporter::testing::snapshot::{
    BatchStatus, BillingMode, Cloud, ClusterKind, ClusterRole, Compute, EndpointKind, EndpointState,
    Flashboot, PodKind, PodState, PortKind, Scaler, Stock, WorkerState,
};
use strum::VariantArray;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::support::account;

/// A closed set: its name, a field that has its values, and the values as Runpod writes them.
type ClosedSet = (&'static str, &'static str, Vec<String>);

fn closed<T: VariantArray + Copy + Into<&'static str>>(field: &'static str) -> ClosedSet {
    let name = type_name::<T>().rsplit("::").next().unwrap();
    (name, field, T::VARIANTS.iter().map(|variant| (*variant).into().to_uppercase()).collect())
}

fn closed_sets() -> Vec<ClosedSet> {
    vec![
        closed::<PodState>("desiredStatus"),
        closed::<PodState>("status"),
        closed::<WorkerState>("status"),
        closed::<EndpointState>("status"),
        closed::<BatchStatus>("status"),
        closed::<PodKind>("podType"),
        closed::<PortKind>("type"),
        closed::<EndpointKind>("type"),
        closed::<Scaler>("type"),
        closed::<ClusterKind>("type"),
        closed::<ClusterRole>("role"),
        closed::<Scaler>("scalerType"),
        closed::<Compute>("computeType"),
        closed::<Flashboot>("flashBootType"),
        closed::<Stock>("stockStatus"),
        closed::<Stock>("availability"),
        closed::<Cloud>("cloud"),
        closed::<BillingMode>("billingMode"),
    ]
}

/// Sets that Runpod writes no values of: they are names of fields, or what the exporter distinguishes.
const OWN_SETS: [&str; 7] =
    ["BatchState", "JobTotal", "MachinePart", "PriceCloud", "Quantile", "SpendComponent", "UptimeWindow"];

#[test]
fn a_recording_keeps_every_value_that_the_exporter_knows() {
    let scrubber = Scrubber::with_salt(b"salt");
    for (set, field, values) in closed_sets() {
        // Runpod has no word for a batch that is done.
        for value in values.into_iter().filter(|value| (set, value.as_str()) != ("BatchStatus", "DONE")) {
            assert_eq!(scrubber.value(field, &value), value, "{set} {field}");
        }
    }
}

#[test]
fn every_closed_set_is_in_the_list() {
    let set = Regex::new(r"derive\([^)]*\bVariantArray\b[^)]*\)\]\s(?:#\[.*\]\s)*pub enum (\w+)").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshot");
    let (mut folders, mut found) = (vec![root], BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                found.extend(set.captures_iter(&text).map(|set| set[1].to_owned()));
            }
        }
    }
    let listed = closed_sets().into_iter().map(|(set, ..)| set).chain(OWN_SETS).map(str::to_owned);
    assert_eq!(found, listed.collect());
}

/// Series about the exporter itself, whose values are those of the process: durations, sizes and the build.
const OWN: [&str; 7] = [
    "runpod_api_unreadable_total",
    "runpod_exporter_",
    "runpod_scrape_",
    "runpod_api_request",
    "runpod_api_concurrency_limit",
    "runpod_collector_duration_seconds",
    "process_",
];

/// Series of the collectors that read as much as the quota allows: how much depends on when the quota is first reported.
const RATIONED: [&str; 5] = [
    "runpod_worker_",
    "runpod_endpoint_rollout_",
    "runpod_workers_placed",
    "runpod_workers_stale",
    "runpod_reported_",
];

fn is_rationed(line: &str) -> bool {
    let is_of = |name: &&str| line.contains(&format!("collector=\"{name}\""));
    RATIONED.iter().any(|name| line.starts_with(name)) || ["workers", "latency"].iter().any(is_of)
}

/// An account with all collectors.
fn everything(account: Account) -> Account {
    let collectors = Collector::ALL.iter().copied().collect();
    Account { reading: Reading { collectors, each_worker: true, ..Reading::default() }, ..account }
}

/// The series of one scrape of an account, except those about the exporter, in order.
async fn scraped(
    account: Account,
    clock: Arc<dyn Clock>,
    intercept: Option<Arc<dyn Intercept>>,
) -> Vec<String> {
    let app = App::new(Mode::Serve, clock, TaskTracker::new()).intercepted(intercept);
    app.apply(vec![account]).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let page = app.scraper().scrape(Scope::default(), deadline).await.unwrap();
    let text = String::from_utf8(page.text().unwrap().to_vec()).unwrap();
    let is_own = |line: &str| OWN.iter().any(|own| line.starts_with(own));
    let mut lines: Vec<String> =
        text.lines().filter(|line| !line.starts_with('#') && !is_own(line)).map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Records one scrape into a folder. Returns its series.
async fn record(account: Account, clock: Arc<dyn Clock>, folder: &Path, scrubber: &Scrubber) -> Vec<String> {
    let recorder = Arc::new(Recorder::new(Arc::clone(&clock)));
    let summary = Summary { time: clock.now(), program: "test".to_owned() };
    let lines = scraped(account, clock, Some(recorder.intercept())).await;
    write(&prepare(folder).unwrap(), summary, &recorder.exchanges(), scrubber, README).unwrap();
    lines
}

/// The series of a scrape of a recording.
async fn replayed(folder: &Path, clock: Arc<dyn Clock>) -> Vec<String> {
    let replay = Replay::open(folder).unwrap();
    let clock = replay.clock(clock);
    scraped(everything(account("127.0.0.1:1".parse().unwrap())), clock, Some(Arc::new(replay))).await
}
