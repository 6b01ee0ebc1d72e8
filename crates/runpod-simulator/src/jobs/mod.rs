//! The jobs API: what Runpod answers under `api.runpod.ai/v2/{endpoint_id}`.

mod metrics;
mod requests;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{Answer, Caller, Request};
use super::world::{Counts, Endpoint, Totals, World};
use crate::api::Api;
use crate::simulator::Simulator;

pub(super) use self::requests::Patience;

/// `GET /v2/{endpoint_id}/health`
pub(super) async fn health(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    caller: Caller,
) -> Response {
    answer(&simulator, &id, "health", &caller, |world, endpoint| Answer::ok(health_json(world, endpoint)))
        .await
}

/// `GET /v2/{endpoint_id}/requests`
pub(super) async fn requests(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    caller: Caller,
) -> Response {
    let allowed = simulator.0.patience.allows(&id, simulator.world().now());
    answer(&simulator, &id, "requests", &caller, |world, endpoint| {
        if !allowed {
            return Answer::error(Api::Jobs, StatusCode::TOO_MANY_REQUESTS, "too many requests");
        }
        Answer::ok(requests::list(world, endpoint))
    })
    .await
}

/// `GET /v2/{endpoint_id}/metrics/request_ts_v1`
pub(super) async fn request_metrics(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    caller: Caller,
) -> Response {
    answer(&simulator, &id, "latency", &caller, |world, endpoint| Answer::ok(metrics::hours(world, endpoint)))
        .await
}

async fn answer(
    simulator: &Simulator,
    id: &str,
    operation: &'static str,
    caller: &Caller,
    right: impl FnOnce(&World, &Endpoint) -> Answer,
) -> Response {
    let flight = simulator.traffic().enter(Api::Jobs, &caller.user_agent);
    simulator.traffic().operate(Api::Jobs, operation);
    let request = Request { api: Api::Jobs, operation, endpoint: Some(id) };
    let world = simulator.world();
    let right = |_| async {
        match world.endpoint(id) {
            Some(endpoint) => right(world, &endpoint),
            None => Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "endpoint not found"),
        }
    };
    simulator.answer(caller, request, flight, right).await
}

fn health_json(world: &World, endpoint: &Endpoint) -> Value {
    let Counts { queued, in_progress, totals, workers, billed: _ } = world.counts(endpoint);
    // A load-balanced endpoint has no jobs: requests go to its workers directly and Runpod does not count them here.
    let (queued, in_progress, totals) = if endpoint.configuration().load_balanced {
        (0, 0, Totals::default())
    } else {
        (queued, in_progress, totals)
    };
    json!({
        "jobs": {
            "completed": totals.completed,
            // Runpod has no number of its own for jobs that timed out.
            "failed": totals.failed + totals.timed_out,
            "inProgress": in_progress,
            "inQueue": queued,
            "retried": totals.retried,
        },
        "workers": {
            "idle": workers.idle,
            "initializing": workers.initializing,
            // In every recording of the real service, ready equals idle.
            "ready": workers.idle,
            "running": workers.running,
            "throttled": workers.throttled,
            "unhealthy": workers.unhealthy,
        },
    })
}
