//! HTTP for all APIs: connections, keys, limits, pauses, quota and one retry.
//!
//! What a response means does not belong here, nor does its JSON.

mod adaptive;
mod body;
mod call;
mod counted;
mod decode;
mod gate;
mod http;
mod intercepted;
mod keys;
mod places;
mod pool;
mod proxy;
mod refusal;
mod resolver;
mod retry;
mod send;
#[cfg(test)]
mod tests;
mod tls;
mod verdict;

use std::fmt;
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};

pub(crate) use self::call::{Call, RawResponse, peer};
pub(crate) use self::decode::Decoded;
use self::gate::Gates;
use self::http::Http;
pub(crate) use self::http::Opened;
use self::intercepted::Intercepted;
pub(crate) use self::keys::Credential;
use self::keys::Keys;
use self::places::Places;
use self::pool::Pool;
use self::verdict::Verdicts;
use crate::backoff::{Backoff, Subject};
use crate::error::{Reason, SetupError};
use crate::intercept::Intercept;
use crate::key::{ApiKey, KeyError, KeyRing};
use crate::limits::{Limits, ServerLimit};
use crate::observe::{Carry, Damage, Observe};
use crate::operation::Api;
use crate::quota::Quota;
use crate::urls::Urls;
use clock::Clock;
use lenient_json::Notes;

/// What a transport is made of.
pub(crate) struct Setup {
    pub(crate) account: Arc<str>,
    pub(crate) key: ApiKey,
    pub(crate) metrics_key: Option<ApiKey>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) urls: Urls,
    pub(crate) limits: Limits,
    pub(crate) observer: Arc<dyn Observe>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) carry: Carry,
    pub(crate) ring: KeyRing,
    pub(crate) intercept: Option<Arc<dyn Intercept>>,
}

/// The way to the APIs of one account.
pub(crate) struct Transport {
    account: Arc<str>,
    http: Http,
    user_agent: HeaderValue,
    limits: Limits,
    /// What the servers take.
    gates: Gates,
    /// What this machine has connections for, over all servers.
    in_flight: Places,
    /// Places for requests on connections of their own.
    fresh: Places,
    backoff: Backoff,
    verdicts: Verdicts,
    observer: Arc<dyn Observe>,
    carry: Carry,
}

impl Transport {
    pub(crate) fn new(setup: Setup) -> Result<Self, SetupError> {
        let Setup {
            account,
            key,
            metrics_key,
            user_agent,
            urls,
            limits,
            observer,
            clock,
            carry,
            ring,
            intercept,
        } = setup;
        let backoff = Backoff::new(Arc::clone(&account), Arc::clone(&observer), Arc::clone(&clock));
        let verdicts = Verdicts::new(Arc::clone(&clock));
        let gates = Gates::new(&urls, limits.concurrency, &clock);
        let http = Http {
            account: Arc::clone(&account),
            pool: Pool::new(&user_agent, &limits, &urls)?,
            keys: Keys::new(key, metrics_key, ring)?,
            quota: Quota::new(limits.rest_share, Arc::clone(&clock)),
            body_limit: limits.body,
            clock,
            intercepted: Intercepted { intercept, urls },
        };
        let (in_flight, fresh) = (Places::new(limits.concurrency), Places::new(limits.fresh()));
        Ok(Self {
            account,
            http,
            user_agent,
            limits,
            gates,
            in_flight,
            fresh,
            backoff,
            verdicts,
            observer,
            carry,
        })
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

    /// Changes the maximum number of requests in flight.
    pub(crate) fn use_concurrency(&self, concurrency: usize) {
        let limits = Limits { concurrency, ..self.limits };
        self.gates.set_max(limits.concurrency);
        self.in_flight.resize(limits.concurrency);
        self.fresh.resize(limits.fresh());
    }

    /// The proxies in use, in words.
    pub(crate) fn proxies(&self) -> Vec<String> {
        self.http.pool.proxies()
    }

    /// How many requests may be in flight to each server.
    pub(crate) fn server_limits(&self) -> Vec<ServerLimit> {
        self.gates.limits()
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

    /// Reports what could not be used of a response.
    pub(crate) fn damaged(&self, call: &Call, notes: &Notes) {
        if !notes.is_empty() {
            let Subject { api, operation, .. } = call.subject;
            self.observer.damaged(Damage { account: &self.account, api, operation, notes });
        }
    }

    /// Sends a request with these headers in addition to its own, and returns the head of a response with 2xx. Only within
    /// [`Self::open`].
    pub(crate) async fn head(&self, call: &Call, headers: HeaderMap) -> Result<Opened, Reason> {
        self.http.head(call, headers).await
    }

    /// The answer that a program gives in place of the server, for connections without this transport.
    pub(crate) fn answer(&self, call: &Call) -> Option<Result<Response, Reason>> {
        self.http.intercepted.answer(call)
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
