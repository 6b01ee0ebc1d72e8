//! `doctor`: explains what the key, the APIs and this machine allow, from one scrape.

mod examine;
mod routes;
mod text;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, after};
use program::log;
use program::output::{print, raise_open_files};
use program::text::visible_lines;
use runpod::KeyRing;
use serde::Serialize;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::check_error::CheckError;
use super::failure::Failure;
use super::logs::choose;
use super::replay::{Upstream, upstream};
use crate::app::{self, App, StartError};
use crate::cli;
use crate::recording::Recorder;
use crate::scrape::{EncodeError, Scope};

/// Timeout of the scrape, and of each read after it.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What was found.
#[derive(Debug, Default, Serialize)]
struct Report {
    account: String,
    /// The recording, if Runpod was not read.
    recording: Option<String>,
    apis: Vec<ApiState>,
    operations: Vec<OperationState>,
    collectors: Vec<CollectorState>,
    quota: Vec<QuotaState>,
    /// Seconds that the clock of this machine is ahead of the servers', which report whole seconds; `None` if they report none.
    clock_ahead_seconds: Option<f64>,
    proxies: Vec<String>,
    /// Fields with values that this version does not know, and how many.
    unknown_values: Vec<(String, usize)>,
    /// The latencies that the description of the REST API states, and the metrics that export them.
    described: Vec<String>,
    /// What it states about the metrics of endpoints and is not read, with the reason.
    discovery: Vec<String>,
    unread_routes: Vec<routes::Route>,
}

#[derive(Debug, Serialize)]
struct ApiState {
    api: &'static str,
    server: String,
    answers: usize,
    failures: usize,
    median_seconds: Option<f64>,
    key_rejected: Option<bool>,
    retired: Option<bool>,
    unsupported_fields: Option<usize>,
}

#[derive(Debug, Serialize)]
struct OperationState {
    api: String,
    operation: String,
    /// `allowed`, `forbidden`, or `unknown` if no answer says it.
    access: &'static str,
    requests: usize,
}

#[derive(Debug, Serialize)]
struct CollectorState {
    collector: &'static str,
    default: bool,
    complete: bool,
    /// The first part that failed, and what to do.
    problem: Option<String>,
    /// The API that the data comes from.
    source: Option<&'static str>,
    /// Number of requests of a scrape, and how often they are sent.
    requests: usize,
    every_seconds: Option<u64>,
}

#[derive(Debug, Serialize)]
struct QuotaState {
    window: String,
    limit: Option<f64>,
    remaining: Option<f64>,
}

pub(super) async fn run(flags: cli::Doctor, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let mut account = choose(flags.settings(raise_open_files())?.accounts, flags.account.as_deref())?;
    account.reading.collectors = flags.collectors()?;
    let Upstream { mode, clock, intercept, recording } = upstream(flags.replay(), clock)?;
    let recorder = Arc::new(Recorder::new(Arc::clone(&clock)).over(intercept));
    let app = App::new(mode, Arc::clone(&clock), TaskTracker::new()).intercepted(Some(recorder.intercept()));
    app.apply(vec![account.clone()])?;
    let result = app.scraper().scrape(Scope::default(), after(Instant::now(), TIMEOUT)).await;
    let page = result.map_err(|EncodeError| Failure::Encode)?;
    let ring = KeyRing::default();
    ring.set(app::keys(std::slice::from_ref(&account)));
    let builder = app::builder(&account, ring, Arc::new(()), clock).intercept(recorder.intercept());
    let failed = |cause| StartError::Account { account: Arc::clone(&account.name), cause };
    let runpod = builder.build().map_err(failed)?;
    if !recorder.has("rest", "openapi", "openapi.json") {
        drop(runpod.rest().balance(after(Instant::now(), TIMEOUT)).await);
    }
    // Read only while GraphQL fails.
    drop(runpod.rest().limits(after(Instant::now(), TIMEOUT)).await);
    let mut report = Report { recording, proxies: runpod.proxies(), ..Report::default() };
    if let Ok(metrics) = runpod.rest().described_metrics(after(Instant::now(), TIMEOUT)).await {
        report.described = metrics.readings.iter().map(examine::reading).collect();
        report.discovery = metrics.notes.iter().map(examine::note).collect();
    }
    let snapshot = page.result().accounts.first().map(|account| &account.snapshot);
    if let Some(snapshot) = snapshot {
        examine::examine(&mut report, snapshot, &recorder, &runpod);
    }
    let expected = flags.expected()?;
    let is_fine = |state: &CollectorState| {
        state.complete || !state.collector.parse().is_ok_and(|collector| expected.has(collector))
    };
    let complete = !report.collectors.is_empty() && report.collectors.iter().all(is_fine);
    let text = if flags.json {
        serde_json::to_string_pretty(&report).map_err(CheckError::from)? + "\n"
    } else {
        visible_lines(&text::text(&report)).into_owned()
    };
    print(text.as_bytes())?;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
