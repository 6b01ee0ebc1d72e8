//! Which requests are sent again, and what their ends say about the load of the server.

use std::time::Duration;

use super::adaptive::Signal;
use super::call::Call;
use super::pool::Connection;
use crate::error::Reason;
use crate::operation::{Api, Operation, Outcome};

/// Before a retry, if the server sends no `Retry-After`: a load balancer notices a restarting server in this time.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// Maximum number of times that a server may refuse a request for its load. The limit on requests in flight is halved each time, so
/// that this is enough for a server that takes one of a thousand.
const MAX_REFUSALS: u32 = 10;

/// A request that has taken this long until its deadline says that the server is slow. With less time, the deadline was short.
const SLOW: Duration = Duration::from_secs(1);

/// The retries of one request.
#[derive(Debug, Default)]
pub(super) struct Retries {
    /// Whether it was sent again after a failure.
    failed: bool,
    refusals: u32,
}

impl Retries {
    /// How long to wait before the next attempt, and where to send it; `None` if it would fail in the same way. A server that refused
    /// one of several requests at a time takes it when there are fewer. After a connection was lost, others of the pool may be lost
    /// too.
    pub(super) fn next(
        &mut self,
        call: &Call,
        reason: &Reason,
        in_flight: usize,
    ) -> Option<(Duration, Connection)> {
        if is_refusal(call, reason) && in_flight > 1 {
            self.refusals = self.refusals.saturating_add(1);
            return (self.refusals <= MAX_REFUSALS).then_some((RETRY_PAUSE, Connection::Pooled));
        }
        if self.failed {
            return None;
        }
        self.failed = true;
        match reason {
            // Of a connection that was lost, a recording has the next attempt as well.
            Reason::Reset { .. } | Reason::Intercepted { outcome: Outcome::Connect, .. } => {
                Some((RETRY_PAUSE, Connection::Fresh))
            }
            Reason::Server { retry_after, .. } => {
                Some((retry_after.unwrap_or(RETRY_PAUSE), Connection::Pooled))
            }
            _ => None,
        }
    }
}

/// Whether the server refused a request because it has too many at a time. With `Retry-After`, it is a limit on requests by time:
/// the request is paused for as long.
fn is_refusal(call: &Call, reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::RateLimited { retry_after: None } | Reason::Server { status: 503 | 529, retry_after: None }
    ) && !has_own_limit(call)
}

/// Whether Runpod limits the requests of each endpoint by themselves, or by a quota.
fn has_own_limit(call: &Call) -> bool {
    call.subject.operation == Operation::Requests
}

/// What the end of a request says about the load of its server.
pub(super) fn signal(call: &Call, error: Option<&Reason>, time: Duration) -> Signal {
    let Some(reason) = error else { return Signal::Answered(time) };
    match reason {
        Reason::RateLimited { .. } | Reason::Server { .. } if has_own_limit(call) => Signal::Unknown,
        // The quota of the REST API, which has a budget of its own.
        Reason::RateLimited { retry_after: Some(_) } if call.subject.api == Api::Rest => Signal::Unknown,
        Reason::RateLimited { .. } | Reason::Server { status: 503 | 529, .. } => Signal::Refused,
        Reason::Server { .. } | Reason::Reset { .. } => Signal::Failed,
        Reason::Timeout { .. } if time >= SLOW => Signal::Failed,
        Reason::Timeout { .. }
        | Reason::Connect { .. }
        | Reason::Intercepted { .. }
        | Reason::UnusableId
        | Reason::Panicked
        | Reason::Blocked => Signal::Unknown,
        // The server has judged the request.
        Reason::Unauthorized
        | Reason::MetricsUnauthorized
        | Reason::NoIdentity
        | Reason::Forbidden
        | Reason::NotFound
        | Reason::Retired
        | Reason::Status { .. }
        | Reason::Decode { .. }
        | Reason::Incomplete { .. }
        | Reason::TooLarge { .. }
        | Reason::Graphql { .. }
        | Reason::Schema { .. } => Signal::Answered(time),
    }
}
