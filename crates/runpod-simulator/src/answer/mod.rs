//! From a request to the bytes of its answer: who asks, how late the answer is, and what a fault makes of it.
//!
//! What the right answer says is written by the APIs ([`super::graphql`], [`super::jobs`], [`super::rest`]).

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::faults::Fault;
use super::logs::{Cut, Feed};
use super::rest::{Operation, Problem, Ticket};
use super::traffic::Flight;
use crate::api::Api;
use crate::simulator::Simulator;

pub(super) use self::caller::Caller;

mod broken;
mod caller;

const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json";

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
    /// Whether the body is a problem in the sense of RFC 9457.
    pub(super) problem: bool,
    /// Seconds.
    pub(super) retry_after: Option<u64>,
    /// A stream of lines in the place of the body.
    pub(super) feed: Option<Box<Feed>>,
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
        let fault = fault.or_else(|| self.0.stage.fault(api, operation, endpoint, self.world().now()));
        let identity = match (&fault, self.identify(request, caller)) {
            (Some(Fault::NoIdentity), _) => Some(Identity::Nobody),
            (_, identity) => identity,
        };
        let ticket = self.ticket(api, identity);
        let refusal = ticket.as_ref().and_then(Ticket::refusal);
        let right = async {
            match (self.is_retired(api), identity, refusal) {
                (true, ..) => Answer::gone(api),
                (_, None, _) => Answer::unauthorized(api, caller),
                (_, _, Some(refusal)) => refusal.into(),
                (_, Some(identity), None) => right(identity).await,
            }
        };
        let ticket = ticket.filter(|_| fault.as_ref().is_none_or(Fault::is_behind_the_door));
        let mut response = self.respond(caller, api, fault, flight, right).await;
        if let Some(ticket) = ticket {
            ticket.write(response.headers_mut());
        }
        response
    }

    /// Answers with what is right, or with what the fault makes of it.
    async fn respond(
        &self,
        caller: &Caller,
        api: Api,
        fault: Option<Fault>,
        flight: Flight,
        right: impl Future<Output = Answer>,
    ) -> Response {
        let error = |status, message: &'static str| Answer::error(api, status, message).into_response();
        match fault {
            None | Some(Fault::NoIdentity) => right.await.into_response(),
            Some(Fault::Delay(delay)) => {
                sleep(delay).await;
                right.await.into_response()
            }
            Some(Fault::Cut { lines }) => {
                let mut answer = right.await;
                if let Some(feed) = &mut answer.feed {
                    feed.cut = Some(lines);
                }
                let mut response = answer.into_response();
                response.extensions_mut().insert(Cut(lines));
                response
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
            Some(Fault::EchoKey) => broken::echo(api, caller),
            Some(Fault::Unauthorized) => error(StatusCode::UNAUTHORIZED, "unauthorized"),
            Some(Fault::FrontDoor) => broken::front_door(),
            Some(Fault::Forbidden) => error(StatusCode::FORBIDDEN, "forbidden"),
            Some(Fault::NotFound) => error(StatusCode::NOT_FOUND, "not found"),
            Some(Fault::Gone) => Answer::gone(api).into_response(),
            Some(Fault::RateLimited { retry_after }) => broken::rate_limited(api, retry_after),
            Some(Fault::BadGateway) => broken::bad_gateway(),
            Some(Fault::Garbage) => broken::garbage(),
            Some(Fault::NullData) => broken::null_data().into_response(),
        }
    }

    /// In whose name the request is answered; nothing for a key that is not valid. Without a key, the GraphQL API
    /// answers as to a passer-by, the jobs API not at all, and the REST API tells only how to ask it.
    fn identify(&self, request: Request<'_>, caller: &Caller) -> Option<Identity> {
        let Request { api, operation, .. } = request;
        if api == Api::Rest && operation == Operation::Openapi.name() {
            return Some(Identity::Nobody);
        }
        let expected = if operation == "latency" { &self.0.metrics_key } else { &None };
        match (caller.key(api), expected.as_ref().or(self.0.key.as_ref())) {
            (None, _) => (api == Api::Graphql).then_some(Identity::Nobody),
            (Some(given), Some(expected)) => expected.is(given).then_some(Identity::Owner),
            (Some(_), None) => Some(Identity::Owner),
        }
    }
}

impl Simulator {
    /// Counts a request of someone who has a quota.
    fn ticket(&self, api: Api, identity: Option<Identity>) -> Option<Ticket> {
        let counts = api == Api::Rest && identity == Some(Identity::Owner);
        counts.then(|| self.0.meter.take(&self.0.rest, self.world().now()))?
    }

    fn is_retired(&self, api: Api) -> bool {
        let moment = self.0.graphql_retires.filter(|_| api == Api::Graphql);
        moment.is_some_and(|moment| self.world().now() >= moment)
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
    pub(super) fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, problem: false, retry_after: None, feed: None }
    }

    pub(super) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// An error in the form of the API.
    pub(super) fn error(api: Api, status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        match api {
            Api::Rest => Problem::new(status, message).into(),
            Api::Graphql | Api::Jobs => Self::new(status, json!({ "error": message.into() })),
        }
    }

    fn gone(api: Api) -> Self {
        Self::error(api, StatusCode::GONE, "this API has been retired")
    }

    fn unauthorized(api: Api, caller: &Caller) -> Self {
        let message = match (api, caller.key(api)) {
            (Api::Graphql | Api::Jobs, _) => "unauthorized",
            (Api::Rest, None) => "missing bearer token",
            (Api::Rest, Some(_)) => "invalid bearer token",
        };
        Self::error(api, StatusCode::UNAUTHORIZED, message)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        if let Some(feed) = self.feed {
            return feed.into_response();
        }
        let kind = if self.problem { PROBLEM } else { JSON };
        let mut response = answer(self.status, kind, Body::from(self.body.to_string()));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn json_response(status: StatusCode, body: Body) -> Response {
    answer(status, JSON, body)
}

fn answer(status: StatusCode, kind: &'static str, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}
