//! The GraphQL API: a real engine behind Runpod's manners. Which fields there are is up to the schema of the chosen
//! [`Shape`].

#![expect(clippy::unused_async, reason = "resolvers have to be async, whether they wait or not")]
#![expect(clippy::struct_field_names, reason = "the fields have the names that Runpod gave them")]

use std::fmt::{self, Debug, Display, Formatter};
use std::str::FromStr;

use async_graphql::{EmptyMutation, EmptySubscription, Schema, Variables};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Answer, Caller, Identity, Request};
use super::world::World;
use crate::api::Api;
use crate::simulator::Simulator;

use self::document::Parsed;

mod document;
mod documented;
mod gpu;
mod live;
mod refusal;

/// Which GraphQL schema the simulator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// What api.runpod.io has been seen to answer.
    #[default]
    Live,
    /// What monitoring guides describe, and gateways that follow them.
    Documented,
}

/// The text is neither `live` nor `documented`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown shape {0:?}: expected live or documented")]
pub struct ShapeError(String);

/// The engine with the schema of a shape.
pub(super) struct Engine(Executor);

enum Executor {
    Live(Schema<live::Query, EmptyMutation, EmptySubscription>),
    Documented(Schema<documented::Query, EmptyMutation, EmptySubscription>),
}

/// The body of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    query: String,
    #[serde(default)]
    variables: Option<serde_json::Map<String, Value>>,
    #[serde(default)]
    operation_name: Option<String>,
}

/// `POST /graphql`
pub(super) async fn post(
    State(simulator): State<Simulator>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let traffic = simulator.traffic();
    let flight = traffic.enter(Api::Graphql, &caller.user_agent);
    let envelope = open(&headers, &body);
    let parsed = envelope
        .and_then(|envelope| Parsed::new(envelope.query, envelope.operation_name, envelope.variables));
    let operation = parsed.as_ref().map_or("", |parsed| &parsed.operation).to_owned();
    traffic.operate(Api::Graphql, &operation);
    if let Ok(parsed) = &parsed {
        traffic.document(&operation, &parsed.text);
    }
    let request = Request { api: Api::Graphql, operation: &operation, endpoint: None };
    let engine = &simulator.0.engine;
    let right = |identity| async move {
        match parsed {
            Ok(parsed) => engine.execute(parsed, identity).await,
            Err(refusal) => refusal,
        }
    };
    simulator.answer(&caller, request, flight, right).await
}

/// Reads the body, as strictly as Apollo does.
fn open(headers: &HeaderMap, body: &[u8]) -> Result<Envelope, Answer> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(refusal::bad_request(
            "POST body missing, invalid Content-Type, or JSON object has no keys.",
        ));
    }
    let value: Value =
        serde_json::from_slice(body).map_err(|error| refusal::bad_request(&error.to_string()))?;
    if value.is_array() {
        return Err(refusal::bad_request("Operation batching disabled."));
    }
    serde_json::from_value(value).map_err(|error| refusal::bad_request(&error.to_string()))
}

// === impl Shape ===

impl FromStr for Shape {
    type Err = ShapeError;

    fn from_str(text: &str) -> Result<Self, ShapeError> {
        match text {
            "live" => Ok(Self::Live),
            "documented" => Ok(Self::Documented),
            other => Err(ShapeError(other.to_owned())),
        }
    }
}

impl Display for Shape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Live => "live",
            Self::Documented => "documented",
        })
    }
}

// === impl Engine ===

impl Engine {
    pub(super) fn new(shape: Shape, world: World) -> Self {
        Self(match shape {
            Shape::Live => Executor::Live(
                Schema::build(live::Query, EmptyMutation, EmptySubscription)
                    .data(world)
                    .disable_introspection()
                    .disable_suggestions()
                    .finish(),
            ),
            Shape::Documented => Executor::Documented(
                Schema::build(documented::Query, EmptyMutation, EmptySubscription)
                    .data(world)
                    .disable_introspection()
                    .disable_suggestions()
                    .finish(),
            ),
        })
    }

    async fn execute(&self, parsed: Parsed, identity: Identity) -> Answer {
        let mut request = async_graphql::Request::new(parsed.text).data(identity);
        request.operation_name = parsed.operation_name;
        request.variables = Variables::from_json(Value::Object(parsed.variables));
        request.set_parsed_query(parsed.document);
        let response = match &self.0 {
            Executor::Live(schema) => schema.execute(request).await,
            Executor::Documented(schema) => schema.execute(request).await,
        };
        refusal::answer(response)
    }
}

impl Debug for Engine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Executor::Live(_) => "Live",
            Executor::Documented(_) => "Documented",
        })
    }
}
