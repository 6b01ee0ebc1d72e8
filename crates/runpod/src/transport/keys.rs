//! The keys of an account, and whose name a call is made in. A key can be replaced while calls are made.
//!
//! How a key is hidden belongs to [`ApiKey`].

use std::sync::{PoisonError, RwLock};

use reqwest::header::HeaderValue;

use crate::key::{ApiKey, KeyError};

/// Whose name a call is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The account's key.
    Account,
    /// The account's key for metrics; where there is none, its ordinary one.
    Metrics,
    /// Nobody's: the API tells it to everybody.
    Nobody,
}

/// The keys of an account.
pub(super) struct Keys {
    own: RwLock<Bearer>,
    metrics: RwLock<Option<Bearer>>,
}

/// A key and the header that carries it.
struct Bearer {
    key: ApiKey,
    header: HeaderValue,
}

impl Keys {
    /// An account with one key.
    pub(super) fn new(key: ApiKey) -> Result<Self, KeyError> {
        Ok(Self { own: RwLock::new(Bearer::of(key)?), metrics: RwLock::default() })
    }

    /// Uses another key from now on.
    pub(super) fn replace(&self, key: ApiKey) -> Result<(), KeyError> {
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = Bearer::of(key)?;
        Ok(())
    }

    /// Uses this key from now on where one for metrics is wanted.
    pub(super) fn replace_metrics(&self, key: ApiKey) -> Result<(), KeyError> {
        *self.metrics.write().unwrap_or_else(PoisonError::into_inner) = Some(Bearer::of(key)?);
        Ok(())
    }

    /// The header that carries the key.
    pub(super) fn header(&self, credential: Credential) -> Option<HeaderValue> {
        let own = || self.own.read().unwrap_or_else(PoisonError::into_inner).header.clone();
        let metrics = self.metrics.read().unwrap_or_else(PoisonError::into_inner);
        match credential {
            Credential::Account => Some(own()),
            Credential::Metrics => Some(metrics.as_ref().map_or_else(own, |bearer| bearer.header.clone())),
            Credential::Nobody => None,
        }
    }

    /// A text of the upstream's without the keys.
    pub(super) fn redact(&self, text: String) -> String {
        let text = self.own.read().unwrap_or_else(PoisonError::into_inner).key.redacted(text);
        match &*self.metrics.read().unwrap_or_else(PoisonError::into_inner) {
            Some(bearer) => bearer.key.redacted(text),
            None => text,
        }
    }
}

impl Bearer {
    fn of(key: ApiKey) -> Result<Self, KeyError> {
        Ok(Self { header: key.bearer()?, key })
    }
}
