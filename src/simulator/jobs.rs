//! The jobs API: what Runpod answers under `api.runpod.ai/v2/{endpoint_id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{Answer, Caller, Request};
use super::world::{Counts, Endpoint, Totals, World};
use super::{Api, Simulator};

/// `GET /v2/{endpoint_id}/health`
pub(super) async fn health(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    caller: Caller,
) -> Response {
    let flight = simulator.traffic().enter(Api::Jobs, &caller.user_agent);
    simulator.traffic().operate(Api::Jobs, "health");
    let request = Request { api: Api::Jobs, operation: "health", endpoint: Some(&id) };
    let world = simulator.world();
    let right = |_| async {
        match world.endpoint(&id) {
            Some(endpoint) => Answer::ok(health_json(world, &endpoint)),
            None => Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "endpoint not found"),
        }
    };
    simulator.answer(&caller, request, flight, right).await
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
