//! Routes with which a client sends a job, waits for its result, cancels it, or queues it again.

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use serde_json::json;

use super::{Jobs, body, status};
use crate::answer::{Answer, Caller};
use crate::api::{Api, JobsOperation};
use crate::world::{Endpoint, World};

/// Maximum size of a body.
const RUN_BYTES: usize = 10 * 1024 * 1024;
const RUNSYNC_BYTES: usize = 20 * 1024 * 1024;

type Body = Result<Bytes, BytesRejection>;

pub(super) fn routes() -> Router<Jobs> {
    Router::new()
        .route("/v2/{id}/run", post(run).layer(DefaultBodyLimit::max(RUN_BYTES)))
        .route("/v2/{id}/runsync", post(runsync).layer(DefaultBodyLimit::max(RUNSYNC_BYTES)))
        .route("/v2/{id}/cancel/{job}", post(cancel))
        .route("/v2/{id}/retry/{job}", post(retry))
        .route("/v2/{id}/purge-queue", post(purge_queue))
}

/// `POST /v2/{endpoint_id}/run`
async fn run(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller, body: Body) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| match send(world, endpoint, body, false) {
        Ok(job) => Answer::ok(json!({ "id": job, "status": "IN_QUEUE" })),
        Err(refusal) => refusal,
    };
    jobs.answer(&id, JobsOperation::Run, &caller, correct).await
}

/// `POST /v2/{endpoint_id}/runsync?wait=`
async fn runsync(
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    caller: Caller,
    body: Body,
) -> Response {
    let wait = status::wait(query.as_deref());
    let correct = async |world: &World, endpoint: &Endpoint| match send(world, endpoint, body, true) {
        Ok(job) => status::finished(world, endpoint, &job, wait, jobs.output).await,
        Err(refusal) => refusal,
    };
    jobs.answer(&id, JobsOperation::Runsync, &caller, correct).await
}

/// `POST /v2/{endpoint_id}/cancel/{job_id}`
async fn cancel(
    State(jobs): State<Jobs>,
    Path((id, job)): Path<(String, String)>,
    caller: Caller,
) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| {
        world.cancel_job(endpoint, &job);
        match world.job(endpoint, &job) {
            Some(known) => Answer::ok(json!({ "id": job, "status": status::word(&known.state) })),
            None => status::not_found(),
        }
    };
    jobs.answer(&id, JobsOperation::Cancel, &caller, correct).await
}

/// `POST /v2/{endpoint_id}/retry/{job_id}`
async fn retry(
    State(jobs): State<Jobs>,
    Path((id, job)): Path<(String, String)>,
    caller: Caller,
) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| match world.retry_job(endpoint, &job) {
        Some(serial) => {
            let job = endpoint.configuration().job_id(serial);
            Answer::ok(json!({ "id": job, "status": "IN_QUEUE" }))
        }
        None if world.job(endpoint, &job).is_none() => status::not_found(),
        None => bad_request("only a job that failed or timed out can be retried"),
    };
    jobs.answer(&id, JobsOperation::Retry, &caller, correct).await
}

/// `POST /v2/{endpoint_id}/purge-queue`
async fn purge_queue(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| {
        Answer::ok(json!({ "removed": world.purge_queue(endpoint), "status": "completed" }))
    };
    jobs.answer(&id, JobsOperation::PurgeQueue, &caller, correct).await
}

/// Queues the job in the body. Returns its id.
fn send(world: &World, endpoint: &Endpoint, body: Body, sync: bool) -> Result<String, Answer> {
    if endpoint.configuration().load_balanced {
        return Err(bad_request("a load-balanced endpoint has no queue; send requests to its workers"));
    }
    let body =
        body.map_err(|rejection| Answer::error(Api::Jobs, rejection.status(), rejection.body_text()))?;
    let request = body::parse(&body, sync).map_err(bad_request)?;
    let serial = world.send_job(endpoint, request).map_err(|_full| {
        Answer::error(Api::Jobs, StatusCode::TOO_MANY_REQUESTS, "too many jobs in the queue")
    })?;
    Ok(endpoint.configuration().job_id(serial))
}

fn bad_request(message: impl Into<std::borrow::Cow<'static, str>>) -> Answer {
    Answer::error(Api::Jobs, StatusCode::BAD_REQUEST, message)
}
