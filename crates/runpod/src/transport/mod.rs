//! HTTP to the upstream: one long-lived pool, the key, the limits, one retry. What an answer means does not belong here.

mod call;
mod keys;
mod rationed;
mod refusal;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use backon::{ConstantBuilder, Retryable};
use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use url::Url;

pub(super) use self::call::{Answer, Call};
pub(super) use self::keys::Credential;
use self::keys::Keys;
use self::rationed::Rationed;
use self::refusal::refusal;
pub(super) use self::refusal::{innermost, network};
use crate::backoff::Backoff;
use crate::error::{Reason, RequestError, SetupError};
use crate::key::{ApiKey, KeyError};
use crate::observe::{Exchange, Observe};
use crate::operation::{Api, Outcome};
use crate::quota::Quota;
use clock::Clock;

/// What Runpod's front door knows us by; it refuses clients that do not introduce themselves.
pub(super) const USER_AGENT: &str = concat!("runpod-exporter/", env!("CARGO_PKG_VERSION"));

/// Connections stay open this long between scrapes. Longer than any usual scrape interval, so that no scrape pays for
/// handshakes; a connection that the upstream closed earlier costs one retry.
const POOL_IDLE: Duration = Duration::from_mins(5);

/// HTTP/2 servers allow about this many streams on one connection, and the client opens only one connection to an
/// origin: more requests in flight need more clients, or the limit on streams becomes a hidden limit on concurrency.
const STREAMS_PER_CONNECTION: usize = 100;

/// Before the retry where the server names no time: long enough for a restarting backend to be out of the rotation.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// An error page is read to tell the front door from Runpod, and no further.
const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// What of a body is logged, in bytes: enough for an error with its explanation.
const LOGGED: usize = 2048;

/// What the exporter may take from the upstream.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// One request, whatever the scrape's deadline.
    pub timeout: Duration,
    /// Requests in flight together, per account.
    pub concurrency: usize,
    /// Bytes of one answer, after decompression.
    pub body: usize,
    /// The share of what is left of the REST API's quota, from nought to one.
    pub rest_share: f64,
}

/// The way to the upstream of one account.
pub(super) struct Transport {
    account: Arc<str>,
    clients: Vec<Client>,
    keys: Keys,
    limits: Limits,
    in_flight: Semaphore,
    backoff: Backoff,
    quota: Quota,
    observer: Arc<dyn Observe>,
    clock: Arc<dyn Clock>,
}

impl Transport {
    pub(super) fn new(
        account: Arc<str>,
        key: ApiKey,
        local: bool,
        limits: Limits,
        observer: Arc<dyn Observe>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        // Says Err if another account was first: the provider is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let clients = (0..limits.concurrency.div_ceil(STREAMS_PER_CONNECTION).max(1))
            .map(|_| {
                let builder = Client::builder();
                // The proxy of the environment has no business with a simulator or gateway on this machine.
                let builder = if local { builder.no_proxy() } else { builder };
                builder
                    .user_agent(USER_AGENT)
                    .default_headers(headers.clone())
                    .pool_idle_timeout(POOL_IDLE)
                    .connect_timeout(limits.timeout)
                    .redirect(redirect::Policy::none()) // a redirect would carry the key to wherever it points
                    .build()
            })
            .collect::<Result<Vec<_>, _>>()?;
        let in_flight = Semaphore::new(limits.concurrency);
        let keys = Keys::new(key)?;
        let backoff = Backoff::new(Arc::clone(&account), Arc::clone(&clock));
        let quota = Quota::new(limits.rest_share, Arc::clone(&clock));
        Ok(Self { account, clients, keys, limits, in_flight, backoff, quota, observer, clock })
    }

    /// Sends another key from now on.
    pub(super) fn use_key(&self, key: ApiKey) -> Result<(), KeyError> {
        self.keys.replace(key)?;
        self.backoff.forgive();
        Ok(())
    }

