//! What every GraphQL answer has around its data, and what each kind of it means.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Reason;
use crate::error::Refusal;
use crate::operation::Outcome;
use crate::reply::json;
use crate::transport::Answer;

/// Data, and how many errors came with it. What failed is null in the data.
#[derive(Debug)]
pub(super) struct Data<T> {
    pub(super) value: T,
    pub(super) errors: usize,
}

/// The viewer, which most documents ask for.
#[derive(Debug, Deserialize)]
pub(super) struct Viewer<T> {
    pub(super) myself: Option<T>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    // Not Option alone: a server that refuses a document leaves `data` out, one that failed to run it says null.
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

    /// What Runpod answers to a key that is valid but restricted, with status 200.
    fn is_forbidden(&self) -> bool {
        self.message.as_deref().is_some_and(|message| message.eq_ignore_ascii_case("unauthorized"))
    }
}

/// Reads an answer that has data, errors, or both.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<(Data<T>, Outcome), Reason> {
    let refused = answer.status == reqwest::StatusCode::BAD_REQUEST;
    let envelope: Envelope<T> = match json(&answer.body) {
        Ok(envelope) => envelope,
        // Not GraphQL's refusal but somebody else's: a gateway's page.
        Err(_unreadable) if refused => return Err(Reason::Status { status: answer.status.as_u16() }),
        Err(reason) => return Err(reason),
    };
    let errors = envelope.errors.unwrap_or_default();
    match envelope.data {
        Some(value) if !refused => {
            let outcome = if errors.is_empty() { Outcome::Ok } else { Outcome::GraphqlError };
            Ok((Data { value, errors: errors.len() }, outcome))
        }
        _ if refused || is_validation(&errors) => {
            Err(Reason::Schema { refusals: errors.iter().map(GraphqlError::refusal).collect() })
        }
        _ if errors.is_empty() => {
            Err(Reason::Decode { cause: "GraphQL response without data and errors".into() })
        }
        _ => Err(without_data(&errors)),
    }
}

/// Reads an answer about the viewer, in which `myself: null` says that there is no identity behind the key.
pub(super) fn read_viewer<T: DeserializeOwned>(answer: &Answer) -> Result<(Data<T>, Outcome), Reason> {
    let (data, outcome) = read::<Viewer<T>>(answer)?;
    match data.value.myself {
        Some(value) => Ok((Data { value, errors: data.errors }, outcome)),
        None if data.errors == 0 => Err(Reason::NoIdentity),
        None => {
            let envelope: Envelope<serde::de::IgnoredAny> = json(&answer.body)?;
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

/// Some servers refuse a document with status 200. Errors of validation have no path, for nothing was run; errors of
/// execution have one.
fn is_validation(errors: &[GraphqlError]) -> bool {
    errors.iter().any(|error| error.locations.as_ref().is_some_and(|locations| !locations.is_empty()))
        && errors.iter().all(|error| error.path.is_none())
}

/// The names in quotation marks, of whichever kind.
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

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer { status: StatusCode::from_u16(status).unwrap(), body: Bytes::from_static(body.as_bytes()) }
    }

    type Json = serde_json::Value;

    #[test]
    fn data_with_errors_is_used_and_counted() {
        let answer = answer(200, r#"{"data":{"myself":{"a":1}},"errors":[{"message":"x","path":["a"]}]}"#);
        let (data, outcome) = read_viewer::<Json>(&answer).unwrap();
        assert_eq!((data.errors, outcome), (1, Outcome::GraphqlError));
        assert_eq!(data.value["a"], 1);
    }

    #[test]
    fn no_viewer_and_no_error_is_no_identity() {
        let reason = read_viewer::<Json>(&answer(200, r#"{"data":{"myself":null}}"#)).unwrap_err();
        assert!(matches!(reason, Reason::NoIdentity), "{reason:?}");
    }

    #[test]
    fn a_refusal_with_status_200_is_still_a_refusal() {
        let body =
            r#"{"data":null,"errors":[{"message":"Unknown field 'x'","locations":[{"line":3,"column":5}]}]}"#;
        let Reason::Schema { refusals } = read::<Json>(&answer(200, body)).unwrap_err() else { panic!() };
        assert_eq!(refusals, [Refusal { locations: vec![(3, 5)], names: vec!["x".to_owned()] }]);
    }

    #[test]
    fn a_page_with_status_400_is_no_refusal() {
        let reason = read::<Json>(&answer(400, "<html>no</html>")).unwrap_err();
        assert!(matches!(reason, Reason::Status { status: 400 }), "{reason:?}");
    }
}
