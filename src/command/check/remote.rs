//! Reads the status of a running exporter. The client has no API key.

use std::io::Read as _;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::config::HttpClient;
use crate::version::USER_AGENT;

/// Where the document is.
const PATH: &str = "/api/v1/status";

/// Maximum number of paths that are tried.
const MAX_PREFIXES: usize = 5;

/// Maximum size of a document: that of 10,000 endpoints.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Why there is no document. The texts follow the URL.
#[derive(Debug, thiserror::Error)]
pub(super) enum RemoteError {
    #[error("cannot connect: {0}")]
    Connect(String),
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    #[error("it requires a login; write it to the file of --http.config.file")]
    Login,
    #[error("it does not accept the login in the file of --http.config.file")]
    Refused,
    #[error("its certificate is not trusted ({0}); set tls_config.ca_file in the file of --http.config.file")]
    Untrusted(String),
    #[error(
        "it requires a client certificate; set tls_config.cert_file and key_file in the file of --http.config.file"
    )]
    NoCertificate,
    #[error("status {0}; is it a runpod-exporter?")]
    Status(StatusCode),
    #[error("it is not the status of a runpod-exporter{0}")]
    Content(String),
    #[error("the peer does not speak TLS; try http://")]
    NoTls,
    #[error("the peer does not speak HTTP; try https://")]
    NoHttp,
    #[error("the status is larger than 64 MiB")]
    TooLarge,
    #[error("it has no data yet; wait for its first scrape")]
    NoData,
}

impl RemoteError {
    /// Whether there is an exporter, which was not given what it requires.
    pub(super) fn is_about_access(&self) -> bool {
        matches!(self, Self::Login | Self::Refused | Self::Untrusted(_) | Self::NoCertificate)
    }
}

/// The status of the exporter at this URL, which may be that of one of its pages, such as `/metrics`.
pub(super) async fn fetch(base: &Url, client: &HttpClient, timeout: Duration) -> Result<Value, RemoteError> {
    let mut first = None;
    for url in status_urls(base) {
        match fetch_document(base, url, client, timeout).await {
            // A login and a page that does not exist say nothing about the other paths.
            Err(error @ (RemoteError::Status(StatusCode::NOT_FOUND) | RemoteError::Content(_))) => {
                first.get_or_insert(error);
            }
            result => return result,
        }
    }
    Err(first.unwrap_or(RemoteError::Status(StatusCode::NOT_FOUND)))
}

async fn fetch_document(
    base: &Url,
    url: Url,
    client: &HttpClient,
    timeout: Duration,
) -> Result<Value, RemoteError> {
    // An error means that a client with the same provider was made before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = Client::builder().user_agent(USER_AGENT).timeout(timeout);
    // Without TLS, a system without root certificates is enough.
    let builder = if base.scheme() == "https" { builder } else { builder.tls_certs_only([]) };
    let builder = client.apply(builder);
    let builder = if runpod::is_loopback(base) { builder.no_proxy() } else { builder };
    let failed = |error: reqwest::Error| connect_error(&error, timeout);
    let response = builder.build().map_err(failed)?.get(url).send().await.map_err(failed)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED if client.has_login() => return Err(RemoteError::Refused),
        StatusCode::UNAUTHORIZED => return Err(RemoteError::Login),
        status => return Err(RemoteError::Status(status)),
    }
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let content_type = content_type.filter(|kind| !kind.contains("json"));
    let content = content_type.map(|kind| format!(", it is {kind}")).unwrap_or_default();
    parse(&body(response, timeout).await?, content)
}

/// The document on standard input.
pub(super) fn read_stdin() -> Result<Value, RemoteError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let read = std::io::stdin().lock().take(limit).read_to_end(&mut bytes);
    read.map_err(|error| RemoteError::Connect(error.to_string()))?;
    let content = if bytes.is_empty() { ", it is empty" } else { "" };
    parse(&bytes, content.to_owned())
}

/// The document in these bytes. `content` says what they are, if they are something else.
fn parse(bytes: &[u8], content: String) -> Result<Value, RemoteError> {
    let Ok(document) = serde_json::from_slice::<Value>(bytes) else {
        return Err(RemoteError::Content(content));
    };
    match document.get("accounts").and_then(Value::as_array) {
        None => Err(RemoteError::Content(content)),
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
    let cause = cause.to_string();
    if cause.contains("InvalidContentType") {
        RemoteError::NoTls
    } else if cause.contains("invalid peer certificate") {
        RemoteError::Untrusted(cause)
    } else if cause.contains("CertificateRequired") {
        RemoteError::NoCertificate
    } else if cause.contains("invalid HTTP version") {
        RemoteError::NoHttp
    } else {
        RemoteError::Connect(cause)
    }
}

/// The URLs at which the document of an exporter may be, the most likely first: the exporter may be behind a prefix, and the
/// URL may be that of the document or of any page.
fn status_urls(base: &Url) -> Vec<Url> {
    let at = |path: &str| {
        let mut url = base.clone();
        url.set_path(path);
        url
    };
    let prefix = base.path().trim_end_matches('/');
    if prefix.ends_with(PATH) {
        return vec![at(prefix)];
    }
    let prefixes = std::iter::successors(Some(prefix), |prefix| parent(prefix)).take(MAX_PREFIXES);
    prefixes.map(|prefix| at(&format!("{prefix}{PATH}"))).collect()
}

/// The path without its last part.
fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(parent, _)| parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_may_be_that_of_any_page_or_of_the_document() {
        let root = "http://a:1/api/v1/status";
        for (base, urls) in [
            ("http://a:1", &[root][..]),
            ("http://a:1/", &[root]),
            ("http://a:1/api/v1/status", &[root]),
            ("http://a:1/metrics", &["http://a:1/metrics/api/v1/status", root]),
            ("https://a/runpod/", &["https://a/runpod/api/v1/status", "https://a/api/v1/status"]),
        ] {
            let found = status_urls(&base.parse().unwrap());
            assert_eq!(found.iter().map(Url::as_str).collect::<Vec<_>>(), urls);
        }
        let deep = format!("http://a:1/{}", "x/".repeat(100));
        assert_eq!(status_urls(&deep.parse().unwrap()).len(), MAX_PREFIXES);
    }
}