    /// Sends this key from now on where one for metrics is wanted.
    pub(super) fn use_metrics_key(&self, key: ApiKey) -> Result<(), KeyError> {
        self.keys.replace_metrics(key)?;
        self.backoff.forgive();
        Ok(())
    }

    /// The header that carries the account's key.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        self.keys.header(Credential::Account)
    }

    /// A text of the upstream's without the keys.
    pub(super) fn redact(&self, text: String) -> String {
        self.keys.redact(text)
    }

    /// What rests.
    pub(super) fn backoff(&self) -> &Backoff {
        &self.backoff
    }

    /// What may be asked of the REST API.
    pub(super) fn quota(&self) -> &Quota {
        &self.quota
    }

    /// Makes the call, at most twice, and has the answer read by `parse`, which also says how the exchange is counted.
    /// What rests is not called at all.
    pub(super) async fn call<T>(
        &self,
        call: &Call,
        parse: impl Fn(&Answer) -> Result<(T, Outcome), Reason>,
    ) -> Result<T, RequestError> {
        let attempt = || self.attempt(call, &parse);
        let error = |reason| {
            let (api, operation) = (call.api, call.operation);
            RequestError { api, operation, peer: peer(&call.url), reason }
        };
        self.backoff.admit(call).map_err(error)?;
        let once_more = ConstantBuilder::new().with_delay(RETRY_PAUSE).with_max_times(1);
        let result = attempt
            .retry(once_more)
            .when(|reason: &Reason| reason.retry_in(RETRY_PAUSE).is_some())
            .adjust(|reason, next| {
                let wait = reason.retry_in(next?)?;
                (Instant::now() + wait < call.deadline).then_some(wait)
            })
            .await;
        self.backoff.learn(call, result.as_ref().err());
        result.map_err(error)
    }

    /// Begins a call whose answer goes on for as long as there is something to tell: gives its head, and leaves the rest
    /// to the reader. It is not tried again here, and its 410 is its own, not that of its API.
    pub(super) async fn open<T>(
        &self,
        call: &Call,
        begin: impl Future<Output = Result<T, Reason>>,
    ) -> Result<T, RequestError> {
        let error = |reason| {
            let (api, operation) = (call.api, call.operation);
            RequestError { api, operation, peer: peer(&call.url), reason }
        };
        self.backoff.admit(call).map_err(error)?;
        let started = Instant::now();
        let until = call.deadline.min(started + self.limits.timeout);
        let result = timeout_at(until, begin).await;
        let result = result.unwrap_or_else(|_elapsed| Err(Reason::Timeout { after: started.elapsed() }));
        self.tell(call, result.as_ref().err().map_or(Outcome::Ok, Reason::outcome), started);
        let lasting = result.as_ref().err().filter(|reason| !matches!(reason, Reason::Retired));
        self.backoff.learn(call, lasting);
        result.map_err(error)
    }

    async fn attempt<T>(
        &self,
        call: &Call,
        parse: impl Fn(&Answer) -> Result<(T, Outcome), Reason>,
    ) -> Result<T, Reason> {
        let queued = Instant::now();
        let waited = |since: Instant| Reason::Timeout { after: since.elapsed() };
        let Ok(permit) = timeout_at(call.deadline, self.in_flight.acquire()).await else {
            return Err(waited(queued)); // never sent, so not an exchange
        };
        let started = Instant::now();
        let until = call.deadline.min(started + self.limits.timeout);
        let result = match timeout_at(until, self.exchange(call)).await {
            Ok(answer) => answer.and_then(|answer| parse(&answer)),
            Err(_elapsed) => Err(waited(started)),
        };
        drop(permit);
        let outcome = match &result {
            Ok((_, outcome)) => *outcome,
            Err(reason) => reason.outcome(),
        };
        self.tell(call, outcome, started);
        result.map(|(value, _)| value)
    }

    fn tell(&self, call: &Call, outcome: Outcome, started: Instant) {
        let duration = started.elapsed();
        let (api, operation) = (call.api, call.operation);
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

    async fn exchange(&self, call: &Call) -> Result<Answer, Reason> {
        let request = self.request(call)?;
        let rationed = self.rationed(call);
        let mut response = request.send().await.map_err(network)?;
        if let Some(rationed) = rationed {
            rationed.answered(response.headers());
        }
        let status = response.status();
        if status.is_success() || status == StatusCode::BAD_REQUEST {
            let body = read(&mut response, self.limits.body.min(call.body_limit)).await?;
            return Ok(Answer { status, body });
        }
        Err(self.refused(call, &mut response).await)
    }

    /// The head of an answer that goes on, to a request with these headers besides its own.
    pub(super) async fn head(&self, call: &Call, headers: HeaderMap) -> Result<Response, Reason> {
        let request = self.request(call)?.headers(headers);
        let rationed = self.rationed(call);
        let mut response = request.send().await.map_err(network)?;
        if let Some(rationed) = rationed {
            rationed.answered(response.headers());
        }
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refused(call, &mut response).await)
    }

    fn request(&self, call: &Call) -> Result<RequestBuilder, Reason> {
        let client = self.clients.get(call.shard % self.clients.len()).or(self.clients.first());
        let Some(client) = client else { return Err(Reason::Connect { cause: "no client".into() }) };
        let request = match &call.body {
            None => client.get(call.url.clone()),
            Some(body) => {
                client.post(call.url.clone()).header(CONTENT_TYPE, "application/json").body(body.clone())
            }
        };
        Ok(match self.keys.header(call.credential) {
            Some(header) => request.header(AUTHORIZATION, header),
            None => request,
        })
    }

    fn rationed(&self, call: &Call) -> Option<Rationed<'_>> {
        (call.api == Api::Rest && call.credential != Credential::Nobody).then(|| Rationed::begin(&self.quota))
    }

    async fn refused(&self, call: &Call, response: &mut Response) -> Reason {
        // What an error page says matters only for telling 403 from 403: a page that cannot be read says nothing.
        let body = read(response, ERROR_BODY_LIMIT).await.unwrap_or_default();
        let status = response.status();
        self.debug_body(call, status, &body);
        self.refusal(status, response.headers(), &body)
    }

    /// What a status that is no success means.
    pub(super) fn refusal(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Reason {
        refusal(status, headers, body, &*self.clock)
    }

    /// Shows what the upstream said, to those who ask for debug logs, without the key.
    pub(super) fn debug_body(&self, call: &Call, status: StatusCode, body: &[u8]) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let text = excerpt(self.redact(String::from_utf8_lossy(body).into_owned()));
            let (api, operation) = (call.api.as_str(), call.operation.as_str());
            tracing::debug!(account = &*self.account, api, operation, status = status.as_u16(), body = ?text, "upstream body");
        }
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

