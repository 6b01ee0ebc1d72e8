//! HTTP for all APIs: connections, keys, limits, pauses, quota and one retry.
//!
//! What a response means does not belong here, nor does its JSON.

mod body;
mod call;
mod counted;
mod http;
mod keys;
mod pool;
mod refusal;
mod verdict;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use backon::{ConstantBuilder, Retryable};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

pub(crate) use self::call::{Call, RawResponse, peer};
use self::http::Http;
pub(crate) use self::keys::Credential;
use self::keys::Keys;
use self::pool::Pool;
pub(crate) use self::refusal::{innermost, network};
use self::verdict::Verdicts;
use crate::backoff::{Backoff, Subject};
use crate::error::{Reason, RequestError, SetupError};
use crate::key::{ApiKey, KeyError};
use crate::limits::Limits;
use crate::observe::{Exchange, Observe};
use crate::operation::{Api, Outcome};
use crate::quota::Quota;
use clock::Clock;

/// Before the retry, if the server sends no `Retry-After`: a load balancer notices a restarting server in this time.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// What a transport is made of.
pub(crate) struct Setup {
    pub(crate) account: Arc<str>,
    pub(crate) key: ApiKey,
    pub(crate) metrics_key: Option<ApiKey>,
    pub(crate) user_agent: HeaderValue,
    /// Whether to ignore the proxy of the environment.
    pub(crate) direct: bool,
    pub(crate) limits: Limits,
    pub(crate) observer: Arc<dyn Observe>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The way to the APIs of one account.
pub(crate) struct Transport {
    account: Arc<str>,
    http: Http,
    user_agent: HeaderValue,
    limits: Limits,
    in_flight: Semaphore,
    backoff: Backoff,
    verdicts: Verdicts,
    observer: Arc<dyn Observe>,
}

impl Transport {
    pub(crate) fn new(setup: Setup) -> Result<Self, SetupError> {
        let Setup { account, key, metrics_key, user_agent, direct, limits, observer, clock } = setup;
        let backoff = Backoff::new(Arc::clone(&account), Arc::clone(&observer), Arc::clone(&clock));
        let verdicts = Verdicts::new(Arc::clone(&clock));
        let http = Http {
            account: Arc::clone(&account),
            pool: Pool::new(&user_agent, &limits, direct)?,
            keys: Keys::new(key, metrics_key)?,
            quota: Quota::new(limits.rest_share, Arc::clone(&clock)),
            body_limit: limits.body,
            clock,
        };
        let in_flight = Semaphore::new(limits.concurrency);
        Ok(Self { account, http, user_agent, limits, in_flight, backoff, verdicts, observer })
    }

    /// Replaces the API key.
    pub(crate) fn use_key(&self, key: ApiKey) -> Result<(), KeyError> {
        self.http.keys.replace(key)?;
        self.keys_changed();
        Ok(())
    }

    /// Sets or replaces the metrics key.
    pub(crate) fn use_metrics_key(&self, key: ApiKey) -> Result<(), KeyError> {
        self.http.keys.replace_metrics(key)?;
        self.keys_changed();
        Ok(())
    }

    fn keys_changed(&self) {
        self.backoff.lift_forbidden();
        self.verdicts.forget();
    }

    /// Whether an API rejects the key of the account, or the key for metrics. `None` if no response has shown it yet.
    pub(crate) fn rejects(&self, api: Api, credential: Credential) -> Option<bool> {
        self.verdicts.rejects(api, credential)
    }

    /// The headers that a connection without this transport needs: key and user agent.
    pub(crate) fn identity(&self) -> (Option<HeaderValue>, HeaderValue) {
        (self.http.keys.header(Credential::Account), self.user_agent.clone())
    }

    /// A text of the server without the keys.
    pub(crate) fn redact(&self, text: String) -> String {
        self.http.keys.redact(text)
    }

    pub(crate) fn backoff(&self) -> &Backoff {
        &self.backoff
    }

    pub(crate) fn quota(&self) -> &Quota {
        &self.http.quota
    }

    /// What a status other than 2xx means.
    pub(crate) fn refusal(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Reason {
        self.http.refusal(status, headers, body)
    }

    /// Logs the beginning of a body at debug level, without the keys.
    pub(crate) fn debug_body(&self, call: &Call, response: &RawResponse) {
        self.http.debug_body(call, response.status, &response.body);
    }

    /// Sends a request with these headers in addition to its own, and returns the head of a response with 2xx. Only
    /// within [`Self::open`].
    pub(crate) async fn head(&self, call: &Call, headers: HeaderMap) -> Result<Response, Reason> {
        self.http.head(call, headers).await
    }

    /// Sends a request that expects 2xx, and reads the body.
    pub(crate) async fn get<T>(
        &self,
        call: &Call,
        read: impl Fn(&[u8]) -> Result<T, Reason>,
    ) -> Result<T, RequestError> {
        let read = |response: &RawResponse| {
            if !response.status.is_success() {
                self.debug_body(call, response);
                return Err(Reason::Status { status: response.status.as_u16() });
            }
            Ok((read(&response.body)?, Outcome::Ok))
        };
        self.call(call, read).await
    }

    /// Sends a request, with one retry, and reads the response. `read` also decides the outcome that is reported. A
    /// request that is paused is not sent.
    pub(crate) async fn call<T>(
        &self,
        call: &Call,
        read: impl Fn(&RawResponse) -> Result<(T, Outcome), Reason>,
    ) -> Result<T, RequestError> {
        self.check_pause(call)?;
        let attempt = || self.attempt(call, &read);
        let result = attempt
            .retry(ConstantBuilder::new().with_delay(RETRY_PAUSE).with_max_times(1))
            .when(|reason: &Reason| retry_delay(reason).is_some())
            .adjust(|reason, next| {
                let delay = next.and(retry_delay(reason))?;
                (Instant::now() + delay < call.deadline).then_some(delay)
            })
            .await;
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
        let until = call.deadline.min(started + self.limits.timeout);
        let result = timeout_at(until, open).await;
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
    async fn attempt<T>(
        &self,
        call: &Call,
        read: impl Fn(&RawResponse) -> Result<(T, Outcome), Reason>,
    ) -> Result<T, Reason> {
        let queued = Instant::now();
        let timeout = |since: Instant| Reason::Timeout { after: since.elapsed() };
        let Ok(permit) = timeout_at(call.deadline, self.in_flight.acquire()).await else {
            return Err(timeout(queued)); // never sent, so it is not an exchange
        };
        let started = Instant::now();
        let until = call.deadline.min(started + self.limits.timeout);
        // Boxed: the future is large, and a part of the futures of all methods of all APIs.
        let result = match timeout_at(until, Box::pin(self.http.exchange(call))).await {
            Ok(response) => response.and_then(|response| read(&response)),
            Err(_elapsed) => Err(timeout(started)),
        };
        drop(permit);
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

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("account", &self.account)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// How long to wait before the retry; `None` if a retry would fail in the same way. A client that is rate limited does not
/// retry.
fn retry_delay(reason: &Reason) -> Option<Duration> {
    match reason {
        Reason::Reset { .. } => Some(RETRY_PAUSE),
        Reason::Server { retry_after, .. } => Some(retry_after.unwrap_or(RETRY_PAUSE)),
        _ => None,
    }
}
