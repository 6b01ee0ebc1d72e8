//! The logs that the job API tells of an endpoint: the last lines of all its workers, and in the documented shape what
//! they write from now on.
//!
//! Of the older API only the parameters are known. It answers here as a list of what the streams of the workers say.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::Cut;
use crate::answer::{Answer, Caller, Request};
use crate::api::Api;
use crate::graphql::Shape;
use crate::simulator::Simulator;
use crate::world::{Endpoint, LogLine, World};

/// How often it is looked whether the world has gone on.
const LOOK: Duration = Duration::from_millis(50);

/// Lines in one answer where nobody says how many.
const BATCH: usize = 500;

/// `GET /v2/{endpoint_id}/logs?batch=&from=&to=`
pub(crate) async fn snapshot(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    caller: Caller,
) -> Response {
    let right = |shape: Shape| {
        let endpoint = simulator.world().endpoint(&id);
        let Some(endpoint) = endpoint else { return not_found() };
        let query = query.unwrap_or_default();
        let get = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(this, _)| this == name).map(|(_, value)| value.into_owned())
        };
        let moment = |name| get(name).and_then(|text| text.parse::<Timestamp>().ok());
        let (from, to) = (moment("from"), moment("to"));
        let mut lines = all(simulator.world(), &endpoint);
        lines
            .retain(|(_, line)| from.is_none_or(|from| line.at >= from) && to.is_none_or(|to| line.at <= to));
        let batch = get("batch").and_then(|text| text.parse().ok()).unwrap_or(BATCH);
        let lines = lines.split_off(lines.len().saturating_sub(batch));
        Answer::ok(match shape {
            Shape::Live => {
                let write = |(worker, line): &(String, LogLine)| {
                    let source = if line.system { "system" } else { "container" };
                    json!({ "workerId": worker, "source": source, "line": line.text, "ts": line.at.to_string() })
                };
                json!({ "data": lines.iter().map(write).collect::<Vec<_>>() })
            }
            Shape::Documented => lines.iter().map(|(_, line)| documented(line)).collect::<Vec<_>>().into(),
        })
    };
    answer(&simulator, &id, &caller, "logs", right).await
}

/// `/v2/{endpoint_id}/logs/stream`, a WebSocket, in the documented shape alone.
pub(crate) async fn socket(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
) -> Response {
    let right = |shape: Shape| match (shape, simulator.world().endpoint(&id)) {
        (Shape::Documented, Some(_)) => Answer::ok(json!({})),
        _ => not_found(),
    };
    let response = answer(&simulator, &id, &caller, "logs_stream", right).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let cut = response.extensions().get::<Cut>().map(|cut| cut.0);
    upgrade.on_upgrade(async move |socket| {
        let world = simulator.world();
        if let Some(endpoint) = world.endpoint(&id) {
            // Whether the client or the writer was first to go does not matter.
            tell(socket, world, &endpoint, cut).await.unwrap_or_default();
        }
    })
}

async fn answer(
    simulator: &Simulator,
    id: &str,
    caller: &Caller,
    operation: &'static str,
    right: impl FnOnce(Shape) -> Answer,
) -> Response {
    let flight = simulator.traffic().enter(Api::Jobs, &caller.user_agent);
    simulator.traffic().operate(Api::Jobs, operation);
    let request = Request { api: Api::Jobs, operation, endpoint: Some(id) };
    let right = |_| async { right(simulator.shape()) };
    simulator.answer(caller, request, flight, right).await
}

/// Sends what is written from now on.
async fn tell(
    mut socket: WebSocket,
    world: &World,
    endpoint: &Endpoint,
    cut: Option<usize>,
) -> Result<(), axum::Error> {
    let mut reached = world.settled();
    let mut left = cut.unwrap_or(usize::MAX);
    loop {
        let until = world.settled();
        let is_new = |line: &LogLine| line.at > reached && line.at <= until;
        let lines: Vec<_> = all(world, endpoint).into_iter().filter(|(_, line)| is_new(line)).collect();
        reached = until.max(reached);
        for (_, line) in lines {
            let Some(less) = left.checked_sub(1) else { return Ok(()) };
            left = less;
            socket.send(Message::text(documented(&line).to_string())).await?;
        }
        sleep(LOOK).await;
        if world.endpoint(&endpoint.configuration().id).is_none() {
            return socket.send(Message::Close(None)).await;
        }
    }
}

fn documented(line: &LogLine) -> Value {
    let level = if line.text.contains("\"ERROR\"") { "error" } else { "info" };
    json!({ "timestamp": line.at.to_string(), "level": level, "message": line.text })
}

/// The lines of all workers by time.
fn all(world: &World, endpoint: &Endpoint) -> Vec<(String, LogLine)> {
    let workers = world.workers(endpoint);
    let ids = workers.iter().map(|worker| endpoint.configuration().worker_id(worker.serial));
    let mut lines: Vec<_> = ids
        .flat_map(|id| {
            let lines = world.worker_log(endpoint, &id).unwrap_or_default();
            lines.into_iter().map(move |line| (id.clone(), line))
        })
        .collect();
    lines.sort_by_key(|(_, line)| line.at);
    lines
}

fn not_found() -> Answer {
    Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "not found")
}
