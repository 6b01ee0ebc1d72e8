//! The jobs API: `api.runpod.ai/v2/{endpoint_id}`.
//!
//! Keys, faults and delays do not belong here, nor does the API's log route.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use self::limit::RequestLimit;
use crate::answer::{Answer, Caller, Gateway, Request};
use crate::api::{Api, JobsOperation};
use crate::world::{Endpoint, World};

mod health;
mod limit;
mod metrics;
mod requests;

#[derive(Debug, Clone)]
struct Jobs {
    gateway: Gateway,
    limit: Arc<RequestLimit>,
}

/// The routes of the API.
pub(crate) fn router(gateway: &Gateway) -> Router {
    let state = Jobs { gateway: gateway.clone(), limit: Arc::default() };
    Router::new()
        .route("/v2/{id}/health", get(health))
        .route("/v2/{id}/requests", get(requests))
        .route("/v2/{id}/metrics/request_ts_v1", get(request_metrics))
        .with_state(state)
}

/// `GET /v2/{endpoint_id}/health`
async fn health(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller) -> Response {
    let correct = |world: &World, endpoint: &Endpoint| Answer::ok(health::health(world, endpoint));
    jobs.answer(&id, JobsOperation::Health, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/requests`
async fn requests(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller) -> Response {
    let allowed = jobs.limit.allows(&id, jobs.gateway.world().now());
    let correct = |world: &World, endpoint: &Endpoint| {
        if !allowed {
            return Answer::error(Api::Jobs, StatusCode::TOO_MANY_REQUESTS, "too many requests");
        }
        Answer::ok(requests::list(world, endpoint))
    };
    jobs.answer(&id, JobsOperation::Requests, &caller, correct).await
}

/// `GET /v2/{endpoint_id}/metrics/request_ts_v1`
async fn request_metrics(State(jobs): State<Jobs>, Path(id): Path<String>, caller: Caller) -> Response {
    let correct = |world: &World, endpoint: &Endpoint| Answer::ok(metrics::hours(world, endpoint));
    jobs.answer(&id, JobsOperation::Latency, &caller, correct).await
}

// === impl Jobs ===

impl Jobs {
    async fn answer(
        &self,
        id: &str,
        operation: JobsOperation,
        caller: &Caller,
        correct: impl FnOnce(&World, &Endpoint) -> Answer,
    ) -> Response {
        let request = Request { api: Api::Jobs, operation: operation.name(), endpoint: Some(id) };
        let in_flight = self.gateway.enter(request, caller);
        let world = self.gateway.world();
        let correct = |_| async {
            match world.endpoint(id) {
                Some(endpoint) => correct(world, &endpoint),
                None => Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "endpoint not found"),
            }
        };
        self.gateway.answer(caller, request, in_flight, correct).await
    }
}
