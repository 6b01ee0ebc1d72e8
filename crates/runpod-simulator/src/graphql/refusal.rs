//! Refusals of GraphQL requests: HTTP 400 with all errors, with the messages and in the form of Apollo Server, which
//! Runpod uses.

use async_graphql::{Pos, ServerError};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// The answer to a document that was executed, or that failed validation.
pub(super) fn answer(response: async_graphql::Response) -> Answer {
    let async_graphql::Response { data, mut errors, .. } = response;
    // Execution errors have a path, validation errors do not.
    if !errors.is_empty() && errors.iter().all(|error| error.path.is_empty()) {
        errors.retain(|error| !is_inside_a_scalar(&error.message));
        errors.sort_by_key(|error| error.locations.first().map(|at| (at.line, at.column)));
        let errors: Vec<Value> = errors.iter().map(invalid).collect();
        return refuse(&errors);
    }
    let mut body = Map::new();
    if !errors.is_empty() {
        body.insert("errors".to_owned(), errors.iter().map(failed).collect());
    }
    body.insert("data".to_owned(), data.into_json().unwrap_or_default());
    Answer::ok(Value::Object(body))
}

/// A body that is not a request.
pub(super) fn bad_request(message: &str) -> Answer {
    refuse(&[json!({ "message": message, "extensions": { "code": "BAD_REQUEST" } })])
}

/// A document that is not GraphQL.
pub(super) fn syntax(error: &async_graphql::parser::Error) -> Answer {
    let at: Vec<Value> = error.positions().map(location).collect();
    let message = format!("Syntax Error: {error}");
    refuse(&[
        json!({ "message": message, "locations": at, "extensions": { "code": "GRAPHQL_PARSE_FAILED" } }),
    ])
}

/// A required variable that was not sent.
pub(super) fn missing_variable(name: &str, kind: &str, at: Pos) -> Answer {
    let message = format!("Variable \"${name}\" of required type \"{kind}\" was not provided.");
    let error = json!({ "message": message, "locations": [location(at)], "extensions": { "code": "BAD_USER_INPUT" } });
    refuse(&[error])
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

fn invalid(error: &ServerError) -> Value {
    let at: Vec<Value> = error.locations.iter().copied().map(location).collect();
    let message = apollo_message(&error.message);
    json!({ "message": message, "locations": at, "extensions": { "code": "GRAPHQL_VALIDATION_FAILED" } })
}

fn failed(error: &ServerError) -> Value {
    json!({
        "message": error.message,
        "path": error.path,
        "extensions": { "code": "INTERNAL_SERVER_ERROR" },
    })
}

/// Whether the error is about a field below a scalar. The engine reports each of those, Apollo only the scalar.
fn is_inside_a_scalar(message: &str) -> bool {
    let scalars = ["Boolean", "Float", "Int", "String"];
    message.starts_with("Unknown field ")
        && scalars.iter().any(|scalar| message.ends_with(&format!(" on type \"{scalar}\".")))
}

fn location(at: Pos) -> Value {
    json!({ "line": at.line, "column": at.column })
}

/// The engine's message in the wording of the reference implementation; clients are known to parse these texts.
fn apollo_message(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("Unknown field ") {
        return format!("Cannot query field {rest}");
    }
    if let Some((field, kind)) = unknown_argument(message) {
        return format!("{field}.{kind}\".");
    }
    if message.ends_with('.') { message.to_owned() } else { format!("{message}.") }
}

/// Splits `Unknown argument "a" on field "f" of type "T".`, which Apollo writes `Unknown argument "a" on field "T.f".`
fn unknown_argument(message: &str) -> Option<(String, &str)> {
    let rest = message.strip_prefix("Unknown argument ")?;
    let (argument, rest) = rest.split_once(" on field \"")?;
    let (field, rest) = rest.split_once("\" of type \"")?;
    let (kind, _) = rest.split_once('"')?;
    Some((format!("Unknown argument {argument} on field \"{kind}"), field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_equal_those_of_the_reference_implementation() {
        let table = [
            (
                "Unknown field \"status\" on type \"Endpoint\".",
                "Cannot query field \"status\" on type \"Endpoint\".",
            ),
            (
                "Unknown argument \"x\" on field \"pod\" of type \"Query\".",
                "Unknown argument \"x\" on field \"Query.pod\".",
            ),
            (
                "Field \"runtime\" of type \"PodRuntime\" must have a selection of subfields",
                "Field \"runtime\" of type \"PodRuntime\" must have a selection of subfields.",
            ),
        ];
        for (ours, theirs) in table {
            assert_eq!(apollo_message(ours), theirs);
        }
    }
}
