//! A request to send, and the response to it.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::StatusCode;
use tokio::time::Instant;
use url::Url;

use super::keys::Credential;
use crate::backoff::Subject;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::urls::is_segment;

/// A request to send.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) subject: Subject,
    pub(crate) url: Url,
    /// A JSON body: with one the request is a POST, without a GET. Both only read, so that a retry is harmless.
    pub(crate) body: Option<Bytes>,
    pub(crate) credential: Credential,
    /// Maximum size of the response body in bytes, in addition to the limit of the client.
    pub(crate) body_limit: usize,
    pub(crate) deadline: Instant,
    /// Whether its path names one resource. Otherwise it is not sent.
    pub(crate) is_usable: bool,
}

impl Call {
    /// A GET with the key of the account.
    pub(crate) const fn get(api: Api, operation: Operation, url: Url, deadline: Instant) -> Self {
        let subject = Subject { api, operation, endpoint: None };
        let (body, credential, body_limit) = (None, Credential::Account, usize::MAX);
        Self { subject, url, body, credential, body_limit, deadline, is_usable: true }
    }

    /// The same, not to be sent if an id in its path is not a segment of it.
    pub(crate) fn checked_path(self, segments: &[&str]) -> Self {
        Self { is_usable: segments.iter().all(|segment| is_segment(segment)), ..self }
    }

    /// The same, to the job API of an endpoint.
    pub(crate) fn for_endpoint(self, endpoint_id: &str) -> Self {
        let subject = Subject { endpoint: Some(Arc::from(endpoint_id)), ..self.subject };
        Self { subject, ..self }
    }

    /// The failure of this call.
    pub(crate) fn error(&self, reason: Reason) -> RequestError {
        let Subject { api, operation, .. } = self.subject;
        let reason = match reason {
            Reason::Unauthorized if self.credential == Credential::Metrics => Reason::MetricsUnauthorized,
            reason => reason,
        };
        RequestError { api, operation, peer: peer(&self.url), reason }
    }
}

/// A complete response with a status that may carry data: 2xx, or 400 for a rejected GraphQL document.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// Host and port, for errors. Never the whole URL: a configured base URL may contain anything.
pub(crate) fn peer(url: &Url) -> Arc<str> {
    let host = url.host_str().unwrap_or("?");
    url.port().map_or_else(|| host.into(), |port| format!("{host}:{port}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peer_is_only_host_and_port() {
        let url = Url::parse("https://gateway.example:8443/a/b?c=d").unwrap();
        assert_eq!(&*peer(&url), "gateway.example:8443");
    }
}
