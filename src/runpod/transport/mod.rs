//! HTTP to the upstream: one long-lived pool, the key, the limits, one retry. What an answer means does not belong here.

mod refusal;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use backon::{ConstantBuilder, Retryable};
use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode, redirect};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use url::Url;

use self::refusal::{network, refusal};
use super::observe::{Exchange, Observe};
use super::quota::Quota;
use super::standing::Standing;
use super::{Api, ApiKey, KeyError, Operation, Outcome, Reason, RequestError};
use crate::clock::Clock;
use crate::telemetry::milliseconds;

/// What Runpod's front door knows us by; it refuses clients that do not introduce themselves.
const USER_AGENT: &str = concat!("runpod-exporter/", env!("CARGO_PKG_VERSION"));

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

/// One request to make.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) api: Api,
    pub(super) operation: Operation,
    pub(super) url: Url,
    /// A JSON body makes it a POST, else it is a GET. Either way it only reads, so that a retry is harmless.
    pub(super) body: Option<Bytes>,
    /// The endpoint that answers, where each answers for itself.
    pub(super) endpoint: Option<Arc<str>>,
    /// Whose name it is made in.
    pub(super) credential: Credential,
    /// Calls with the same number use the same connections.
    pub(super) shard: usize,
    /// The most that a sane answer has, in bytes; the account's own limit holds too.
    pub(super) body_limit: usize,
    pub(super) deadline: Instant,
}

impl Call {
    /// A GET about nothing in particular.
    pub(super) const fn get(api: Api, operation: Operation, url: Url, deadline: Instant) -> Self {
        let (body, endpoint, credential) = (None, None, Credential::Account);
        let (shard, body_limit) = (0, usize::MAX);
        Self { api, operation, url, body, endpoint, credential, shard, body_limit, deadline }
    }
}

/// A complete answer with a status that may carry data: 2xx, or the 400 of a refused document.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

/// Whose name a call is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    /// The account's key.
    Account,
    /// The account's key for metrics; where there is none, its ordinary one.
    Metrics,
    /// Nobody's: the API tells it to everybody.
    Nobody,
}

/// A key and the header that carries it.
struct Bearer {
    key: ApiKey,
    header: HeaderValue,
}

