//! Logs, from the three places where Runpod tells them: the REST API streams those of a pod or a worker; the job API
//! gives the last ones of an endpoint; and in the documented shape it streams them over a WebSocket.
//!
//! Which place is asked, what a line means, and how a stream that broke is resumed does not belong here: see `logs/`.

mod snapshot;
mod socket;
mod sse;

use std::fmt;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use url::Url;

use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::rest::Rest;
use crate::transport::{Call, Transport, peer};
use crate::wire;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Whose logs the REST API streams.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are ids")]
pub enum LogSubject {
    Pod(Arc<str>),
    Worker { endpoint: Arc<str>, worker: Arc<str> },
}

/// From where on lines are wanted. A place counts before a moment, and that before a number, as the REST API has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogWindow {
    /// The id of the last line that is known.
    pub after: Option<String>,
    /// The moment of the oldest line that is wanted.
    pub since: Option<Timestamp>,
    /// How many of the last lines are wanted.
    pub tail: Option<u32>,
    /// `container` or `system`, if only one of them is wanted.
    pub source: Option<&'static str>,
}

/// The ways to the logs of an account.
#[derive(Debug, Clone, Copy)]
pub struct Logs<'r> {
    pub(super) transport: &'r Arc<Transport>,
    pub(super) rest: &'r Rest,
    pub(super) jobs: &'r Url,
}

/// Lines as they come, for as long as the connection lasts.
pub struct LogStream {
    lines: Pin<Box<dyn Stream<Item = Result<wire::Log, Reason>> + Send>>,
    transport: Arc<Transport>,
    api: Api,
    peer: Arc<str>,
}

impl Logs<'_> {
    /// Streams what a pod or a worker writes, and has written in the window. Counts against the quota once, however long
    /// it lasts.
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
        let call = Call::get(Api::Rest, Operation::Logs, self.rest.url(&path, &query), deadline);
        let call = Call { shard: shard(&path), ..call };
        let begin = async {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
            // Compression waits for more to compress; a line is wanted when it is written.
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            if let Some(after) = &window.after {
                let id = HeaderValue::from_str(after);
                headers.insert(
                    LAST_EVENT_ID,
                    id.map_err(|_unsendable| Reason::Decode { cause: "invalid id of a log line".into() })?,
                );
            }
            sse::lines(self.transport.head(&call, headers).await?)
        };
        let lines = self.transport.open(&call, begin).await?;
        Ok(self.wrap(lines, &call))
    }

    /// The last lines of an endpoint, as the job API tells them.
    pub async fn snapshot(
        &self,
        endpoint_id: &str,
        window: &LogWindow,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Vec<wire::Log>, RequestError> {
        let lines = snapshot::lines(self.transport, self.jobs, endpoint_id, window, now, deadline).await?;
        Ok(lines.into_iter().map(|log| discreet(self.transport, log)).collect())
    }

    /// Streams what the workers of an endpoint write from now on, where the job API has the documented shape.
    pub async fn socket(&self, endpoint_id: &str, deadline: Instant) -> Result<LogStream, RequestError> {
        let url = below(self.jobs, endpoint_id, &["logs", "stream"]);
        let endpoint = Some(Arc::from(endpoint_id));
        let call = Call { endpoint, ..Call::get(Api::Jobs, Operation::Logs, url, deadline) };
        let lines = Box::pin(self.transport.open(&call, socket::lines(self.transport, &call))).await?;
        Ok(self.wrap(lines, &call))
    }

    fn wrap(
        &self,
        lines: impl Stream<Item = Result<wire::Log, Reason>> + Send + 'static,
        call: &Call,
    ) -> LogStream {
        let (transport, peer) = (Arc::clone(self.transport), peer(&call.url));
        LogStream { lines: lines.boxed(), transport, api: call.api, peer }
    }
}

impl LogStream {
    /// The next line; `None` when the server has ended the stream.
    pub async fn next(&mut self) -> Option<Result<wire::Log, RequestError>> {
        let (api, peer) = (self.api, Arc::clone(&self.peer));
        let error = |reason| RequestError { api, operation: Operation::Logs, peer, reason };
        let line = self.lines.next().await?;
        Some(line.map(|log| discreet(&self.transport, log)).map_err(error))
    }
}

/// The line without the key: a program may print its own environment, and what is printed here is passed on.
fn discreet(transport: &Transport, log: wire::Log) -> wire::Log {
    wire::Log { line: transport.redact(log.line), ..log }
}

impl fmt::Debug for LogStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogStream").field("api", &self.api).field("peer", &self.peer).finish_non_exhaustive()
    }
}

/// Streams stay open: those of many workers must not all be on one connection, which carries about a hundred.
fn shard(path: &[&str]) -> usize {
    let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(path);
    usize::try_from(hash >> 32).unwrap_or(0)
}

/// A path of the job API of an endpoint.
fn below(base: &Url, endpoint_id: &str, parts: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(endpoint_id).extend(parts);
    }
    url
}
