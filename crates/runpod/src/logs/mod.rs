//! Logs. Runpod has them in three places: the REST API streams those of a pod or a worker; the job API returns the recent
//! lines of an endpoint; and the documented shape of the job API streams the lines of an endpoint over a WebSocket.
//!
//! Which place to use, what a line means, and how a broken stream is resumed does not belong here.

mod event;
mod recent;
mod socket;
mod sse;
mod stream;
mod text_lines;
mod window;

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use url::Url;

pub use self::sse::read_events;
pub use self::stream::LogStream;
use self::stream::redacted;
pub use self::window::{LogSubject, LogWindow};
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::transport::{Call, Transport};
use crate::urls::below;
use crate::wire;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The logs of an account.
#[derive(Debug, Clone, Copy)]
pub struct Logs<'r> {
    transport: &'r Arc<Transport>,
    rest: &'r Url,
    jobs: &'r Url,
}

impl<'r> Logs<'r> {
    /// Logs from the REST API and the job API at these base URLs.
    pub(crate) const fn new(transport: &'r Arc<Transport>, rest: &'r Url, jobs: &'r Url) -> Self {
        Self { transport, rest, jobs }
    }

    /// Streams the lines of a pod or a worker: those in the window, then new ones as they are written. Counts against the
    /// REST quota once, however long it lasts.
    ///
    /// # Errors
    /// Fails if the stream cannot be opened before the deadline. Later failures come from [`LogStream::next`].
    pub async fn stream(
        &self,
        subject: &LogSubject,
        window: &LogWindow,
        deadline: Instant,
    ) -> Result<LogStream, RequestError> {
        let path: Vec<&str> = match subject {
            LogSubject::Pod(id) => vec!["pods", id, "logs"],
            LogSubject::Worker { endpoint, worker } => {
                vec!["serverless", endpoint, "workers", worker, "logs"]
            }
        };
        let (tail, since) = (window.tail.map(|tail| tail.to_string()), window.since.map(|at| at.to_string()));
        let mut query: Vec<(&str, &str)> =
            window.source.map(|source| ("source", source)).into_iter().collect();
        match (&since, &tail) {
            _ if window.after.is_some() => {}
            (Some(since), _) => query.push(("since", since)),
            (None, Some(tail)) => query.push(("tail", tail)),
            (None, None) => {}
        }
        let url = below(self.rest, &path, &query);
        let call = Call::get(Api::Rest, Operation::Logs, url, deadline).checked_path(&path);
        let open = async {
            let headers = stream_headers(window.after.as_deref())?;
            sse::lines(self.transport.head(&call, headers).await?)
        };
        let lines = self.transport.open(&call, open).await?;
        Ok(LogStream::new(lines, Arc::clone(self.transport), call))
    }

    /// The recent lines of an endpoint (`GET {jobs}/{endpoint_id}/logs`), by default 500 of the last 24 hours before `now`.
    ///
    /// # Errors
    /// Fails if the request fails, or if the response contains no list of lines.
    pub async fn recent(
        &self,
        endpoint_id: &str,
        window: &LogWindow,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Vec<wire::Log>, RequestError> {
        let lines = recent::lines(self.transport, self.jobs, endpoint_id, window, now, deadline).await?;
        Ok(lines.into_iter().map(|log| redacted(self.transport, log)).collect())
    }

    /// Streams the new lines of all workers of an endpoint (WebSocket `{jobs}/{endpoint_id}/logs/stream`), where the job
    /// API has the documented shape.
    ///
    /// # Errors
    /// Fails if the WebSocket cannot be opened before the deadline. Later failures come from [`LogStream::next`].
    pub async fn socket(&self, endpoint_id: &str, deadline: Instant) -> Result<LogStream, RequestError> {
        let path = [endpoint_id, "logs", "stream"];
        let url = below(self.jobs, &path, &[]);
        let call = Call::get(Api::Jobs, Operation::Logs, url, deadline)
            .for_endpoint(endpoint_id)
            .checked_path(&path);
        let lines = Box::pin(self.transport.open(&call, socket::lines(self.transport, &call))).await?;
        Ok(LogStream::new(lines, Arc::clone(self.transport), call))
    }
}

/// The headers of a stream that starts after the line with this id.
fn stream_headers(after: Option<&str>) -> Result<HeaderMap, Reason> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    // Compression buffers lines, and a line is wanted when it is written.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(after) = after {
        let id = HeaderValue::from_str(after);
        let id = id.map_err(|_unsendable| Reason::Decode { cause: "invalid id of a log line".into() })?;
        headers.insert(LAST_EVENT_ID, id);
    }
    Ok(headers)
}
