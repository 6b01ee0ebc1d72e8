//! Refusals of GraphQL requests: HTTP 400 with all errors, with the messages and in the form of Apollo Server, which
//! Runpod uses.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::engine::{Executed, Invalid, Pos, Refusal};
use crate::answer::Answer;

/// The answer to a document that was executed.
pub(super) fn executed(Executed { data, errors }: Executed) -> Answer {
    let mut body = Map::new();
    if !errors.is_empty() {
        body.insert("errors".to_owned(), errors.into());
    }
    body.insert("data".to_owned(), data);
    Answer::ok(Value::Object(body))
}

/// The answer to a document that was not executed.
pub(super) fn refused(refusal: Refusal) -> Answer {
    let all = |invalid: Vec<Invalid>, code| {
        let errors = invalid.into_iter().map(|Invalid { message, at }| error(&message, &[at], code));
        refuse(&errors.collect::<Vec<_>>())
    };
    match refusal {
        Refusal::Document(invalid) => all(invalid, "GRAPHQL_VALIDATION_FAILED"),
        Refusal::Variables(invalid) => all(invalid, "BAD_USER_INPUT"),
        Refusal::Operation(message) => {
            refuse(&[json!({ "message": message, "extensions": { "code": "OPERATION_RESOLUTION_FAILURE" } })])
        }
    }
}

/// A body that is not a request.
pub(super) fn bad_request(message: &str) -> Answer {
    refuse(&[json!({ "message": message, "extensions": { "code": "BAD_REQUEST" } })])
}

/// A document that is not GraphQL. The parser's message has lines: where the error is, what it found, and what it expected.
pub(super) fn syntax(message: &str) -> Answer {
    let at = message.lines().next().and_then(position);
    let found = message.lines().nth(1).unwrap_or(message);
    refuse(&[error(&format!("Syntax Error: {found}."), at.as_slice(), "GRAPHQL_PARSE_FAILED")])
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

fn error(message: &str, at: &[Pos], code: &str) -> Value {
    let at: Vec<Value> = at.iter().map(|at| json!({ "line": at.line, "column": at.column })).collect();
    json!({ "message": message, "locations": at, "extensions": { "code": code } })
}

/// The position in `… at 1:14`.
fn position(text: &str) -> Option<Pos> {
    let (line, column) = text.rsplit_once(' ')?.1.split_once(':')?;
    Some(Pos { line: line.parse().ok()?, column: column.parse().ok()? })
}
