//! Refusals of GraphQL requests: HTTP 400 with all errors, in the form of Apollo Server, which Runpod uses.

use apollo_compiler::response::{ExecutionResponse, GraphQLError};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::engine::Refusal;
use crate::answer::Answer;

/// The answer to a document that was executed.
pub(super) fn executed(ExecutionResponse { data, errors }: ExecutionResponse) -> Answer {
    if errors.is_empty() {
        return Answer::ok(json!({ "data": data }));
    }
    let errors = errors.into_iter().map(|error| coded(error, "INTERNAL_SERVER_ERROR"));
    Answer::ok(json!({ "errors": errors.collect::<Vec<_>>(), "data": data }))
}

/// The answer to a document that was not executed.
pub(super) fn refused(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Document(errors) => all(errors, "GRAPHQL_VALIDATION_FAILED"),
        Refusal::Operation(errors) => all(errors, "OPERATION_RESOLUTION_FAILURE"),
        Refusal::Variables(errors) => all(errors, "BAD_USER_INPUT"),
    }
}

/// A document that is not GraphQL. Only its first error is reported.
pub(super) fn syntax(errors: Vec<GraphQLError>) -> Answer {
    all(errors.into_iter().take(1), "GRAPHQL_PARSE_FAILED")
}

/// A body that is not a request.
pub(super) fn bad_request(message: &str) -> Answer {
    refuse(&[json!({ "message": message, "extensions": { "code": "BAD_REQUEST" } })])
}

/// A document with introspection.
pub(super) fn introspection() -> Answer {
    let message = "GraphQL introspection is not allowed by Apollo Server, but the query contained __schema or \
                   __type. To enable introspection, pass introspection: true to ApolloServer in production";
    refuse(&[json!({ "message": message, "extensions": { "code": "GRAPHQL_VALIDATION_FAILED" } })])
}

fn refuse(errors: &[Value]) -> Answer {
    Answer::new(StatusCode::BAD_REQUEST, json!({ "errors": errors }))
}

fn all(errors: impl IntoIterator<Item = GraphQLError>, code: &str) -> Answer {
    let errors: Vec<_> = errors.into_iter().map(|error| coded(error, code)).collect();
    Answer::new(StatusCode::BAD_REQUEST, json!({ "errors": errors }))
}

fn coded(mut error: GraphQLError, code: &str) -> GraphQLError {
    error.extensions.insert("code", code.into());
    error
}