/// What of a body is logged. Cut after the key was taken out: half of a key is a secret too.
fn excerpt(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LOGGED));
    text
}

/// The host and port that an error names. Never the whole URL: a base URL may have been given with anything in it.
pub(super) fn peer(url: &Url) -> Arc<str> {
    let host = url.host_str().unwrap_or("?");
    url.port().map_or_else(|| host.into(), |port| format!("{host}:{port}").into())
}

async fn read(response: &mut Response, limit: usize) -> Result<Bytes, Reason> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(Reason::TooLarge { limit });
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        if body.len() + chunk.len() > limit {
            return Err(Reason::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_at_the_end_of_what_is_logged_is_not_cut_in_half() {
        let key = ApiKey::parse("rpa_0123456789").unwrap();
        let keys = Keys::new(key).unwrap();
        for before in LOGGED - 20..=LOGGED {
            let body = format!("{}rpa_0123456789ü", "x".repeat(before));
            let logged = excerpt(keys.redact(body));
            assert!(logged.len() <= LOGGED && !logged.contains("rpa_"), "{before}: {logged}");
        }
    }

    #[test]
    fn the_peer_is_a_host_and_nothing_more() {
        let url = Url::parse("https://gateway.example:8443/a/b?c=d").unwrap();
        assert_eq!(&*peer(&url), "gateway.example:8443");
    }
}
