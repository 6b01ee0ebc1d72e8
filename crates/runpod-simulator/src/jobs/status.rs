//! Routes with which a client reads the state and the output of a job.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::Jobs;
use crate::answer::{Answer, Caller};
use crate::api::{Api, JobsOperation};
use crate::job_record;
use crate::world::{Endpoint, JobState, KnownJob, World, millis};

/// How often a job is looked up until it has finished. The world moves in steps of a second.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Minimum, maximum and default time that a client can wait for a result.
const MIN_WAIT: u64 = 1_000;
const MAX_WAIT: u64 = 300_000;
const WAIT: u64 = 90_000;

pub(super) fn routes() -> Router<Jobs> {
    Router::new()
        .route("/v2/{id}/status/{job}", get(status))
        .route("/v2/{id}/status-sync/{job}", get(status_sync))
        .route("/v2/{id}/stream/{job}", get(stream))
}

/// `GET /v2/{endpoint_id}/status/{job_id}`
async fn status(
    State(jobs): State<Jobs>,
    Path((id, job)): Path<(String, String)>,
    caller: Caller,
) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| match world.job(endpoint, &job) {
        Some(known) => Answer::ok(record(endpoint, &known, jobs.output)),
        None => not_found(),
    };
    jobs.answer(&id, JobsOperation::Status, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/status-sync/{job_id}?wait=`
async fn status_sync(
    State(jobs): State<Jobs>,
    Path((id, job)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    caller: Caller,
) -> Response {
    let wait = wait(query.as_deref());
    let correct =
        async |world: &World, endpoint: &Endpoint| finished(world, endpoint, &job, wait, jobs.output).await;
    jobs.answer(&id, JobsOperation::StatusSync, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/stream/{job_id}`: the chunks that no client has received yet. Only a job that a client sent has
/// chunks.
async fn stream(
    State(jobs): State<Jobs>,
    Path((id, job)): Path<(String, String)>,
    caller: Caller,
) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| {
        let Some(known) = world.job(endpoint, &job) else { return not_found() };
        let chunks = match &known.state {
            JobState::Finished(finished) if world.begin_stream(endpoint, &job) => {
                job_record::chunks(endpoint.configuration(), finished, jobs.output)
            }
            _ => Vec::new(),
        };
        let chunks: Vec<Value> = chunks.into_iter().map(|chunk| json!({ "output": chunk })).collect();
        Answer::ok(json!({ "status": word(&known.state), "stream": chunks }))
    };
    jobs.answer(&id, JobsOperation::Stream, &caller, correct).await
}

/// The time that the client waits for a result.
pub(super) fn wait(query: Option<&str>) -> Duration {
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let wait = pairs.find(|(name, _)| name == "wait").and_then(|(_, value)| value.parse().ok());
    Duration::from_millis(wait.unwrap_or(WAIT).clamp(MIN_WAIT, MAX_WAIT))
}

/// The state of the job once it has finished, and at the latest after `wait` by the clock of the world.
pub(super) async fn finished(
    world: &World,
    endpoint: &Endpoint,
    job: &str,
    wait: Duration,
    output: usize,
) -> Answer {
    let start = world.elapsed();
    loop {
        let Some(known) = world.job(endpoint, job) else { return not_found() };
        if matches!(known.state, JobState::Finished(_)) || world.since(start) >= wait {
            return Answer::ok(record(endpoint, &known, output));
        }
        sleep(POLL_INTERVAL).await;
    }
}

fn record(endpoint: &Endpoint, job: &KnownJob, output: usize) -> Value {
    let endpoint = endpoint.configuration();
    let id = endpoint.job_id(job.serial);
    let status = word(&job.state);
    match &job.state {
        JobState::Queued => json!({ "id": id, "status": status }),
        JobState::Running { worker, delay } => json!({
            "id": id,
            "status": status,
            "delayTime": millis(*delay),
            "workerId": endpoint.worker_id(*worker),
        }),
        JobState::Finished(finished) => job_record::finished(endpoint, finished, output).into(),
    }
}

/// The status as Runpod writes it.
pub(super) fn word(state: &JobState) -> &'static str {
    match state {
        JobState::Queued => "IN_QUEUE",
        JobState::Running { .. } => "IN_PROGRESS",
        JobState::Finished(job) => job.status.word(),
    }
}

/// The job does not exist, or its result is no longer kept.
pub(super) fn not_found() -> Answer {
    Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "job not found")
}
