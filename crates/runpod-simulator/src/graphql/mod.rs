//! The GraphQL API: a GraphQL engine that refuses requests as Runpod's Apollo Server does.
//!
//! Keys, faults and delays do not belong here; the fields are those of the schema in use.

#![expect(clippy::struct_field_names, reason = "the fields have the names that Runpod gave them")]

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;

use self::document::Parsed;
use self::engine::{Engine, Object};
use self::root::Root;
use crate::answer::{Answer, Caller, Gateway, Identity, Request};
use crate::api::Api;
use crate::shape::Shape;
use crate::world::World;

mod document;
mod documented;
mod engine;
mod envelope;
mod gpu;
mod live;
mod refusal;
mod root;

#[derive(Debug, Clone)]
struct Graphql {
    gateway: Gateway,
    shape: Shape,
    engine: Arc<Engine>,
}

/// The routes of the API, with the schema of a shape.
pub(crate) fn router(gateway: &Gateway, shape: Shape) -> Router {
    let schema = match shape {
        Shape::Live => live::SCHEMA,
        Shape::Documented => documented::SCHEMA,
    };
    let state = Graphql { gateway: gateway.clone(), shape, engine: Arc::new(Engine::new(schema)) };
    Router::new().route("/graphql", post(execute)).with_state(state)
}

/// `POST /graphql`
async fn execute(
    State(Graphql { gateway, shape, engine }): State<Graphql>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let traffic = gateway.traffic();
    let in_flight = traffic.enter(Api::Graphql, &caller.user_agent);
    let parsed = envelope::open(&headers, &body).and_then(|envelope| Parsed::new(&engine, envelope));
    let operation = parsed.as_ref().map_or("", |parsed| &parsed.name).to_owned();
    traffic.count_operation(Api::Graphql, &operation);
    if let Ok(parsed) = &parsed {
        traffic.keep_document(&operation, &parsed.text);
    }
    let request = Request { api: Api::Graphql, operation: &operation, endpoint: None };
    let world = gateway.world().clone();
    let correct = async |identity| match parsed {
        Ok(parsed) => answer(&engine, &parsed, root(shape, world, identity)),
        Err(refusal) => refusal,
    };
    gateway.answer(&caller, request, in_flight, correct).await
}

/// The root object of a shape.
fn root(shape: Shape, world: World, identity: Identity) -> Box<dyn Object> {
    let root = Root { world, identity };
    match shape {
        Shape::Live => Box::new(live::Query(root)),
        Shape::Documented => Box::new(documented::Query(root)),
    }
}

fn answer(engine: &Engine, parsed: &Parsed, root: Box<dyn Object>) -> Answer {
    let Parsed { document, operation_name, variables, .. } = parsed;
    match engine.execute(document, operation_name.as_deref(), variables, root) {
        Ok(executed) => refusal::executed(executed),
        Err(refusal) => refusal::refused(refusal),
    }
}

#[cfg(test)]
mod tests;
