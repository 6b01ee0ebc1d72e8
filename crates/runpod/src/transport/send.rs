//! Sending: a request within its deadline and the limits, with its retries, and the opening of a stream. A panic on the way, of
//! this client or of a library, is the error of its request.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep, timeout_at};

use super::Transport;
use super::call::{Call, RawResponse};
use super::decode::{Decoded, decode};
use super::pool::Connection;
use super::retry::{Retries, signal};
use crate::backoff::Subject;
use crate::error::{Reason, RequestError};
use crate::observe::Exchange;
use crate::operation::Outcome;
use clock::after;

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

    /// Sends a request, with retries, and reads the response. `read` also decides the outcome that is reported. A
    /// request that is paused is not sent.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: &Call,
        read: impl Fn(&RawResponse) -> Decoded<T> + Copy + Send + 'static,
    ) -> Result<T, RequestError> {
        self.check_pause(call)?;
        let mut retries = Retries::default();
        let mut connection = Connection::Pooled;
        let result = loop {
            let (result, in_flight) = self.attempt(call, connection, read).await;
            let Err(reason) = &result else { break result };
            match retries.next(call, reason, in_flight) {
                Some((delay, next)) if after(Instant::now(), delay) < call.deadline => {
                    sleep(delay).await;
                    connection = next;
                }
                _ => break result,
            }
        };
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
        if let Err(reason) = &result {
            self.http.intercepted.failed(call, reason);
        }
        let outcome = result.as_ref().err().map_or(Outcome::Ok, Reason::outcome);
        self.report(call, outcome, Duration::ZERO, started);
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

    /// Waits for a free place among the requests in flight, and sends the request once. Also returns how many were in flight to the
    /// server when it ended.
    async fn attempt<T: Send + 'static>(
        &self,
        call: &Call,
        connection: Connection,
        read: impl Fn(&RawResponse) -> Decoded<T> + Send + 'static,
    ) -> (Result<T, Reason>, usize) {
        let queued = Instant::now();
        let timeout = |since: Instant| Reason::Timeout { after: since.elapsed() };
        let places = match connection {
            Connection::Pooled => &self.in_flight,
            Connection::Fresh => &self.fresh,
        };
        // Never sent, so it is not an exchange.
        let Some(pass) = self.gates.of(call.subject.api).enter(call.deadline).await else {
            return (Err(timeout(queued)), 0);
        };
        let Some(permit) = places.take(call.deadline).await else { return (Err(timeout(queued)), 0) };
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
        if let Err(reason) = &result {
            self.http.intercepted.failed(call, reason);
        }
        places.release(permit);
        let in_flight = pass.end(signal(call, result.as_ref().err(), started.elapsed()));
        let outcome = match &result {
            Ok((_, outcome)) => *outcome,
            Err(reason) => reason.outcome(),
        };
        self.report(call, outcome, started.saturating_duration_since(queued), started);
        (result.map(|(value, _)| value), in_flight)
    }

    fn report(&self, call: &Call, outcome: Outcome, waited: Duration, started: Instant) {
        let duration = started.elapsed();
        let Subject { api, operation, .. } = call.subject;
        let (account, server) = (&*self.account, &**self.gates.of(api).server());
        self.http.intercepted.ended(call, outcome);
        self.observer.exchanged(Exchange { account, api, operation, outcome, server, waited, duration });
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
fn caught<T>(part: impl Future<Output = Result<T, Reason>>) -> impl Future<Output = Result<T, Reason>> {
    AssertUnwindSafe(part).catch_unwind().map(|result| result.unwrap_or(Err(Reason::Panicked)))
}
