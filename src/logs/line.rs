//! A line of a log.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Level;
use runpod::wire;

/// The stream that a line was written to: a closed set, and the value of the `source` label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// The output of the container. The default for lines that do not name a stream.
    Container,
    /// Messages of the host about the container.
    System,
}

/// Maximum difference between the clocks of a worker and the exporter. A time further ahead is unknown.
const CLOCK_DIFFERENCE: SignedDuration = SignedDuration::from_hours(24);

/// The start of 2022, the year in which Runpod began. A time before it is unknown.
const RUNPOD_BEGAN: Timestamp = Timestamp::constant(*runpod::DATES.start(), 0);

/// A text that does not name a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid source \"{0}\"; use container or system")]
pub struct StreamError(String);

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was written; `None` if the timestamp is missing or invalid.
    pub timestamp: Option<Timestamp>,
    /// The stream that it was written to.
    pub source: Stream,
    /// Its severity.
    pub level: Level,
    /// The id of the worker that wrote it; `None` for a pod, or if the API does not report it.
    pub worker: Option<Arc<str>>,
    /// The text, unchanged.
    pub text: String,
    /// Whether the line was too large, and the text says so instead.
    pub is_oversized: bool,
    /// The id after which a stream can be resumed.
    pub(super) id: Option<String>,
}

impl Stream {
    /// All streams.
    pub const ALL: [Self; 2] = [Self::Container, Self::System];

    /// The value of the `source` label, and Runpod's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::System => "system",
        }
    }
}

impl FromStr for Stream {
    type Err = StreamError;

    fn from_str(text: &str) -> Result<Self, StreamError> {
        let same = |source: &Self| source.as_str() == text;
        Self::ALL.into_iter().find(same).ok_or_else(|| StreamError(text.to_owned()))
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Line {
    /// Converts a line of the API that was received at `now`. `worker` is its worker if the line does not name one.
    pub(super) fn from_wire(wire: wire::Log, worker: Option<&Arc<str>>, now: Timestamp) -> Self {
        let wire::Log { id, ts, source, level, worker: own, line, is_oversized } = wire;
        let source = source.and_then(|source| source.to_ascii_lowercase().parse().ok());
        let source = source.unwrap_or(Stream::Container);
        let level = match Level::of(level.as_deref(), &line) {
            Level::Unknown if source == Stream::System => Level::of_host(&line).unwrap_or(Level::Unknown),
            level => level,
        };
        Self {
            timestamp: ts.and_then(|ts| timestamp(&ts)).filter(|timestamp| is_possible(*timestamp, now)),
            source,
            level,
            worker: own.map(Arc::from).or_else(|| worker.cloned()),
            text: line,
            is_oversized,
            id,
        }
    }
}

/// Whether a line can have been written at this time. A later one would be the newest line forever, and a stream would
/// always be resumed before it. An earlier one is not a time, such as the number of an event.
fn is_possible(timestamp: Timestamp, now: Timestamp) -> bool {
    timestamp >= RUNPOD_BEGAN && timestamp <= now.saturating_add(CLOCK_DIFFERENCE).unwrap_or(Timestamp::MAX)
}

/// Parses RFC 3339 or a Unix timestamp in milliseconds.
fn timestamp(text: &str) -> Option<Timestamp> {
    let milliseconds = || Timestamp::from_millisecond(text.parse().ok()?).ok();
    text.parse().ok().or_else(milliseconds)
}
