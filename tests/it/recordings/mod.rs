//! Recordings: made from the simulator, replayed, searched for secrets, and those in `tests/fixtures/recordings`.

mod command;
mod folders;
mod round_trip;
mod secrets;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use recording::{Scrubber, Summary, prepare, write};
use runpod::Intercept;
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::recording::{Recorder, Replay};
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::{Collector, Mode, Reading};
use runpod_exporter::testing::snapshot::{
    BillingMode, Cloud, ClusterKind, Compute, EndpointKind, EndpointState, Flashboot, PodKind, PodState,
    Scaler, Stock, WorkerState,
};
use strum::VariantArray;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::support::account;

/// The values of a closed set, as Runpod writes them.
fn values<T: VariantArray + Copy + Into<&'static str>>() -> Vec<String> {
    T::VARIANTS.iter().map(|variant| (*variant).into().to_uppercase()).collect()
}

#[test]
fn a_recording_keeps_every_value_that_the_exporter_knows() {
    let scrubber = Scrubber::with_salt(b"salt");
    for (field, values) in [
        ("desiredStatus", values::<PodState>()),
        ("status", values::<PodState>()),
        ("status", values::<WorkerState>()),
        ("status", values::<EndpointState>()),
        ("podType", values::<PodKind>()),
        ("type", values::<EndpointKind>()),
        ("type", values::<Scaler>()),
        ("type", values::<ClusterKind>()),
        ("scalerType", values::<Scaler>()),
        ("computeType", values::<Compute>()),
        ("flashBootType", values::<Flashboot>()),
        ("stockStatus", values::<Stock>()),
        ("availability", values::<Stock>()),
        ("cloud", values::<Cloud>()),
        ("billingMode", values::<BillingMode>()),
    ] {
        for value in values {
            assert_eq!(scrubber.value(field, &value), value, "{field}");
        }
    }
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
    write(&prepare(folder).unwrap(), summary, &recorder.exchanges(), scrubber).unwrap();
    lines
}

/// The series of a scrape of a recording.
async fn replayed(folder: &Path, clock: Arc<dyn Clock>) -> Vec<String> {
    let replay = Replay::open(folder).unwrap();
    let clock = replay.clock(clock);
    scraped(everything(account("127.0.0.1:1".parse().unwrap())), clock, Some(Arc::new(replay))).await
}
