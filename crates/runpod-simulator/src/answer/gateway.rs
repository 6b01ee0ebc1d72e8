//! The gateway in front of every API: it counts requests, checks keys and quota, delays answers and applies faults.
//!
//! Routes and the content of correct answers do not belong here.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::time::sleep;

use super::broken;
use super::caller::Caller;
use super::correct::{Answer, Identity};
use super::key::Key;
use crate::api::{Api, JobsOperation, Operation};
use crate::faults::{Fault, FaultBoard};
use crate::quota::{Meter, Ticket};
use crate::scene::ActiveScenes;
use crate::traffic::{InFlight, Traffic};
use crate::world::World;

/// The target of a request, as fault rules select it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) api: Api,
    pub(crate) operation: &'a str,
    pub(crate) endpoint: Option<&'a str>,
}

/// The gateway. Clones share the same one.
#[derive(Debug, Clone)]
pub(crate) struct Gateway(Arc<GatewayOptions>);

/// The parts of a gateway.
#[derive(Debug)]
pub(crate) struct GatewayOptions {
    pub(crate) world: World,
    pub(crate) traffic: Traffic,
    pub(crate) faults: FaultBoard,
    pub(crate) scenes: ActiveScenes,
    /// The quota of the REST API.
    pub(crate) meter: Meter,
    /// Time before each answer.
    pub(crate) delay: Duration,
    /// The accepted key; any, if `None`.
    pub(crate) key: Option<Key>,
    /// The key that may read request metrics; the accepted one, if `None`.
    pub(crate) metrics_key: Option<Key>,
    /// When GraphQL is switched off.
    pub(crate) graphql_retires: Option<Timestamp>,
}

/// An extension of a response whose connection is to break after this number of lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutAfter(pub(crate) usize);

impl Gateway {
    pub(crate) fn new(options: GatewayOptions) -> Self {
        Self(Arc::new(options))
    }

    /// The world that the APIs answer from.
    pub(crate) fn world(&self) -> &World {
        &self.0.world
    }

    /// The record of requests.
    pub(crate) fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    /// Counts a request whose operation is known from its path.
    pub(crate) fn enter(&self, request: Request<'_>, caller: &Caller) -> InFlight {
        let in_flight = self.0.traffic.enter(request.api, &caller.user_agent);
        self.0.traffic.count_operation(request.api, request.operation);
        in_flight
    }

    /// Answers a request with `correct`, unless the bot protection, a fault, the key or the quota prevents it.
    pub(crate) async fn answer<F: Future<Output = Answer>>(
        &self,
        caller: &Caller,
        request: Request<'_>,
        in_flight: InFlight,
        correct: impl FnOnce(Identity) -> F,
    ) -> Response {
        let Request { api, operation, endpoint } = request;
        if !caller.passes_bot_protection() {
            return broken::front_door();
        }
        let refusal = self.0.faults.refusal(api, operation, endpoint, self.0.traffic.in_flight(api));
        if let Some(refusal) = refusal {
            return respond(caller, api, Some(refusal), in_flight, async { Answer::gone(api) }).await;
        }
        sleep_unless_zero(self.0.delay).await;
        let fault = self.0.faults.take(api, operation, endpoint);
        let fault = fault.or_else(|| self.0.scenes.fault(api, operation, endpoint, self.world().now()));
        let identity = match (&fault, self.identify(request, caller)) {
            (Some(Fault::NoIdentity), _) => Some(Identity::Anonymous),
            (_, identity) => identity,
        };
        let ticket = self.ticket(api, identity);
        let refusal = ticket.as_ref().and_then(Ticket::refusal);
        let correct = async {
            match (self.is_retired(api), identity, refusal) {
                (true, ..) => Answer::gone(api),
                (_, None, _) => Answer::unauthorized(api, caller),
                (_, _, Some(refusal)) => refusal.into(),
                (_, Some(identity), None) => correct(identity).await,
            }
        };
        let ticket = ticket.filter(|_| fault.as_ref().is_none_or(Fault::is_from_api));
        let mut response = respond(caller, api, fault, in_flight, correct).await;
        if let Some(ticket) = ticket {
            ticket.write(response.headers_mut());
        }
        response
    }

