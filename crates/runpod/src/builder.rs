//! The construction of a client.

use std::sync::Arc;

use reqwest::header::HeaderValue;

use crate::client::Runpod;
use crate::error::SetupError;
use crate::intercept::Intercept;
use crate::key::{ApiKey, KeyRing};
use crate::limits::Limits;
use crate::observe::{Carry, Observe};
use crate::transport::{Setup, Transport};
use crate::urls::Urls;
use clock::{Clock, SystemClock};

/// The user agent of programs that set none. Runpod's firewall blocks requests without one.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "-client/", env!("CARGO_PKG_VERSION"));

/// Builds a [`Runpod`] client.
#[derive(Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct Builder {
    urls: Urls,
    key: ApiKey,
    metrics_key: Option<ApiKey>,
    account: Arc<str>,
    user_agent: String,
    limits: Limits,
    observer: Arc<dyn Observe>,
    clock: Arc<dyn Clock>,
    carry: Carry,
    ring: KeyRing,
    intercept: Option<Arc<dyn Intercept>>,
}

impl Runpod {
    /// A client of the account with this key, at these URLs.
    ///
    /// If all URLs are on this machine, the proxy of the environment is ignored.
    pub fn builder(urls: Urls, key: ApiKey) -> Builder {
        Builder {
            urls,
            key,
            metrics_key: None,
            account: "default".into(),
            user_agent: USER_AGENT.to_owned(),
            limits: Limits::default(),
            observer: Arc::new(()),
            clock: Arc::new(SystemClock),
            carry: |work| work,
            ring: KeyRing::default(),
            intercept: None,
        }
    }
}

impl Builder {
    /// The name of the account in events and log lines. By default "default".
    pub fn account(self, account: Arc<str>) -> Self {
        Self { account, ..self }
    }

    /// The key for [`Runpod::latency`], whose route does not accept an ordinary key. By default the API key.
    pub fn metrics_key(self, key: ApiKey) -> Self {
        Self { metrics_key: Some(key), ..self }
    }

    /// The `User-Agent` of all requests, for example `program/1.0`.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: user_agent.into(), ..self }
    }

    /// The limits. By default [`Limits::default`].
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Receives the events. By default they are ignored.
    pub fn observer(self, observer: Arc<dyn Observe>) -> Self {
        Self { observer, ..self }
    }

    /// The clock for pauses and quotas. By default the clock of the system.
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Keys of other accounts, which are redacted like those of this one. By default there are none.
    pub fn ring(self, ring: KeyRing) -> Self {
        Self { ring, ..self }
    }

    /// Takes part in all exchanges. By default nothing does.
    pub fn intercept(self, intercept: Arc<dyn Intercept>) -> Self {
        Self { intercept: Some(intercept), ..self }
    }

    /// Prepares work for a thread of its own. By default it runs as it is.
    pub fn carry(self, carry: Carry) -> Self {
        Self { carry, ..self }
    }

    /// Builds the client. Sends nothing.
    ///
    /// # Errors
    /// Fails if a key or the user agent cannot be sent in a header, or if TLS cannot be set up.
    pub fn build(self) -> Result<Runpod, SetupError> {
        let Self {
            urls,
            key,
            metrics_key,
            account,
            user_agent,
            limits,
            observer,
            clock,
            carry,
            ring,
            intercept,
        } = self;
        let user_agent =
            HeaderValue::from_str(&user_agent).map_err(|_unsendable| SetupError::UserAgent(user_agent))?;
        let setup = Setup {
            account: Arc::clone(&account),
            key,
            metrics_key,
            user_agent,
            urls: urls.clone(),
            limits,
            observer,
            clock,
            carry,
            ring,
            intercept,
        };
        Ok(Runpod::new(Arc::new(Transport::new(setup)?), &account, urls))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn builder() -> Builder {
        let url = |path: &str| Url::parse(&format!("http://127.0.0.1:1{path}")).unwrap();
        let urls = Urls { graphql: url("/graphql"), jobs: url("/jobs"), rest: url("/rest") };
        Runpod::builder(urls, ApiKey::parse("rpa_SECRET").unwrap())
    }

    #[test]
    fn defaults_are_enough() {
        let runpod = builder().build().unwrap();
        assert!(!format!("{runpod:?} {:?}", builder()).contains("SECRET"));
    }

    #[test]
    fn an_invalid_user_agent_is_an_error() {
        let error = builder().user_agent("a\nb").build().unwrap_err();
        assert!(matches!(error, SetupError::UserAgent(_)), "{error}");
    }
}
