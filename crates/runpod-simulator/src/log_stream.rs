//! Log lines of a worker or a pod as a stream of server-sent events that continues as the
//! world develops.
//!
//! Which lines there are, and who may read them, does not belong here.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::time::sleep;

use crate::world::{Endpoint, LogLine, Pod, World};

/// How often a stream looks for new lines. It polls, because a clock does not notify anyone when it moves.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The worker or pod that writes the lines.
#[derive(Debug, Clone)]
pub(crate) enum LogSource {
    Worker(Arc<Endpoint>, String),
    Pod(Pod),
}

/// The first line of a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StartAt {
    /// This number of existing lines.
    Tail(usize),
    /// Lines after a timestamp.
    After(Timestamp),
    /// Lines at or after a timestamp.
    At(Timestamp),
}

/// A stream of lines that has not started. As a response it has no end.
#[derive(Debug, Clone)]
pub(crate) struct LogStream {
    pub(crate) world: World,
    pub(crate) source: LogSource,
    pub(crate) start: StartAt,
    /// Only lines of the host, or only lines of the container.
    pub(crate) system: Option<bool>,
    /// After how many lines the connection breaks.
    pub(crate) cut: Option<usize>,
}

/// A line in the form of the REST API.
#[derive(Debug, Serialize)]
struct Data<'a> {
    source: &'a str,
    line: &'a str,
    ts: String,
}

/// A stream that has started.
struct Running {
    stream: LogStream,
    queue: VecDeque<LogLine>,
    /// Until when lines were read from the world.
    reached: Timestamp,
    sent: usize,
}

impl LogSource {
    /// Whether its endpoint exists. Pods always do.
    fn is_known(&self, world: &World) -> bool {
        match self {
            Self::Worker(endpoint, _) => world.endpoint(&endpoint.configuration().id).is_some(),
            Self::Pod(_) => true,
        }
    }

    /// The lines after one timestamp and until another; `None` if the worker or its endpoint no longer exists.
    fn lines(&self, world: &World, after: Option<Timestamp>, until: Timestamp) -> Option<Vec<LogLine>> {
        let mut lines = match self {
            Self::Worker(endpoint, id) => {
                world.endpoint(&endpoint.configuration().id)?;
                world.worker_log_after(endpoint, id, after)?
            }
            Self::Pod(pod) => world.pod_log(pod, after),
        };
        lines.retain(|line| after.is_none_or(|after| line.at > after) && line.at <= until);
        Some(lines)
    }
}

impl LogStream {
    /// The lines that exist already; `None` if the worker or its endpoint does not exist.
    pub(crate) fn past(&self, until: Timestamp) -> Option<Vec<LogLine>> {
        let before = |at: Timestamp| at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at);
        let (after, tail) = match self.start {
            StartAt::Tail(tail) => (None, tail),
            StartAt::After(at) => (Some(at), usize::MAX),
            StartAt::At(at) => (Some(before(at)), usize::MAX),
        };
        let mut lines = self.source.lines(&self.world, after, until)?;
        lines.retain(|line| self.includes(line));
        lines.drain(..lines.len().saturating_sub(tail));
        Some(lines)
    }

    fn includes(&self, line: &LogLine) -> bool {
        self.system.is_none_or(|system| line.system == system)
    }
}

impl Running {
    /// The next event. Where the connection is to break, half an event and then an error; `None` once the source is gone.
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        loop {
            if self.stream.cut.is_some_and(|cut| self.sent > cut) {
                sleep(POLL_INTERVAL).await; // let the client receive the rest first
                return Some((Err(io::ErrorKind::ConnectionAborted.into()), self));
            }
            if let Some(line) = self.queue.pop_front() {
                self.sent += 1;
                let mut event = event(&line);
                if self.stream.cut.is_some_and(|cut| self.sent > cut) {
                    event.truncate(event.len() / 2);
                }
                return Some((Ok(event), self));
            }
            sleep(POLL_INTERVAL).await;
            let (world, until) = (&self.stream.world, self.stream.world.logged_until());
            if until <= self.reached && self.stream.source.is_known(world) {
                continue; // the clock has not moved
            }
            let mut lines = self.stream.source.lines(world, Some(self.reached), until)?;
            self.reached = until.max(self.reached);
            lines.retain(|line| self.stream.includes(line));
            self.queue.extend(lines);
        }
    }
}

impl IntoResponse for LogStream {
    fn into_response(self) -> Response {
        let reached = self.world.logged_until();
        let queue = self.past(reached).unwrap_or_default().into();
        let running = Running { stream: self, queue, reached, sent: 0 };
        let events = stream::unfold(running, Running::next);
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
        ];
        (StatusCode::OK, headers, Body::from_stream(events)).into_response()
    }
}

fn event(line: &LogLine) -> Bytes {
    let ts = line.at.to_string();
    let source = if line.system { "system" } else { "container" };
    let data = Data { source, line: &line.text, ts: ts.clone() };
    let data = serde_json::to_string(&data).unwrap_or_default();
    format!("id: {ts}\ndata: {data}\n\n").into()
}
