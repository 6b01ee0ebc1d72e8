//! What a scrape does not read, because another API had the same data or because logs are followed between scrapes.

use std::sync::Arc;
use std::time::Duration;

use clock::after;
use jiff::Timestamp;
use runpod::{Api, LogWindow, Operation, Product, Runpod, Urgency};
use tokio::time::{Instant, timeout};

use crate::app::App;
use crate::command::Failure;
use crate::command::one_account;
use crate::command::one_scrape::PATIENT;
use crate::command::progress::progress;
use crate::config::Account;
use crate::logs::{FollowOptions, LogReader, Target, TargetKind};
use crate::recording::Recorder;
use crate::snapshot::{AccountSnapshot, Endpoint};

/// How long the logs of an endpoint are followed.
const LOGS: Duration = Duration::from_secs(5);

/// Number of recent lines of each worker.
const TAIL: u32 = 100;

/// Reads the lists of the REST API that GraphQL had, the description of the REST API, and the logs of one endpoint. Failures are
/// in the recording.
pub(super) async fn further(
    app: &App,
    account: &Account,
    recorder: &Arc<Recorder>,
    snapshot: Option<&AccountSnapshot>,
) -> Result<(), Failure> {
    let runpod = one_account::client(account, Arc::clone(app.clock()), recorder.intercept())?;
    let runpod = Arc::new(runpod);
    lists(&runpod, recorder).await;
    if let Some(snapshot) = snapshot {
        workers(&runpod, recorder, snapshot).await;
        latencies(&runpod, recorder, snapshot, app.clock().now()).await;
    }
    if let Some(endpoint) = snapshot.and_then(busiest) {
        progress("following the logs of one endpoint …\n");
        follow(app, runpod, endpoint).await;
    }
    Ok(())
}

/// The lists that were not read yet. One after the other: they share the quota with everything else.
async fn lists(runpod: &Runpod, recorder: &Recorder) {
    let rest = runpod.rest();
    let until = || after(Instant::now(), PATIENT);
    let is_new = |operation: Operation, path: &str| !recorder.has(Api::Rest, operation, path);
    // Their paths are in the description, which is read with the first of them.
    let was_sent = |operation| recorder.outcomes().contains_key(&(Api::Rest, operation));
    if !was_sent(Operation::Balance) {
        drop(rest.balance(until()).await);
    }
    if !was_sent(Operation::AccountLimits) {
        drop(rest.limits(until()).await);
    }
    if is_new(Operation::Endpoints, "serverless") {
        drop(rest.endpoints(until()).await);
    }
    if is_new(Operation::Pods, "pods") {
        drop(rest.pods(until()).await);
    }
    if is_new(Operation::Volumes, "network-volumes") {
        drop(rest.volumes(until()).await);
    }
    if is_new(Operation::Gpus, "catalog/gpus") {
        drop(rest.gpus(Product::Pod, until()).await);
    }
    if !recorder.has(Api::Graphql, Operation::Gpus, "") {
        drop(runpod.gpu_types(until()).await);
    }
}

/// The workers of the endpoints for which the quota was too small in one scrape, as far as it goes now.
async fn workers(runpod: &Runpod, recorder: &Recorder, snapshot: &AccountSnapshot) {
    let (rest, until) = (runpod.rest(), after(Instant::now(), PATIENT));
    let is_new = |id: &str| !recorder.has(Api::Rest, Operation::Workers, &format!("serverless/{id}/workers"));
    for endpoint in snapshot.endpoints.iter().filter(|endpoint| is_new(&endpoint.id)) {
        if rest.grant(1, Urgency::CanWait) == 0 || Instant::now() >= until {
            return;
        }
        drop(rest.workers(&endpoint.id, until).await);
    }
}

/// The latencies of such endpoints, in the same way.
async fn latencies(runpod: &Runpod, recorder: &Recorder, snapshot: &AccountSnapshot, now: Timestamp) {
    let (rest, until) = (runpod.rest(), after(Instant::now(), PATIENT));
    let Ok(described) = rest.described_metrics(until).await else { return };
    for endpoint in &snapshot.endpoints {
        for operation in &described.operations {
            let path = operation.path_of(&endpoint.id);
            if [Operation::Latency, Operation::WorkerMetrics]
                .iter()
                .any(|kind| recorder.has(Api::Rest, *kind, &path))
            {
                continue;
            }
            if rest.grant(1, Urgency::CanWait) == 0 || Instant::now() >= until {
                return;
            }
            drop(rest.endpoint_metrics(operation, &endpoint.id, now, until).await);
        }
    }
}

/// The endpoint with the most workers: its logs have the most lines.
fn busiest(snapshot: &AccountSnapshot) -> Option<&Endpoint> {
    let workers =
        |endpoint: &&Endpoint| endpoint.placement.as_ref().map_or(0, |placement| placement.workers.len());
    snapshot.endpoints.iter().max_by_key(workers)
}

async fn follow(app: &App, runpod: Arc<Runpod>, endpoint: &Endpoint) {
    let (id, name) = (Arc::clone(&endpoint.id), Arc::clone(&endpoint.id));
    let target = Target { kind: TargetKind::Endpoint, id, name };
    let window = LogWindow { tail: Some(TAIL), ..LogWindow::default() };
    let (clock, options) = (Arc::clone(app.clock()), FollowOptions::default());
    let reader = LogReader { runpod, clock, window, level: None, live: true, options };
    drop(timeout(LOGS, Box::pin(reader.run(&target, |_line| Ok(())))).await);
}
