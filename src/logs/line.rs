//! One line of a log.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;

use super::Level;
use runpod::wire;

/// What wrote a line, as the `source` label names it: a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// The container: what its program prints. Also where nobody says.
    Container,
    /// The host, on the life of the container.
    System,
}

/// A text that is no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid source \"{0}\"; use container or system")]
pub struct SourceError(String);

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was written, if it says so in a way that can be read.
    pub moment: Option<Timestamp>,
    /// What wrote it.
    pub source: Stream,
    /// How grave it is.
    pub level: Level,
    /// The worker that wrote it; `None` for a pod, and where the API does not say.
    pub worker: Option<Arc<str>>,
    /// As it was written.
    pub text: String,
    /// Where the stream can be resumed behind it.
    pub(super) id: Option<String>,
}

impl Stream {
    /// Every source.
    pub const ALL: [Self; 2] = [Self::Container, Self::System];

    /// The value of the `source` label, and Runpod's own word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::System => "system",
        }
    }
}

impl FromStr for Stream {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let same = |source: &Self| source.as_str() == text;
        Self::ALL.into_iter().find(same).ok_or_else(|| SourceError(text.to_owned()))
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Line {
    /// A line of this worker, unless it names another.
    pub(super) fn from_wire(wire: wire::Log, worker: Option<&Arc<str>>) -> Self {
        let wire::Log { id, ts, source, level, worker: named, line } = wire;
        let source = source.and_then(|source| source.to_ascii_lowercase().parse().ok());
        Self {
            moment: ts.and_then(|ts| moment(&ts)),
            source: source.unwrap_or(Stream::Container),
            level: Level::of(level.as_deref(), &line),
            worker: named.map(Arc::from).or_else(|| worker.cloned()),
            text: line,
            id,
        }
    }
}

/// RFC 3339, or milliseconds since 1970.
fn moment(text: &str) -> Option<Timestamp> {
    let number = || Timestamp::from_millisecond(text.parse().ok()?).ok();
    text.parse().ok().or_else(number)
}
