//! The GraphQL API: a real GraphQL engine that refuses requests as Runpod's Apollo Server does.
//!
//! Keys, faults and delays do not belong here; the fields are those of the schema in use.

#![expect(clippy::unused_async, reason = "resolvers have to be async, whether they wait or not")]
#![expect(clippy::struct_field_names, reason = "the fields have the names that Runpod gave them")]

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;

use self::document::Parsed;
use self::engine::Engine;
use crate::answer::{Caller, Gateway, Request};
use crate::api::Api;
use crate::shape::Shape;

mod document;
mod documented;
mod engine;
mod envelope;
mod gpu;
mod live;
mod refusal;

#[derive(Debug, Clone)]
struct Graphql {
    gateway: Gateway,
    engine: Arc<Engine>,
}

/// The routes of the API, with the schema of a shape.
pub(crate) fn router(gateway: &Gateway, shape: Shape) -> Router {
    let engine = Arc::new(Engine::new(shape, gateway.world().clone()));
    let state = Graphql { gateway: gateway.clone(), engine };
    Router::new().route("/graphql", post(execute)).with_state(state)
}

/// `POST /graphql`
async fn execute(
    State(Graphql { gateway, engine }): State<Graphql>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let traffic = gateway.traffic();
    let in_flight = traffic.enter(Api::Graphql, &caller.user_agent);
    let parsed = envelope::open(&headers, &body).and_then(Parsed::new);
    let operation = parsed.as_ref().map_or("", |parsed| &parsed.operation).to_owned();
    traffic.count_operation(Api::Graphql, &operation);
    if let Ok(parsed) = &parsed {
        traffic.keep_document(&operation, &parsed.text);
    }
    let request = Request { api: Api::Graphql, operation: &operation, endpoint: None };
    let correct = |identity| async move {
        match parsed {
            Ok(parsed) => engine.execute(parsed, identity).await,
            Err(refusal) => refusal,
        }
    };
    gateway.answer(&caller, request, in_flight, correct).await
}
