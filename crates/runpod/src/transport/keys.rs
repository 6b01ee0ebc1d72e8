//! The keys of an account, which can be replaced while requests are in flight.
//!
//! How a key is hidden does not belong here: see [`ApiKey`].

use bytes::Bytes;
use parking_lot::RwLock;
use reqwest::header::HeaderValue;

use crate::key::{ApiKey, KeyError, KeyRing, looks_like_a_key};

/// The key that a request is sent with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Credential {
    /// The API key of the account.
    Account,
    /// The metrics key of the account; its API key if there is none.
    Metrics,
    /// None: the resource is public.
    Anonymous,
}

/// The keys of an account.
pub(super) struct Keys {
    account: RwLock<Bearer>,
    metrics: RwLock<Option<Bearer>>,
    /// Keys of other accounts, which are redacted too.
    ring: KeyRing,
}

/// A key and its header.
struct Bearer {
    key: ApiKey,
    header: HeaderValue,
}

impl Keys {
    pub(super) fn new(key: ApiKey, metrics_key: Option<ApiKey>, ring: KeyRing) -> Result<Self, KeyError> {
        let metrics = metrics_key.map(Bearer::new).transpose()?;
        Ok(Self { account: RwLock::new(Bearer::new(key)?), metrics: RwLock::new(metrics), ring })
    }

    /// Replaces the API key.
    pub(super) fn replace(&self, key: ApiKey) -> Result<(), KeyError> {
        *self.account.write() = Bearer::new(key)?;
        Ok(())
    }

    /// Sets or replaces the metrics key.
    pub(super) fn replace_metrics(&self, key: ApiKey) -> Result<(), KeyError> {
        *self.metrics.write() = Some(Bearer::new(key)?);
        Ok(())
    }

    /// The `Authorization` header.
    pub(super) fn header(&self, credential: Credential) -> Option<HeaderValue> {
        let account = || self.account.read().header.clone();
        match credential {
            Credential::Account => Some(account()),
            Credential::Metrics => {
                let metrics = self.metrics.read();
                Some(metrics.as_ref().map_or_else(account, |bearer| bearer.header.clone()))
            }
            Credential::Anonymous => None,
        }
    }

    /// The text without the keys.
    pub(super) fn redact(&self, text: String) -> String {
        let text = self.ring.redact(self.account.read().key.redact(text));
        match &*self.metrics.read() {
            Some(bearer) => bearer.key.redact(text),
            None => text,
        }
    }

    /// A JSON body without the keys: the name of an endpoint may be one, and every value becomes a label or a line.
    pub(super) fn redact_json(&self, body: Bytes) -> Bytes {
        let body = self.ring.redact_json(self.account.read().key.redact_json(body));
        match &*self.metrics.read() {
            Some(bearer) => bearer.key.redact_json(body),
            None => body,
        }
    }

    /// Whether the text contains a key, or something that looks like one.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let is_metrics_key = || self.metrics.read().as_ref().is_some_and(|bearer| bearer.key.is_in(text));
        looks_like_a_key(text)
            || self.account.read().key.is_in(text)
            || is_metrics_key()
            || self.ring.is_in(text)
    }
}

impl Bearer {
    fn new(key: ApiKey) -> Result<Self, KeyError> {
        Ok(Self { header: key.bearer()?, key })
    }
}
