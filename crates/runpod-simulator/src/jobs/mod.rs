//! The job API: `api.runpod.ai/v2/{endpoint_id}`.
//!
//! Keys, faults and delays do not belong here, nor does the API's log route.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use self::limit::RequestLimit;
use crate::answer::{Answer, Caller, Gateway, Request};
use crate::api::{Api, JobsOperation};
use crate::world::{Endpoint, World};

mod batches;
mod body;
mod health;
mod limit;
mod metrics;
mod requests;
mod send;
mod status;

#[derive(Debug, Clone)]
struct Jobs {
    gateway: Gateway,
    limit: Arc<RequestLimit>,
    /// Characters of text in the output of a job.
    output: usize,
}

/// The routes of the API. The output of a job has `output` characters of text.
pub(crate) fn router(gateway: &Gateway, output: usize) -> Router {
    let state = Jobs { gateway: gateway.clone(), limit: Arc::default(), output };
    Router::new()
        .route("/v2/{id}/health", get(health))
        .route("/v2/{id}/requests", get(requests))
        .route("/v2/{id}/metrics/request_ts_v1", get(request_metrics))
        .route("/v2/{id}/batch", get(list_batches))
        .route("/v2/{id}/batch/{batch}", get(one_batch))
        .merge(send::routes())
        .merge(status::routes())
        .with_state(state)
}

/// `GET /v2/{endpoint_id}/health`
async fn health(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| Answer::ok(health::health(world, endpoint));
    jobs.answer(&id, JobsOperation::Health, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/requests`
async fn requests(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| Answer::ok(requests::list(world, endpoint));
    jobs.answer(&id, JobsOperation::Requests, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/batch`
async fn list_batches(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| Answer::ok(batches::list(world, endpoint));
    jobs.answer(&id, JobsOperation::Batches, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/batch/{id}`
async fn one_batch(
    State(jobs): State<Jobs>,
    Path((id, batch)): Path<(String, String)>,
    caller: Caller,
) -> Response {
    let correct = async |world: &World, endpoint: &Endpoint| match batches::one(world, endpoint, &batch) {
        Some(batch) => Answer::ok(batch),
        None => Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "batch not found"),
    };
    jobs.answer(&id, JobsOperation::Batches, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/metrics/request_ts_v1?interval=`
async fn request_metrics(
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    caller: Caller,
) -> Response {
    let interval = metrics::Interval::parse(query.as_deref().unwrap_or_default());
    let correct =
        async |world: &World, endpoint: &Endpoint| Answer::ok(metrics::buckets(world, endpoint, interval));
    jobs.answer(&id, JobsOperation::Latency, &caller, correct).await
}

// === impl Jobs ===

impl Jobs {
    async fn answer(
        &self,
        id: &str,
        operation: JobsOperation,
        caller: &Caller,
        correct: impl AsyncFnOnce(&World, &Endpoint) -> Answer,
    ) -> Response {
        let request = Request { api: Api::Jobs, operation: operation.name(), endpoint: Some(id) };
        let in_flight = self.gateway.enter(request, caller);
        let world = self.gateway.world();
        let allowed = self.limit.allows(operation, id, world.now());
        let correct = async |_| {
            if !allowed {
                return Answer::error(Api::Jobs, StatusCode::TOO_MANY_REQUESTS, "too many requests");
            }
            match world.endpoint(id) {
                Some(endpoint) => correct(world, &endpoint).await,
                None => Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "endpoint not found"),
            }
        };
        self.gateway.answer(caller, request, in_flight, correct).await
    }
}
