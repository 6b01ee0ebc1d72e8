//! Faults as responses.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::caller::Caller;
use super::correct::{Answer, json_response, text};
use crate::api::Api;
use crate::traffic::InFlight;

/// Cloudflare's answer to a client that it takes for a bot.
const FRONT_DOOR: &str = "error code: 1010";

/// One piece of an endless body, and the pause after it: ten megabytes per second at little CPU time.
const PIECE: usize = 64 * 1024;
const PAUSE: Duration = Duration::from_millis(6);

/// The pause before each byte of a slow body.
const DRIP: Duration = Duration::from_millis(100);

pub(super) fn front_door() -> Response {
    (StatusCode::FORBIDDEN, FRONT_DOOR).into_response()
}

pub(super) fn rate_limited(api: Api, retry_after: Option<u64>) -> Response {
    let answer = Answer::error(api, StatusCode::TOO_MANY_REQUESTS, "too many requests");
    Answer { retry_after, ..answer }.into_response()
}

pub(super) fn bad_gateway() -> Response {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
                <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
    (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")], page).into_response()
}

/// Not JSON, and not even UTF-8.
pub(super) fn garbage() -> Response {
    json_response(StatusCode::OK, Body::from(&b"\xFF\xFE\x00{]garbage[}\x80\x81"[..]))
}

/// The chunked framing is complete, the JSON is not.
pub(super) fn truncated(answer: &Answer) -> Response {
    let mut bytes = Bytes::from(text(&answer.body));
    bytes.truncate(bytes.len() / 2);
    let piece = stream::iter([Ok::<_, Infallible>(bytes)]);
    json_response(answer.status, Body::from_stream(piece))
}

/// The connection is closed before the framing is complete.
pub(super) fn reset_body(answer: &Answer) -> Response {
    let mut bytes = Bytes::from(text(&answer.body));
    bytes.truncate(bytes.len() / 2);
    let pieces = stream::iter([Ok(bytes), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    json_response(answer.status, Body::from_stream(pieces))
}

/// The answer, so slowly that no client waits for its end.
pub(super) fn drip(answer: &Answer, in_flight: InFlight) -> Response {
    let bytes = Bytes::from(text(&answer.body));
    let pieces = stream::unfold((bytes, in_flight), |(mut bytes, in_flight)| async move {
        if bytes.is_empty() {
            return None;
        }
        sleep(DRIP).await;
        let byte = bytes.split_to(1);
        Some((Ok::<_, Infallible>(byte), (bytes, in_flight)))
    });
    json_response(answer.status, Body::from_stream(pieces))
}

/// The start of an answer, followed by an endless stream of white space, which is valid JSON.
pub(super) fn endless(in_flight: InFlight) -> Response {
    let beginning = Bytes::from_static(b"{\"data\":");
    let filling = Bytes::from(vec![b' '; PIECE]);
    let pieces = stream::unfold((beginning, in_flight), move |(next, in_flight)| {
        let filling = filling.clone();
        async move {
            sleep(PAUSE).await;
            Some((Ok::<_, Infallible>(next), (filling, in_flight)))
        }
    });
    json_response(StatusCode::OK, Body::from_stream(pieces))
}

pub(super) fn echo(api: Api, caller: &Caller) -> Response {
    let key = caller.authorization.as_deref().unwrap_or("nothing");
    let message = format!("internal error while handling the request with Authorization: {key}");
    Answer::error(api, StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
}

pub(super) fn null_data() -> Answer {
    Answer::ok(json!({ "data": null, "errors": [internal_error(&[])] }))
}

/// The error that Runpod writes when a resolver fails. No client may log its `userId`.
fn internal_error(path: &[Value]) -> Value {
    json!({
        "message": "Something went wrong. Please try again later or contact support.",
        "path": path,
        "extensions": { "code": "INTERNAL_SERVER_ERROR", "userId": "user_2simulated0000000000000" },
    })
}

/// Sets the last element of the first list in the data to null; without a list, the first field below the root.
pub(super) fn partial(mut answer: Answer) -> Answer {
    let mut path = Vec::new();
    let Some(data) = answer.body.get_mut("data") else { return answer };
    if !null_in_list(data, &mut path) {
        path.clear();
        null_field(data, &mut path);
    }
    if let Some(body) = answer.body.as_object_mut() {
        body.insert("errors".to_owned(), json!([internal_error(&path)]));
    }
    answer
}

fn null_in_list(value: &mut Value, path: &mut Vec<Value>) -> bool {
    match value {
        Value::Array(items) => {
            let position = items.len().saturating_sub(1);
            let Some(last) = items.last_mut() else { return false };
            *last = Value::Null;
            path.push(position.into());
            true
        }
        Value::Object(fields) => fields.iter_mut().any(|(name, field)| {
            path.push(name.as_str().into());
            let found = null_in_list(field, path);
            if !found {
                path.pop();
            }
            found
        }),
        _ => false,
    }
}

fn null_field(value: &mut Value, path: &mut Vec<Value>) {
    let Some((name, field)) = value.as_object_mut().and_then(|fields| fields.iter_mut().next()) else {
        return;
    };
    path.push(name.as_str().into());
    if path.len() < 2 && field.is_object() {
        null_field(field, path);
    } else {
        *field = Value::Null;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_error_has_the_path_of_the_null() {
        let answer = partial(Answer::ok(json!({ "data": { "myself": { "id": 1, "pods": [{}, {}] } } })));
        assert_eq!(answer.body["data"], json!({ "myself": { "id": 1, "pods": [{}, null] } }));
        assert_eq!(answer.body["errors"][0]["path"], json!(["myself", "pods", 1]));

        let answer =
            partial(Answer::ok(json!({ "data": { "myself": { "clientBalance": 1.5, "pods": [] } } })));
        assert_eq!(answer.body["data"], json!({ "myself": { "clientBalance": null, "pods": [] } }));
        assert_eq!(answer.body["errors"][0]["path"], json!(["myself", "clientBalance"]));
    }
}
