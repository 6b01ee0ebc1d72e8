//! Reads the status of a running exporter. The client has no API key.

use std::io::Read as _;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::version::USER_AGENT;

/// Where the document is.
const PATH: &str = "/api/v1/status";

/// Maximum size of a document: that of 10,000 endpoints.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Why there is no document. The texts follow the URL.
#[derive(Debug, thiserror::Error)]
pub(super) enum RemoteError {
    #[error("cannot connect: {0}")]
    Connect(String),
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    #[error(
        "it asks for a login; pass the document instead: curl -u USER {0} | runpod-exporter check --from=-"
    )]
    Login(String),
    #[error("status {0}; is it a runpod-exporter?")]
    Status(StatusCode),
    #[error("it is not the status of a runpod-exporter")]
    Content,
    #[error("the status is larger than 64 MiB")]
    TooLarge,
    #[error("it has no data yet; wait for its first scrape")]
    NoData,
}

/// The status of the exporter at this URL.
pub(super) async fn fetch(base: &Url, timeout: Duration) -> Result<Value, RemoteError> {
    // An error means that a client with the same provider was made before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = Client::builder().user_agent(USER_AGENT).timeout(timeout);
    // Without TLS, a system without root certificates is enough.
    let builder = if base.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
    let builder = if runpod::is_loopback(base) { builder.no_proxy() } else { builder };
    let failed = |error: reqwest::Error| connect_error(&error, timeout);
    let url = status_url(base);
    let response = builder.build().map_err(failed)?.get(url.clone()).send().await.map_err(failed)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED => return Err(RemoteError::Login(url.to_string())),
        status => return Err(RemoteError::Status(status)),
    }
    parse(&body(response, timeout).await?)
}

/// The document on standard input.
pub(super) fn read_stdin() -> Result<Value, RemoteError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let read = std::io::stdin().lock().take(limit).read_to_end(&mut bytes);
    read.map_err(|error| RemoteError::Connect(error.to_string()))?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<Value, RemoteError> {
    let document: Value = serde_json::from_slice(bytes).map_err(|_not_json| RemoteError::Content)?;
    match document.get("accounts").and_then(Value::as_array) {
        None => Err(RemoteError::Content),
        Some(accounts) if accounts.is_empty() => Err(RemoteError::NoData),
        Some(_) => Ok(document),
    }
}

async fn body(mut response: Response, timeout: Duration) -> Result<Vec<u8>, RemoteError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| connect_error(&error, timeout))? {
        if bytes.len().saturating_add(chunk.len()) > MAX_BYTES {
            return Err(RemoteError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The last cause says what happened; those before it repeat the URL.
fn connect_error(error: &reqwest::Error, timeout: Duration) -> RemoteError {
    if error.is_timeout() {
        return RemoteError::Timeout(timeout);
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    RemoteError::Connect(cause.to_string())
}

/// The URL of the document of an exporter, which may be behind a prefix. It may be that of the document or of the page.
fn status_url(base: &Url) -> Url {
    let mut url = base.clone();
    let prefix = base.path().trim_end_matches('/');
    let path = if prefix.ends_with(PATH) { prefix.to_owned() } else { format!("{prefix}{PATH}") };
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_may_be_that_of_the_page_or_of_the_document() {
        for (base, url) in [
            ("http://a:1", "http://a:1/api/v1/status"),
            ("http://a:1/", "http://a:1/api/v1/status"),
            ("https://a/runpod/", "https://a/runpod/api/v1/status"),
            ("http://a:1/api/v1/status", "http://a:1/api/v1/status"),
        ] {
            assert_eq!(status_url(&base.parse().unwrap()).as_str(), url);
        }
    }
}