/// The way to the upstream of one account.
pub(super) struct Transport {
    account: Arc<str>,
    clients: Vec<Client>,
    bearer: RwLock<Arc<Bearer>>,
    metrics_bearer: RwLock<Option<Arc<Bearer>>>,
    limits: Limits,
    in_flight: Semaphore,
    standing: Standing,
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
    ) -> Result<Self, super::SetupError> {
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
        let bearer = RwLock::new(Arc::new(Bearer::of(key)?));
        let metrics_bearer = RwLock::default();
        let standing = Standing::new(Arc::clone(&account), Arc::clone(&clock));
        let quota = Quota::new(limits.rest_share, Arc::clone(&clock));
        Ok(Self {
            account,
            clients,
            bearer,
            metrics_bearer,
            limits,
            in_flight,
            standing,
            quota,
            observer,
            clock,
        })
    }

    /// Sends another key from now on.
    pub(super) fn use_key(&self, key: ApiKey) -> Result<(), KeyError> {
        let bearer = Arc::new(Bearer::of(key)?);
        *self.bearer.write().unwrap_or_else(PoisonError::into_inner) = bearer;
        self.standing.forgive();
        Ok(())
    }

    /// Sends this key from now on where one for metrics is wanted.
    pub(super) fn use_metrics_key(&self, key: ApiKey) -> Result<(), KeyError> {
        let bearer = Arc::new(Bearer::of(key)?);
        *self.metrics_bearer.write().unwrap_or_else(PoisonError::into_inner) = Some(bearer);
        self.standing.forgive();
        Ok(())
    }

    fn bearer(&self, credential: Credential) -> Option<Arc<Bearer>> {
        let own = || Arc::clone(&self.bearer.read().unwrap_or_else(PoisonError::into_inner));
        let metrics = || self.metrics_bearer.read().unwrap_or_else(PoisonError::into_inner).clone();
        match credential {
            Credential::Account => Some(own()),
            Credential::Metrics => Some(metrics().unwrap_or_else(own)),
            Credential::Nobody => None,
        }
    }

    /// What rests.
    pub(super) fn standing(&self) -> &Standing {
        &self.standing
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
        self.standing.admit(call).map_err(error)?;
        let once_more = ConstantBuilder::new().with_delay(RETRY_PAUSE).with_max_times(1);
        let result = attempt
            .retry(once_more)
            .when(|reason: &Reason| reason.retry_in(RETRY_PAUSE).is_some())
            .adjust(|reason, next| {
                let wait = reason.retry_in(next?)?;
                (Instant::now() + wait < call.deadline).then_some(wait)
            })
            .await;
        self.standing.learn(call, result.as_ref().err());
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
        let duration = started.elapsed();
        let (api, operation) = (call.api, call.operation);
        self.observer.exchanged(Exchange { account: &self.account, api, operation, outcome, duration });
        tracing::debug!(
            account = &*self.account,
            api = api.as_str(),
            operation = operation.as_str(),
            outcome = outcome.as_str(),
            duration_ms = milliseconds(duration),
            "upstream request"
        );
        result.map(|(value, _)| value)
    }

    async fn exchange(&self, call: &Call) -> Result<Answer, Reason> {
        let client = self.clients.get(call.shard % self.clients.len()).or(self.clients.first());
        let Some(client) = client else { return Err(Reason::Connect { cause: "no client".into() }) };
        let request = match &call.body {
            None => client.get(call.url.clone()),
            Some(body) => {
                client.post(call.url.clone()).header(CONTENT_TYPE, "application/json").body(body.clone())
            }
        };
        let bearer = self.bearer(call.credential);
        let is_rationed = call.api == Api::Rest && bearer.is_some();
        let request = match bearer {
            Some(bearer) => request.header(AUTHORIZATION, bearer.header.clone()),
            None => request,
        };
        let rationed = is_rationed.then(|| Rationed::begin(&self.quota));
        let mut response = request.send().await.map_err(network)?;
        if let Some(rationed) = rationed {
            rationed.answered(response.headers());
        }
        let status = response.status();
        if status.is_success() || status == StatusCode::BAD_REQUEST {
            let body = read(&mut response, self.limits.body.min(call.body_limit)).await?;
            return Ok(Answer { status, body });
        }
        // What an error page says matters only for telling 403 from 403: a page that cannot be read says nothing.
        let body = read(&mut response, ERROR_BODY_LIMIT).await.unwrap_or_default();
        self.debug_body(call, status, &body);
        Err(refusal(status, response.headers(), &body, &*self.clock))
    }

    /// Shows what the upstream said, to those who ask for debug logs, without the key.
    pub(super) fn debug_body(&self, call: &Call, status: StatusCode, body: &[u8]) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let text = String::from_utf8_lossy(body.get(..2048).unwrap_or(body)).into_owned();
            let bearers = [Credential::Account, Credential::Metrics].map(|whose| self.bearer(whose));
            let text = bearers.iter().flatten().fold(text, |text, bearer| bearer.key.redact(&text));
            let (api, operation) = (call.api.as_str(), call.operation.as_str());
            tracing::debug!(account = &*self.account, api, operation, status = status.as_u16(), body = ?text, "upstream body");
        }
    }
}

/// A request that counts against the quota, until it is answered or given up.
struct Rationed<'q>(Option<&'q Quota>);

impl<'q> Rationed<'q> {
    fn begin(quota: &'q Quota) -> Self {
        quota.sent();
        Self(Some(quota))
    }

    fn answered(mut self, headers: &HeaderMap) {
        if let Some(quota) = self.0.take() {
            quota.ended(Some(headers));
        }
    }
}

impl Drop for Rationed<'_> {
    fn drop(&mut self) {
        if let Some(quota) = self.0 {
            quota.ended(None);
        }
    }
}

impl Bearer {
    fn of(key: ApiKey) -> Result<Self, KeyError> {
        Ok(Self { header: key.bearer()?, key })
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

/// The host and port that an error names. Never the whole URL: a base URL may have been given with anything in it.
pub(super) fn peer(url: &Url) -> Arc<str> {
    let host = url.host_str().unwrap_or("?");
    url.port().map_or_else(|| host.into(), |port| format!("{host}:{port}").into())
}

async fn read(response: &mut reqwest::Response, limit: usize) -> Result<Bytes, Reason> {
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
    fn the_peer_is_a_host_and_nothing_more() {
        let url = Url::parse("https://gateway.example:8443/a/b?c=d").unwrap();
        assert_eq!(&*peer(&url), "gateway.example:8443");
    }
}
