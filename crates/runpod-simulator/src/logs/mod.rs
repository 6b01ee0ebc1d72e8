//! Logs on their way: the lines of a worker or a pod as a stream that goes on with the world.
//!
//! What is written is up to the world; who may read it, to the APIs.

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

use super::world::{Endpoint, LogLine, Pod, World};

pub(super) mod jobs;

/// How often it is looked whether the world has gone on: its clock tells nobody when it moves.
const LOOK: Duration = Duration::from_millis(50);

/// Lines that are given where nobody says how many.
pub(super) const TAIL: usize = 100;

/// Who writes.
#[derive(Debug, Clone)]
pub(super) enum Writer {
    Worker(Arc<Endpoint>, String),
    Pod(Pod),
}

/// From where on lines are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Begin {
    /// So many of the last ones.
    Tail(usize),
    /// Those behind a moment.
    After(Timestamp),
    /// Those of a moment and behind it.
    At(Timestamp),
}

/// A stream of lines that has not begun.
#[derive(Debug, Clone)]
pub(super) struct Feed {
    pub(super) world: World,
    pub(super) writer: Writer,
    pub(super) from: Begin,
    /// Whether only what the host writes is wanted, or only what the container does.
    pub(super) system: Option<bool>,
    /// After how many lines the connection breaks.
    pub(super) cut: Option<usize>,
}

/// A line as the REST API writes it.
#[derive(Debug, Serialize)]
struct Data<'a> {
    source: &'a str,
    line: &'a str,
    ts: String,
}

/// On an answer whose connection is to break: after how many lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut(pub(super) usize);

/// A stream that runs.
struct Running {
    feed: Feed,
    queue: VecDeque<LogLine>,
    /// Until when lines were taken from the world.
    reached: Timestamp,
    sent: usize,
}

impl Writer {
    /// What is written after a moment and until another; nothing at all if the writer is gone.
    fn lines(&self, world: &World, after: Option<Timestamp>, until: Timestamp) -> Option<Vec<LogLine>> {
        let mut lines = match self {
            Self::Worker(endpoint, id) => {
                world.endpoint(&endpoint.configuration().id)?;
                world.worker_log(endpoint, id)?
            }
            Self::Pod(pod) => world.pod_log(pod, after),
        };
        lines.retain(|line| after.is_none_or(|after| line.at > after) && line.at <= until);
        Some(lines)
    }
}

impl Feed {
    /// The lines that are there already. Nothing if there is no such writer.
    pub(super) fn past(&self, until: Timestamp) -> Option<Vec<LogLine>> {
        let before = |at: Timestamp| at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at);
        let (after, tail) = match self.from {
            Begin::Tail(tail) => (None, tail),
            Begin::After(at) => (Some(at), usize::MAX),
            Begin::At(at) => (Some(before(at)), usize::MAX),
        };
        let mut lines = self.writer.lines(&self.world, after, until)?;
        lines.retain(|line| self.wants(line));
        lines.drain(..lines.len().saturating_sub(tail));
        Some(lines)
    }

    fn wants(&self, line: &LogLine) -> bool {
        self.system.is_none_or(|system| line.system == system)
    }
}

impl Running {
    /// The next event; its half and then an error where the connection is to break; nothing when the writer is gone.
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        loop {
            if self.feed.cut.is_some_and(|cut| self.sent > cut) {
                sleep(LOOK).await; // what was sent is on its way first
                return Some((Err(io::ErrorKind::ConnectionAborted.into()), self));
            }
            if let Some(line) = self.queue.pop_front() {
                self.sent += 1;
                let mut event = event(&line);
                if self.feed.cut.is_some_and(|cut| self.sent > cut) {
                    event.truncate(event.len() / 2);
                }
                return Some((Ok(event), self));
            }
            sleep(LOOK).await;
            let (world, until) = (&self.feed.world, self.feed.world.settled());
            let mut lines = self.feed.writer.lines(world, Some(self.reached), until)?;
            self.reached = until.max(self.reached);
            lines.retain(|line| self.feed.wants(line));
            self.queue.extend(lines);
        }
    }
}

impl IntoResponse for Feed {
    fn into_response(self) -> Response {
        let reached = self.world.settled();
        let queue = self.past(reached).unwrap_or_default().into();
        let running = Running { feed: self, queue, reached, sent: 0 };
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
