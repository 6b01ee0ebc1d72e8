//! From a request to the bytes of its answer: who asks, how late the answer is, and what a fault makes of it.
//!
//! What the right answer says is written by the APIs ([`super::graphql`], [`super::jobs`]).

use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::faults::Fault;
use super::traffic::Flight;
use super::{Api, Simulator};

pub(super) use self::caller::Caller;

mod broken;
mod caller;

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
            return broken::front_door();
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
            Some(Fault::Truncated) => broken::truncated(&right.await),
            Some(Fault::PartialErrors) => broken::partial(right.await).into_response(),
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Reset) => {
                caller.hang_up();
                // The connection is gone before a byte of this could be written.
                StatusCode::BAD_GATEWAY.into_response()
            }
            Some(Fault::Endless) => broken::endless(flight),
            Some(Fault::EchoKey) => broken::echo(caller),
            Some(Fault::Unauthorized) => {
                Answer::error(StatusCode::UNAUTHORIZED, "unauthorized").into_response()
            }
            Some(Fault::FrontDoor) => broken::front_door(),
            Some(Fault::Forbidden) => Answer::error(StatusCode::FORBIDDEN, "forbidden").into_response(),
            Some(Fault::NotFound) => Answer::error(StatusCode::NOT_FOUND, "not found").into_response(),
            Some(Fault::Gone) => Answer::error(StatusCode::GONE, "this API has been retired").into_response(),
            Some(Fault::RateLimited { retry_after }) => broken::rate_limited(retry_after),
            Some(Fault::BadGateway) => broken::bad_gateway(),
            Some(Fault::Garbage) => broken::garbage(),
            Some(Fault::NullData) => broken::null_data().into_response(),
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
