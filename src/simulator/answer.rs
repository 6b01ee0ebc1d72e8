//! From a request to the bytes of its answer: who asks, how late the answer is, and what a fault makes of it.
//!
//! What the right answer says is written by the APIs ([`super::graphql`], [`super::jobs`]).

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::connection::Scissors;
use super::faults::Fault;
use super::traffic::Flight;
use super::{Api, Simulator};

/// What Cloudflare says to a client whose looks it does not like.
const FRONT_DOOR: &str = "error code: 1010";

/// One piece of an endless body, and the pause after it: ten megabytes a second, without occupying a processor.
const PIECE: usize = 64 * 1024;
const PAUSE: Duration = Duration::from_millis(6);

/// Who asks, by the request's head.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) user_agent: String,
    /// The `Authorization` header as it came.
    authorization: Option<String>,
    /// `?api_key=`, which the GraphQL API takes too.
    api_key: Option<String>,
    scissors: Option<Scissors>,
}

/// What a request asks for, as faults are aimed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) api: Api,
    pub(super) operation: &'a str,
    pub(super) endpoint: Option<&'a str>,
}

/// In whose name an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    Owner,
    Nobody,
}

/// A right answer, before anything goes wrong with it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

// === impl Caller ===

impl FromRequestParts<Simulator> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Simulator) -> Result<Self, Infallible> {
        let scissors = parts.extensions.get::<ConnectInfo<Scissors>>().map(|info| info.0.clone());
        Ok(Self {
            user_agent: text(&parts.headers, header::USER_AGENT).unwrap_or_default(),
            authorization: text(&parts.headers, header::AUTHORIZATION),
            api_key: api_key(&parts.uri),
            scissors,
        })
    }
}

impl Caller {
    /// Whether the protection in front of Runpod lets the request through. It does not judge by the key.
    fn is_welcome(&self) -> bool {
        !self.user_agent.is_empty() && !self.user_agent.starts_with("Python-urllib/")
    }

    fn key(&self, api: Api) -> Option<&str> {
        let header = self.authorization.as_deref();
        let bearer = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        match api {
            Api::Graphql => bearer.or(self.api_key.as_deref()),
            // The jobs API also takes the bare key.
            Api::Jobs => bearer.or(header),
        }
        .filter(|key| !key.is_empty())
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn api_key(uri: &Uri) -> Option<String> {
    let query = url::form_urlencoded::parse(uri.query()?.as_bytes());
    query.into_iter().find(|(name, _)| name == "api_key").map(|(_, value)| value.into_owned())
}

// === impl Simulator ===

impl Simulator {
    /// Answers a request with what `right` says, unless the front door, a fault or the key has something against it.
    pub(super) async fn answer<F: Future<Output = Answer>>(
        &self,
        caller: &Caller,
        request: Request<'_>,
        flight: Flight,
        right: impl FnOnce(Identity) -> F,
    ) -> Response {
        let Request { api, operation, endpoint } = request;
        if !caller.is_welcome() {
            return front_door();
        }
        sleep_unless_zero(self.0.delay).await;
        let fault = self.0.faults.take(api, operation, endpoint);
        let identity = match (&fault, self.identify(api, caller)) {
            (Some(Fault::NoIdentity), _) => Some(Identity::Nobody),
            (_, identity) => identity,
        };
        let right = async {
            match identity {
                Some(identity) => right(identity).await,
                None => Answer::error(StatusCode::UNAUTHORIZED, "unauthorized"),
            }
        };
        match fault {
            None | Some(Fault::NoIdentity) => right.await.into_response(),
            Some(Fault::Delay(delay)) => {
                sleep(delay).await;
                right.await.into_response()
            }
            Some(Fault::Truncated) => truncated(&right.await),
            Some(Fault::PartialErrors) => partial(right.await).into_response(),
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Reset) => {
                if let Some(scissors) = &caller.scissors {
                    scissors.cut();
                }
                // The connection is gone before a byte of this could be written.
                StatusCode::BAD_GATEWAY.into_response()
            }
            Some(Fault::Endless) => endless(flight),
            Some(Fault::EchoKey) => echo(caller),
            Some(Fault::Unauthorized) => {
                Answer::error(StatusCode::UNAUTHORIZED, "unauthorized").into_response()
            }
            Some(Fault::FrontDoor) => front_door(),
            Some(Fault::Forbidden) => Answer::error(StatusCode::FORBIDDEN, "forbidden").into_response(),
            Some(Fault::NotFound) => Answer::error(StatusCode::NOT_FOUND, "not found").into_response(),
            Some(Fault::Gone) => Answer::error(StatusCode::GONE, "this API has been retired").into_response(),
            Some(Fault::RateLimited { retry_after }) => rate_limited(retry_after),
            Some(Fault::BadGateway) => bad_gateway(),
            Some(Fault::Garbage) => garbage(),
            Some(Fault::NullData) => null_data().into_response(),
        }
    }

    /// In whose name the request is answered; nothing for a key that is not valid. Without a key, the GraphQL API
    /// answers as to a passer-by, the jobs API not at all.
    fn identify(&self, api: Api, caller: &Caller) -> Option<Identity> {
        match (caller.key(api), &self.0.key) {
            (None, _) => (api == Api::Graphql).then_some(Identity::Nobody),
            (Some(given), Some(expected)) => expected.is(given).then_some(Identity::Owner),
            (Some(_), None) => Some(Identity::Owner),
        }
    }
}

async fn sleep_unless_zero(delay: Duration) {
    // Even a sleep of zero waits for the timer's next tick, a millisecond.
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

// === impl Answer ===

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body }
    }

    pub(super) fn error(status: StatusCode, message: &str) -> Self {
        Self { status, body: json!({ "error": message }) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        json_response(self.status, Body::from(self.body.to_string()))
    }
}

