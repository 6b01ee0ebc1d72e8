//! Several streams become one: their lines by time.
//!
//! A stream is in order by itself, and stays so: a line whose moment is before that of the one before it in its stream
//! counts as of that moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::Line;

/// Lines that wait for earlier ones of other streams.
#[derive(Debug)]
pub struct Merge {
    hold: Duration,
    /// The moment that each stream has got to.
    reached: HashMap<Option<Arc<str>>, Timestamp>,
    waiting: Vec<(Timestamp, Instant, Line)>,
    /// When the first of them came.
    oldest: Option<Instant>,
}

impl Merge {
    /// A line is held for so long before it goes out; for ever, until [`Self::finish`], if it never does by itself.
    pub fn new(hold: Duration) -> Self {
        Self { hold, reached: HashMap::new(), waiting: Vec::new(), oldest: None }
    }

    /// A line has come, now.
    pub fn push(&mut self, line: Line, now: Instant) {
        let reached = self.reached.entry(line.worker.clone()).or_insert(Timestamp::MIN);
        *reached = line.moment.map_or(*reached, |moment| moment.max(*reached));
        self.waiting.push((*reached, now, line));
        self.oldest.get_or_insert(now);
    }

    /// When the next lines go out.
    pub fn due(&self) -> Option<Instant> {
        self.oldest?.checked_add(self.hold)
    }

    /// The lines that go out now: those that were held long enough, and what is earlier than they are.
    pub fn take(&mut self, now: Instant) -> Vec<Line> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new(); // asked at each line that comes
        }
        let held =
            |(_, came, _): &&(Timestamp, Instant, Line)| now.saturating_duration_since(*came) >= self.hold;
        let Some(last) = self.waiting.iter().filter(held).map(|(moment, ..)| *moment).max() else {
            return Vec::new();
        };
        self.waiting.sort_by_key(|(moment, ..)| *moment); // stable: what came first stays first
        let rest = self.waiting.partition_point(|(moment, ..)| *moment <= last);
        let lines = self.waiting.drain(..rest).map(|(.., line)| line).collect();
        self.oldest = self.waiting.iter().map(|(_, came, _)| *came).min();
        lines
    }

    /// All lines that are left.
    pub fn finish(&mut self) -> Vec<Line> {
        self.oldest = None;
        self.waiting.sort_by_key(|(moment, ..)| *moment);
        self.waiting.drain(..).map(|(.., line)| line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Level, Stream};

    fn line(worker: &str, second: i64) -> Line {
        Line {
            moment: Some(Timestamp::from_second(second).unwrap()),
            source: Stream::Container,
            level: Level::Unknown,
            worker: Some(worker.into()),
            text: format!("{worker}{second}"),
            id: None,
        }
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| &*line.text).collect()
    }

    #[tokio::test]
    async fn lines_go_out_by_time_once_they_were_held() {
        let (now, hold) = (Instant::now(), Duration::from_secs(1));
        let mut merge = Merge::new(hold);
        merge.push(line("a", 5), now);
        merge.push(line("b", 3), now + hold / 2);
        merge.push(line("b", 9), now + hold / 2);
        assert_eq!(merge.due(), Some(now + hold));
        assert!(merge.take(now).is_empty());
        assert_eq!(texts(&merge.take(now + hold)), ["b3", "a5"], "the later one waits");
        assert_eq!(texts(&merge.finish()), ["b9"]);
        assert_eq!(merge.due(), None);
    }

    #[tokio::test]
    async fn a_stream_keeps_its_own_order() {
        let mut merge = Merge::new(Duration::ZERO);
        let now = Instant::now();
        for line in [line("a", 5), line("a", 2), line("b", 3)] {
            merge.push(line, now);
        }
        assert_eq!(texts(&merge.take(now)), ["b3", "a5", "a2"]);
    }
}
