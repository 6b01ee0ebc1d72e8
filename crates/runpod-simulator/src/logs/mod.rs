//! The log routes of the job API: the last lines of all workers of an endpoint and, in the documented shape, the lines
//! that follow.
//!
//! Of the older API only the parameters are known. Here it returns a list of what the streams of the workers contain.

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{any, get};
use serde_json::json;

use self::list::LineFilter;
use crate::answer::{Answer, Caller, CutAfter, Gateway, Request};
use crate::api::{Api, JobsOperation};
use crate::shape::Shape;

mod lines;
mod list;
mod socket;

#[derive(Debug, Clone)]
struct Logs {
    gateway: Gateway,
    shape: Shape,
}

/// The routes, for the shape of the simulator.
pub(crate) fn router(gateway: &Gateway, shape: Shape) -> Router {
    let state = Logs { gateway: gateway.clone(), shape };
    Router::new()
        .route("/v2/{id}/logs", get(snapshot))
        .route("/v2/{id}/logs/stream", any(stream))
        .with_state(state)
}

/// `GET /v2/{endpoint_id}/logs?batch=&from=&to=`
async fn snapshot(
    State(logs): State<Logs>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    caller: Caller,
) -> Response {
    let correct = || {
        let world = logs.gateway.world();
        let Some(endpoint) = world.endpoint(&id) else { return not_found() };
        let filter = LineFilter::parse(&query.unwrap_or_default());
        Answer::ok(filter.list(world, &endpoint, logs.shape))
    };
    logs.answer(&id, JobsOperation::Logs, &caller, correct).await
}

/// `/v2/{endpoint_id}/logs/stream`, a WebSocket, only in the documented shape.
async fn stream(
    State(logs): State<Logs>,
    Path(id): Path<String>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
) -> Response {
    let correct = || match (logs.shape, logs.gateway.world().endpoint(&id)) {
        (Shape::Documented, Some(_)) => Answer::ok(json!({})),
        _ => not_found(),
    };
    let response = logs.answer(&id, JobsOperation::LogsStream, &caller, correct).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let cut = response.extensions().get::<CutAfter>().map(|cut| cut.0);
    upgrade.on_upgrade(async move |websocket| {
        let world = logs.gateway.world();
        if let Some(endpoint) = world.endpoint(&id) {
            // It does not matter whether the client or the endpoint ended the stream.
            socket::send(websocket, world, &endpoint, cut).await.unwrap_or_default();
        }
    })
}

fn not_found() -> Answer {
    Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "not found")
}

// === impl Logs ===

impl Logs {
    async fn answer(
        &self,
        id: &str,
        operation: JobsOperation,
        caller: &Caller,
        correct: impl FnOnce() -> Answer,
    ) -> Response {
        let request = Request { api: Api::Jobs, operation: operation.name(), endpoint: Some(id) };
        let in_flight = self.gateway.enter(request, caller);
        self.gateway.answer(caller, request, in_flight, |_| async { correct() }).await
    }
}
