//! Merges the lines of several streams by time.
//!
//! The order within a stream does not change: a line whose timestamp is before that of its predecessor is sorted as if it
//! had the predecessor's timestamp. The lines of the container and those of the host are separate streams, which an API may send
//! one after the other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{Line, Stream};

/// A stream of lines in order: those of the container or of the host of a worker.
type StreamKey = (Option<Arc<str>>, Stream);

/// Lines that wait for earlier lines of other streams.
#[derive(Debug)]
pub(crate) struct Merger {
    delay: Duration,
    /// The newest timestamp of each stream.
    newest: HashMap<StreamKey, Timestamp>,
    waiting: Vec<(Timestamp, Instant, Line)>,
    /// When the first of the waiting lines arrived.
    oldest: Option<Instant>,
}

impl Merger {
    /// A merger that delays each line by `delay`. With [`Duration::MAX`], lines wait until [`Self::finish`].
    pub(crate) fn new(delay: Duration) -> Self {
        Self { delay, newest: HashMap::new(), waiting: Vec::new(), oldest: None }
    }

    /// Adds a line that arrived at `now`.
    pub(crate) fn push(&mut self, line: Line, now: Instant) {
        let written = line.timestamp.map(|timestamp| self.within_its_second(timestamp, &line));
        let newest = self.newest.entry((line.worker.clone(), line.source)).or_insert(Timestamp::MIN);
        *newest = written.map_or(*newest, |timestamp| timestamp.max(*newest));
        self.waiting.push((*newest, now, line));
        self.oldest.get_or_insert(now);
    }

    /// When a line was written. The host's clock has whole seconds, so that its line about the end of a process seems older than
    /// the last lines of the process, after which it arrived.
    fn within_its_second(&self, timestamp: Timestamp, line: &Line) -> Timestamp {
        let is_whole = line.source == Stream::System && timestamp.subsec_nanosecond() == 0;
        let output = self.newest.get(&(line.worker.clone(), Stream::Container)).filter(|_| is_whole);
        let same_second = output.filter(|output| output.as_second() == timestamp.as_second());
        same_second.map_or(timestamp, |output| timestamp.max(*output))
    }

    /// When the next lines are due.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.oldest?.checked_add(self.delay)
    }

    /// Removes the lines that are due at `now`: those that have waited long enough, and all earlier ones.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<Line> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new(); // cheap, because it is called for each line
        }
        let has_waited = |(_, arrived, _): &&(Timestamp, Instant, Line)| {
            now.saturating_duration_since(*arrived) >= self.delay
        };
        let Some(last) = self.waiting.iter().filter(has_waited).map(|(timestamp, ..)| *timestamp).max()
        else {
            return Vec::new();
        };
        self.waiting.sort_by_key(|(timestamp, ..)| *timestamp); // stable: equal timestamps keep their order
        let due = self.waiting.partition_point(|(timestamp, ..)| *timestamp <= last);
        let lines = self.waiting.drain(..due).map(|(.., line)| line).collect();
        self.oldest = self.waiting.iter().map(|(_, arrived, _)| *arrived).min();
        lines
    }

    /// Removes all lines.
    pub(crate) fn finish(&mut self) -> Vec<Line> {
        self.oldest = None;
        self.waiting.sort_by_key(|(timestamp, ..)| *timestamp);
        self.waiting.drain(..).map(|(.., line)| line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Level;

    fn line(worker: &str, second: i64) -> Line {
        Line {
            timestamp: Some(Timestamp::from_second(second).unwrap()),
            source: Stream::Container,
            level: Level::Unknown,
            worker: Some(worker.into()),
            text: format!("{worker}{second}"),
            is_oversized: false,
            id: None,
        }
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| &*line.text).collect()
    }

    #[tokio::test]
    async fn lines_are_sorted_by_time_after_the_delay() {
        let (now, delay) = (Instant::now(), Duration::from_secs(1));
        let mut merger = Merger::new(delay);
        merger.push(line("a", 5), now);
        merger.push(line("b", 3), now + delay / 2);
        merger.push(line("b", 9), now + delay / 2);
        assert_eq!(merger.due(), Some(now + delay));
        assert!(merger.take_due(now).is_empty());
        assert_eq!(texts(&merger.take_due(now + delay)), ["b3", "a5"], "the later line waits");
        assert_eq!(texts(&merger.finish()), ["b9"]);
        assert_eq!(merger.due(), None);
    }

    #[tokio::test]
    async fn the_lines_of_the_host_and_of_the_container_are_sorted_by_time() {
        let at = |millis: i64, source, text: &str| Line {
            timestamp: Some(Timestamp::from_millisecond(millis).unwrap()),
            source,
            text: text.to_owned(),
            ..line("a", 0)
        };
        let mut merger = Merger::new(Duration::MAX);
        for (millis, source, text) in [
            (1_179, Stream::Container, "started"),
            (9_400, Stream::Container, "error"),
            (1_000, Stream::System, "create"),
            (9_000, Stream::System, "exited"),
            (9_600, Stream::Container, "started again"),
        ] {
            merger.push(at(millis, source, text), Instant::now());
        }
        let lines = merger.finish();
        assert_eq!(texts(&lines), ["create", "started", "error", "exited", "started again"]);
    }

    #[tokio::test]
    async fn a_stream_keeps_its_own_order() {
        let mut merger = Merger::new(Duration::ZERO);
        let now = Instant::now();
        for line in [line("a", 5), line("a", 2), line("b", 3)] {
            merger.push(line, now);
        }
        assert_eq!(texts(&merger.take_due(now)), ["b3", "a5", "a2"]);
    }
}
