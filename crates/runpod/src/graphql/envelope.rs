//! The envelope of a GraphQL response: data, errors, or both.

use lenient_json::{CheckedObject, Decoded, Notes, Unreadable};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::errors::Errors;
use crate::error::Reason;
use crate::operation::Outcome;
use crate::reply::decoded;
use crate::transport::RawResponse;

/// The data of a response, the number of errors in it, and what could not be used of it. Fields that failed are null.
#[derive(Debug)]
pub(super) struct Data<T> {
    pub(super) value: T,
    pub(super) errors: usize,
    pub(super) notes: Notes,
}

/// The root of most documents.
#[derive(Debug, Deserialize)]
struct Viewer<T> {
    #[serde(default = "none")]
    myself: CheckedObject<T>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    // With a default: a server that rejects a document omits `data`, one that fails to execute it returns null.
    #[serde(default = "none")]
    data: CheckedObject<T>,
    #[serde(default)]
    errors: Errors,
}

fn none<T>() -> CheckedObject<T> {
    CheckedObject::default()
}

/// Reads a response.
pub(super) fn read<T: DeserializeOwned>(response: &RawResponse) -> Result<(Data<T>, Outcome), Reason> {
    let (value, errors, notes) = parse(response)?;
    Ok(with_data(value, &errors, notes))
}

/// Reads the response to a document about `myself`, which is null if the key belongs to no user.
pub(super) fn read_viewer<T: DeserializeOwned>(response: &RawResponse) -> Result<(Data<T>, Outcome), Reason> {
    let (viewer, errors, notes) = parse::<Viewer<T>>(response)?;
    match viewer.myself.0 {
        Ok(Some(value)) => Ok(with_data(value, &errors, notes)),
        _ if errors.count > 0 => Err(without_data(&errors)),
        Ok(None) => Err(Reason::NoIdentity),
        Err(Unreadable) => Err(Reason::Decode { cause: "myself is not an object".into() }),
    }
}

fn parse<T: DeserializeOwned>(response: &RawResponse) -> Result<(T, Errors, Notes), Reason> {
    let is_rejected = response.status == reqwest::StatusCode::BAD_REQUEST;
    let Decoded { value: Envelope { data, errors }, notes } = match decoded(&response.body) {
        Ok(envelope) => envelope,
        // Not from GraphQL: the error page of a gateway.
        Err(_unreadable) if is_rejected => return Err(Reason::Status { status: response.status.as_u16() }),
        Err(reason) => return Err(reason),
    };
    match data.0 {
        Ok(Some(value)) if !is_rejected => Ok((value, errors, notes)),
        _ if is_rejected || errors.are_validation() => Err(Reason::Schema { refusals: errors.refusals() }),
        _ if errors.count > 0 => Err(without_data(&errors)),
        Err(Unreadable) => Err(Reason::Decode { cause: "data is not an object".into() }),
        Ok(_) => Err(Reason::Decode { cause: "neither data nor errors".into() }),
    }
}

const fn with_data<T>(value: T, errors: &Errors, notes: Notes) -> (Data<T>, Outcome) {
    let outcome = if errors.count == 0 { Outcome::Ok } else { Outcome::GraphqlError };
    (Data { value, errors: errors.count, notes }, outcome)
}

fn without_data(errors: &Errors) -> Reason {
    if errors.are_forbidden() { Reason::Forbidden } else { Reason::Graphql { count: errors.count } }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::StatusCode;

    use super::*;
    use crate::error::Refusal;

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
    fn without_user_and_error_the_identity_is_missing() {
        let reason = read_viewer::<Json>(&response(200, r#"{"data":{"myself":null}}"#)).unwrap_err();
        assert!(matches!(reason, Reason::NoIdentity), "{reason:?}");
    }

    #[test]
    fn a_key_without_the_scope_is_recognized_by_message_or_code() {
        for (error, is_forbidden) in [
            (r#"{"message":"Unauthorized","path":["myself"],"extensions":{"code":"RUNPOD"}}"#, true),
            (r#"{"message":"no","path":["myself"],"extensions":{"code":"FORBIDDEN"}}"#, true),
            (r#"{"message":"no","path":["myself"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}"#, false),
            (r#"{"message":"no","path":["myself"],"extensions":["FORBIDDEN"]}"#, false),
        ] {
            let body: &'static str = format!(r#"{{"data":{{"myself":null}},"errors":[{error}]}}"#).leak();
            let reason = read_viewer::<Json>(&response(200, body)).unwrap_err();
            assert_eq!(matches!(reason, Reason::Forbidden), is_forbidden, "{error}: {reason:?}");
        }
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
