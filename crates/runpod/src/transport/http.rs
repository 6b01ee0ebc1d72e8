//! One HTTP exchange: the request with its key, the response within the size limit, the quota on the way.
//!
//! When a request is sent, and whether it is retried, does not belong here.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{RequestBuilder, Response, StatusCode};

use super::body;
use super::call::{Call, RawResponse};
use super::counted::Counted;
use super::intercepted::Intercepted;
use super::keys::{Credential, Keys};
use super::pool::{Connection, Lease, Pool};
use super::refusal::{network, refusal};
use crate::error::Reason;
use crate::intercept::Parts;
use crate::operation::Api;
use crate::quota::Quota;
use clock::Clock;

/// Maximum size of an error page in bytes. It is read only to distinguish the firewall's 403 from Runpod's.
const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// What an exchange needs.
pub(super) struct Http {
    pub(super) account: Arc<str>,
    pub(super) pool: Pool,
    pub(super) keys: Keys,
    pub(super) quota: Quota,
    /// Maximum size of a response body, in bytes.
    pub(super) body_limit: usize,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) intercepted: Intercepted,
}

/// A response whose body arrives over time.
pub(crate) struct Opened {
    response: Response,
    /// Its place on the connection, which carries a limited number of streams.
    _lease: Lease,
    parts: Option<Parts>,
}

impl Opened {
    /// The headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next part of the body; `None` at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Reason> {
        let chunk = self.response.chunk().await.map_err(network)?;
        if let (Some(chunk), Some(parts)) = (&chunk, &mut self.parts) {
            parts(chunk);
        }
        Ok(chunk)
    }
}

impl Http {
    /// Sends the request and reads the response.
    pub(super) async fn exchange(&self, call: &Call, connection: Connection) -> Result<RawResponse, Reason> {
        let lease = self.pool.lease(connection);
        let mut response = self.send(call, self.with_key(call, lease.request(call))).await?;
        let status = response.status();
        if status.is_success() || status == StatusCode::BAD_REQUEST {
            let body = body::read(&mut response, self.body_limit.min(call.body_limit)).await;
            let body = body.inspect_err(|reason| self.intercepted.unread(call, reason))?;
            let body = self.keys.redact_json(body);
            self.intercepted.answered(call, status, response.headers(), &body);
            return Ok(RawResponse { status, body });
        }
        Err(self.refused(call, &mut response).await)
    }

    /// Sends the request with more headers, and returns the head of a response with 2xx.
    pub(super) async fn head(&self, call: &Call, headers: HeaderMap) -> Result<Opened, Reason> {
        let lease = self.pool.lease(Connection::Pooled);
        let request = self.with_key(call, lease.request(call)).headers(headers);
        let mut response = self.send(call, request).await?;
        if response.status().is_success() {
            let parts = self.intercepted.opened(call, &response);
            return Ok(Opened { response, _lease: lease, parts });
        }
        Err(self.refused(call, &mut response).await)
    }

    /// What a status other than 2xx means.
    pub(super) fn refusal(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Reason {
        refusal(status, headers, body, &*self.clock)
    }

    /// Logs the beginning of a body at debug level, without the keys.
    pub(super) fn debug_body(&self, call: &Call, status: StatusCode, body: &[u8]) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let text = body::excerpt(body, |text| self.keys.redact(text));
            let (api, operation) = (call.subject.api.as_str(), call.subject.operation.as_str());
            tracing::debug!(account = &*self.account, api, operation, status = status.as_u16(), body = ?text, "upstream body");
        }
    }

    fn with_key(&self, call: &Call, request: RequestBuilder) -> RequestBuilder {
        match self.keys.header(call.credential) {
            Some(header) => request.header(AUTHORIZATION, header),
            None => request,
        }
    }

    async fn send(&self, call: &Call, request: RequestBuilder) -> Result<Response, Reason> {
        let is_counted = call.subject.api == Api::Rest && call.credential != Credential::Anonymous;
        let counted = is_counted.then(|| Counted::sent(&self.quota));
        let response = match self.intercepted.answer(call) {
            Some(answer) => answer?,
            None => request.send().await.map_err(|error| self.pool.explain(call, network(error)))?,
        };
        if let Some(counted) = counted {
            counted.responded(response.status(), response.headers(), |name| self.keys.are_in(name));
        }
        Ok(response)
    }

    async fn refused(&self, call: &Call, response: &mut Response) -> Reason {
        // An error page that cannot be read is treated like an empty one.
        let body = body::read(response, ERROR_BODY_LIMIT).await.unwrap_or_default();
        let status = response.status();
        self.debug_body(call, status, &body);
        let redacted = self.keys.redact_json(body.clone());
        self.intercepted.answered(call, status, response.headers(), &redacted);
        self.refusal(status, response.headers(), &body)
    }
}
