//! Sending: a request within its deadline and the limits, with one retry, and the opening of a stream. A panic on the way, of
//! this client or of a library, is the error of its request.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep, timeout_at};

use super::Transport;
use super::call::{Call, RawResponse};
use super::decode::{Decoded, decode};
use super::pool::Connection;
use crate::backoff::Subject;
use crate::error::{Reason, RequestError};
use crate::observe::Exchange;
use crate::operation::Outcome;
use clock::after;

/// Before the retry, if the server sends no `Retry-After`: a load balancer notices a restarting server in this time.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

impl Transport {
    /// Sends a request that expects 2xx, and reads the body.
    pub(crate) async fn get<T: Send + 'static>(
        &self,
        call: &Call,
        read: impl Fn(&[u8]) -> Result<T, Reason> + Copy + Send + 'static,
    ) -> Result<T, RequestError> {
        let read = move |response: &RawResponse| match response.status {
            status if status.is_success() => Ok((read(&response.body)?, Outcome::Ok)),
            status => Err(Reason::Status { status: status.as_u16() }),
        };
        self.call(call, read).await
    }

    /// Sends a request, with one retry, and reads the response. `read` also decides the outcome that is reported. A
    /// request that is paused is not sent.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: &Call,
        read: impl Fn(&RawResponse) -> Decoded<T> + Copy + Send + 'static,
    ) -> Result<T, RequestError> {
        self.check_pause(call)?;
        let mut result = self.attempt(call, Connection::Pooled, read).await;
        if let Err(reason) = &result
            && let Some((delay, connection)) = retry(reason)
            && after(Instant::now(), delay) < call.deadline
        {
            sleep(delay).await;
            result = self.attempt(call, connection, read).await;
        }
        match &result {
            Ok(_) => self.backoff.succeeded(&call.subject),
            Err(reason) => self.backoff.failed(&call.subject, reason),
        }
        let result = result.map_err(|reason| call.error(reason));
        self.verdicts.record(call, result.as_ref());
        result
    }

    /// Opens a stream: `open` sends the request and returns once the head of the response is there. There is no retry, and
    /// a 410 is about this stream and not about the API.
    pub(crate) async fn open<T>(
        &self,
        call: &Call,
        open: impl Future<Output = Result<T, Reason>>,
    ) -> Result<T, RequestError> {
        self.check_pause(call)?;
        let started = Instant::now();
        let until = call.deadline.min(after(started, self.limits.timeout));
        let result = timeout_at(until, caught(open)).await;
        let result = result.unwrap_or_else(|_elapsed| Err(Reason::Timeout { after: started.elapsed() }));
        self.report(call, result.as_ref().err().map_or(Outcome::Ok, Reason::outcome), started);
        match &result {
            Ok(_) | Err(Reason::Retired) => self.backoff.succeeded(&call.subject),
            Err(reason) => self.backoff.failed(&call.subject, reason),
        }
        result.map_err(|reason| call.error(reason))
    }

    fn check_pause(&self, call: &Call) -> Result<(), RequestError> {
        if !call.is_usable {
            return Err(call.error(Reason::UnusableId));
        }
        self.backoff.pause_reason(&call.subject).map_or(Ok(()), |reason| Err(call.error(reason)))
    }

    /// Waits for a free place among the requests in flight, and sends the request once.
    async fn attempt<T: Send + 'static>(
        &self,
        call: &Call,
        connection: Connection,
        read: impl Fn(&RawResponse) -> Decoded<T> + Send + 'static,
    ) -> Result<T, Reason> {
        let queued = Instant::now();
        let timeout = |since: Instant| Reason::Timeout { after: since.elapsed() };
        let places = match connection {
            Connection::Pooled => &self.in_flight,
            Connection::Fresh => &self.fresh,
        };
        let Some(permit) = places.take(call.deadline).await else {
            return Err(timeout(queued)); // never sent, so it is not an exchange
        };
        let started = Instant::now();
        let until = call.deadline.min(after(started, self.limits.timeout));
        // Boxed: the future is large, and a part of the futures of all methods of all APIs.
        let exchange = Box::pin(async {
            let response = self.http.exchange(call, connection).await?;
            let (status, body) = (response.status, response.body.clone());
            let decoded = decode(response, self.carry, read).await;
            if !matches!(&decoded, Ok((_, Outcome::Ok))) {
                self.http.debug_body(call, status, &body);
            }
            decoded
        });
        let result =
            timeout_at(until, caught(exchange)).await.unwrap_or_else(|_elapsed| Err(timeout(started)));
        places.release(permit);
        let outcome = match &result {
            Ok((_, outcome)) => *outcome,
            Err(reason) => reason.outcome(),
        };
        self.report(call, outcome, started);
        result.map(|(value, _)| value)
    }

    fn report(&self, call: &Call, outcome: Outcome, started: Instant) {
        let duration = started.elapsed();
        let Subject { api, operation, .. } = call.subject;
        self.observer.exchanged(Exchange { account: &self.account, api, operation, outcome, duration });
        tracing::debug!(
            account = &*self.account,
            api = api.as_str(),
            operation = operation.as_str(),
            outcome = outcome.as_str(),
            duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            "upstream request"
        );
    }
}

/// The result of a part of a request, also if it panics. What it used are counters and connections, which stay valid.
async fn caught<T>(part: impl Future<Output = Result<T, Reason>>) -> Result<T, Reason> {
    AssertUnwindSafe(part).catch_unwind().await.unwrap_or(Err(Reason::Panicked))
}

/// How long to wait before the retry, and where to send it; `None` if a retry would fail in the same way. A client that is rate
/// limited does not retry. After a connection was lost, others of the pool may be lost too.
fn retry(reason: &Reason) -> Option<(Duration, Connection)> {
    match reason {
        Reason::Reset { .. } => Some((RETRY_PAUSE, Connection::Fresh)),
        Reason::Server { retry_after, .. } => Some((retry_after.unwrap_or(RETRY_PAUSE), Connection::Pooled)),
        _ => None,
    }
}