    /// The identity of a caller; `None` for an invalid key. Without a key, GraphQL answers anonymously, the job API
    /// refuses, and the REST API answers only with its OpenAPI document.
    fn identify(&self, request: Request<'_>, caller: &Caller) -> Option<Identity> {
        let Request { api, operation, .. } = request;
        if api == Api::Rest && operation == Operation::Openapi.name() {
            return Some(Identity::Anonymous);
        }
        let is_metrics = operation == JobsOperation::Latency.name();
        let expected = if is_metrics { &self.0.metrics_key } else { &None };
        match (caller.key(api), expected.as_ref().or(self.0.key.as_ref())) {
            (None, _) => (api == Api::Graphql).then_some(Identity::Anonymous),
            (Some(given), Some(expected)) => expected.is(given).then_some(Identity::Owner),
            (Some(_), None) => Some(Identity::Owner),
        }
    }

    /// Counts a request against the quota of the REST API.
    fn ticket(&self, api: Api, identity: Option<Identity>) -> Option<Ticket> {
        let counts = api == Api::Rest && identity == Some(Identity::Owner);
        counts.then(|| self.0.meter.count(self.world().now()))?
    }

    fn is_retired(&self, api: Api) -> bool {
        let retires = self.0.graphql_retires.filter(|_| api == Api::Graphql);
        retires.is_some_and(|retires| self.world().now() >= retires)
    }
}

/// The correct answer, or what the fault makes of it.
async fn respond(
    caller: &Caller,
    api: Api,
    fault: Option<Fault>,
    in_flight: InFlight,
    correct: impl Future<Output = Answer>,
) -> Response {
    let error = |status, message: &'static str| Answer::error(api, status, message).into_response();
    match fault {
        None | Some(Fault::NoIdentity) => correct.await.into_response(),
        Some(Fault::Delay(delay)) => {
            sleep(delay).await;
            correct.await.into_response()
        }
        Some(Fault::Cut { lines }) => {
            let mut answer = correct.await;
            if let Some(stream) = &mut answer.stream {
                stream.cut = Some(lines);
            }
            let mut response = answer.into_response();
            response.extensions_mut().insert(CutAfter(lines));
            response
        }
        Some(Fault::Truncated) => broken::truncated(&correct.await),
        Some(Fault::PartialErrors) => broken::partial(correct.await).into_response(),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Reset) => {
            caller.reset_connection();
            // The connection is closed before any byte of this is written.
            StatusCode::BAD_GATEWAY.into_response()
        }
        Some(Fault::Endless) => broken::endless(in_flight),
        Some(Fault::ResetBody) => broken::reset_body(&correct.await),
        Some(Fault::Drip) => broken::drip(&correct.await, in_flight),
        Some(Fault::EchoKey) => broken::echo(api, caller),
        Some(Fault::Unauthorized) => error(StatusCode::UNAUTHORIZED, "unauthorized"),
        Some(Fault::FrontDoor) => broken::front_door(),
        Some(Fault::Forbidden) => error(StatusCode::FORBIDDEN, "forbidden"),
        Some(Fault::NotFound) => error(StatusCode::NOT_FOUND, "not found"),
        Some(Fault::Gone) => Answer::gone(api).into_response(),
        Some(Fault::RateLimited { retry_after }) => broken::rate_limited(api, Some(retry_after)),
        Some(Fault::Busy { .. }) => broken::rate_limited(api, None),
        Some(Fault::Overloaded { .. }) => {
            error(StatusCode::SERVICE_UNAVAILABLE, "too many requests at a time")
        }
        Some(Fault::BadGateway) => broken::bad_gateway(),
        Some(Fault::Garbage) => broken::garbage(),
        Some(Fault::NullData) => broken::null_data().into_response(),
    }
}

async fn sleep_unless_zero(delay: Duration) {
    // A sleep of zero still waits for the next tick of the timer, about a millisecond.
    if !delay.is_zero() {
        sleep(delay).await;
    }
}
