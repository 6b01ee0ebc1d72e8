//! Requests to Alertmanager's API.

use std::error::Error;
use std::time::Duration;

use reqwest::{StatusCode, redirect};
use serde_json::Value;
use url::Url;

use super::Alert;
use crate::version::USER_AGENT;

/// Path of the API, relative to the base URL.
const PATH: &str = "/api/v2/alerts";

/// Only alerts with this label are read: Alertmanager may have thousands about other systems.
const FILTER: &str = "account=~\".+\"";

/// Maximum time of a request.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Maximum size of a response.
const MAX_RESPONSE: usize = 4 * 1024 * 1024;

/// Why alerts cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the HTTP client for Alertmanager")]
pub enum SetupError {
    /// Of the HTTP library.
    Http(#[from] reqwest::Error),
    /// The URL was validated with the configuration.
    Url(#[from] url::ParseError),
}

/// An HTTP client without a key.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    url: Url,
}

/// Why the alerts could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("cannot reach Alertmanager ({0})")]
    Network(String),
    #[error("no response from Alertmanager within {} s", TIMEOUT.as_secs())]
    Timeout,
    #[error("Alertmanager returned status {}", .0.as_u16())]
    Status(StatusCode),
    #[error("the response of Alertmanager is larger than {} MiB", MAX_RESPONSE / 1024 / 1024)]
    TooLarge,
    #[error("the response of Alertmanager is not a list of alerts")]
    Malformed,
}

impl Client {
    pub(super) fn new(base: &str) -> Result<Self, SetupError> {
        // An error means that the client of an account has installed the same provider before.
        drop(rustls::crypto::ring::default_provider().install_default());
        // Without TLS, a system without root certificates is enough.
        let mut url = Url::parse(base)?;
        let builder = reqwest::Client::builder();
        let builder = if url.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
        let http =
            builder.user_agent(USER_AGENT).redirect(redirect::Policy::none()).timeout(TIMEOUT).build()?;
        url.set_path(&format!("{}{PATH}", url.path().trim_end_matches('/')));
        url.query_pairs_mut().append_pair("filter", FILTER);
        Ok(Self { http, url })
    }

    /// The alerts, or why they could not be read. A single one that cannot be read is left out.
    pub(super) async fn alerts(&self) -> Result<Vec<Alert>, String> {
        let body = self.body().await.map_err(|error| error.to_string())?;
        let alerts: Vec<Value> =
            serde_json::from_slice(&body).map_err(|_not_a_list| ReadError::Malformed.to_string())?;
        Ok(alerts.into_iter().filter_map(Alert::read).collect())
    }

    async fn body(&self) -> Result<Vec<u8>, ReadError> {
        let mut response = self.http.get(self.url.clone()).send().await.map_err(ReadError::of)?;
        if !response.status().is_success() {
            return Err(ReadError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(ReadError::of)? {
            if body.len().saturating_add(part.len()) > MAX_RESPONSE {
                return Err(ReadError::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }
}

impl ReadError {
    fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        let error = error.without_url();
        let mut innermost: &dyn Error = &error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Self::Network(innermost.to_string())
    }
}
