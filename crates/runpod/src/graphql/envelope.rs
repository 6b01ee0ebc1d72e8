//! The envelope of a GraphQL response: data, errors, or both.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Reason, Refusal};
use crate::operation::Outcome;
use crate::reply::json;
use crate::transport::RawResponse;

/// The data of a response and the number of errors in it. Fields that failed are null.
#[derive(Debug)]
pub(super) struct Data<T> {
    pub(super) value: T,
    pub(super) errors: usize,
}

/// The root of most documents.
#[derive(Debug, Deserialize)]
struct Viewer<T> {
    myself: Option<T>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    // With a default: a server that rejects a document omits `data`, one that fails to execute it returns null.
    #[serde(default = "none")]
    data: Option<T>,
    #[serde(default)]
    errors: Option<Vec<GraphqlError>>,
}

fn none<T>() -> Option<T> {
    None
}

#[derive(Deserialize)]
struct GraphqlError {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    locations: Option<Vec<Location>>,
    #[serde(default)]
    path: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Location {
    line: usize,
    column: usize,
}

impl GraphqlError {
    fn refusal(&self) -> Refusal {
        let locations = self.locations.iter().flatten().map(|at| (at.line, at.column)).collect();
        Refusal { locations, names: quoted(self.message.as_deref().unwrap_or_default()) }
    }

    /// Runpod's error for a valid key without the scope, with status 200.
    fn is_forbidden(&self) -> bool {
        self.message.as_deref().is_some_and(|message| message.eq_ignore_ascii_case("unauthorized"))
    }
}

/// Reads a response.
pub(super) fn read<T: DeserializeOwned>(response: &RawResponse) -> Result<(Data<T>, Outcome), Reason> {
    let is_rejected = response.status == reqwest::StatusCode::BAD_REQUEST;
    let envelope: Envelope<T> = match json(&response.body) {
        Ok(envelope) => envelope,
        // Not from GraphQL: the error page of a gateway.
        Err(_unreadable) if is_rejected => return Err(Reason::Status { status: response.status.as_u16() }),
        Err(reason) => return Err(reason),
    };
    let errors = envelope.errors.unwrap_or_default();
    match envelope.data {
        Some(value) if !is_rejected => {
            let outcome = if errors.is_empty() { Outcome::Ok } else { Outcome::GraphqlError };
            Ok((Data { value, errors: errors.len() }, outcome))
        }
        _ if is_rejected || is_validation(&errors) => {
            Err(Reason::Schema { refusals: errors.iter().map(GraphqlError::refusal).collect() })
        }
        _ if errors.is_empty() => Err(Reason::Decode { cause: "neither data nor errors".into() }),
        _ => Err(without_data(&errors)),
    }
}

/// Reads the response to a document about `myself`, which is null if the key belongs to no user.
pub(super) fn read_viewer<T: DeserializeOwned>(response: &RawResponse) -> Result<(Data<T>, Outcome), Reason> {
    let (data, outcome) = read::<Viewer<T>>(response)?;
    match data.value.myself {
        Some(value) => Ok((Data { value, errors: data.errors }, outcome)),
        None if data.errors == 0 => Err(Reason::NoIdentity),
        None => {
            let envelope: Envelope<serde::de::IgnoredAny> = json(&response.body)?;
            Err(without_data(&envelope.errors.unwrap_or_default()))
        }
    }
}

fn without_data(errors: &[GraphqlError]) -> Reason {
    if errors.iter().any(GraphqlError::is_forbidden) {
        return Reason::Forbidden;
    }
    Reason::Graphql { count: errors.len() }
}

/// Whether the errors are validation errors, which some servers return with status 200. They have no path because nothing
/// was executed; execution errors have one.
fn is_validation(errors: &[GraphqlError]) -> bool {
    errors.iter().any(|error| error.locations.as_ref().is_some_and(|locations| !locations.is_empty()))
        && errors.iter().all(|error| error.path.is_none())
}

/// The names in quotation marks of any kind.
fn quoted(message: &str) -> Vec<String> {
    let mut names = Vec::new();
    for mark in ['"', '\'', '`'] {
        names.extend(message.split(mark).skip(1).step_by(2).map(str::to_owned));
    }
    names
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::StatusCode;

    use super::*;

    fn response(status: u16, body: &'static str) -> RawResponse {
        RawResponse {
            status: StatusCode::from_u16(status).unwrap(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    type Json = serde_json::Value;

    #[test]
    fn data_with_errors_is_used() {
        let response =
            response(200, r#"{"data":{"myself":{"a":1}},"errors":[{"message":"x","path":["a"]}]}"#);
        let (data, outcome) = read_viewer::<Json>(&response).unwrap();
        assert_eq!((data.errors, outcome), (1, Outcome::GraphqlError));
        assert_eq!(data.value["a"], 1);
    }

    #[test]
    fn no_user_and_no_error_is_no_identity() {
        let reason = read_viewer::<Json>(&response(200, r#"{"data":{"myself":null}}"#)).unwrap_err();
        assert!(matches!(reason, Reason::NoIdentity), "{reason:?}");
    }

    #[test]
    fn a_rejection_may_have_status_200() {
        let body =
            r#"{"data":null,"errors":[{"message":"Unknown field 'x'","locations":[{"line":3,"column":5}]}]}"#;
        let Reason::Schema { refusals } = read::<Json>(&response(200, body)).unwrap_err() else { panic!() };
        assert_eq!(refusals, [Refusal { locations: vec![(3, 5)], names: vec!["x".to_owned()] }]);
    }

    #[test]
    fn a_page_with_status_400_is_not_a_rejection() {
        let reason = read::<Json>(&response(400, "<html>no</html>")).unwrap_err();
        assert!(matches!(reason, Reason::Status { status: 400 }), "{reason:?}");
    }
}