fn json_response(status: StatusCode, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

// === faults on the wire ===

fn front_door() -> Response {
    (StatusCode::FORBIDDEN, FRONT_DOOR).into_response()
}

fn rate_limited(retry_after: u64) -> Response {
    let mut response = Answer::error(StatusCode::TOO_MANY_REQUESTS, "too many requests").into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    response
}

fn bad_gateway() -> Response {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
                <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
    (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")], page).into_response()
}

/// Not JSON, and not even UTF-8.
fn garbage() -> Response {
    json_response(StatusCode::OK, Body::from(&b"\xFF\xFE\x00{]garbage[}\x80\x81"[..]))
}

/// Chunked framing ends as it should; only the JSON in it does not.
fn truncated(answer: &Answer) -> Response {
    let mut bytes = Bytes::from(answer.body.to_string());
    bytes.truncate(bytes.len() / 2);
    let piece = stream::iter([Ok::<_, Infallible>(bytes)]);
    json_response(answer.status, Body::from_stream(piece))
}

/// Looks like the beginning of an answer, and goes on in white space, which JSON allows for ever.
fn endless(flight: Flight) -> Response {
    let beginning = Bytes::from_static(b"{\"data\":");
    let filling = Bytes::from(vec![b' '; PIECE]);
    let pieces = stream::unfold((beginning, flight), move |(next, flight)| {
        let filling = filling.clone();
        async move {
            sleep(PAUSE).await;
            Some((Ok::<_, Infallible>(next), (filling, flight)))
        }
    });
    json_response(StatusCode::OK, Body::from_stream(pieces))
}

fn echo(caller: &Caller) -> Response {
    let key = caller.authorization.as_deref().unwrap_or("nothing");
    let message = format!("internal error while handling the request with Authorization: {key}");
    Answer::error(StatusCode::INTERNAL_SERVER_ERROR, &message).into_response()
}

fn null_data() -> Answer {
    Answer::ok(json!({ "data": null, "errors": [internal_error(&[])] }))
}

/// The error that Runpod writes when a resolver fails. `userId` is something no log may show.
fn internal_error(path: &[Value]) -> Value {
    json!({
        "message": "Something went wrong. Please try again later or contact support.",
        "path": path,
        "extensions": { "code": "INTERNAL_SERVER_ERROR", "userId": "user_2simulated0000000000000" },
    })
}

/// Nulls the last element of the first list in the data; without a list, the first field below the root.
fn partial(mut answer: Answer) -> Answer {
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
    fn a_partial_error_names_what_it_nulled() {
        let answer = partial(Answer::ok(json!({ "data": { "myself": { "id": 1, "pods": [{}, {}] } } })));
        assert_eq!(answer.body["data"], json!({ "myself": { "id": 1, "pods": [{}, null] } }));
        assert_eq!(answer.body["errors"][0]["path"], json!(["myself", "pods", 1]));

        let answer =
            partial(Answer::ok(json!({ "data": { "myself": { "clientBalance": 1.5, "pods": [] } } })));
        assert_eq!(answer.body["data"], json!({ "myself": { "clientBalance": null, "pods": [] } }));
        assert_eq!(answer.body["errors"][0]["path"], json!(["myself", "clientBalance"]));
    }
}
