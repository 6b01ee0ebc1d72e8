//! The position in a stream: the window to request when a stream breaks, and the lines that are then sent again.
//!
//! Runpod resumes a stream after the id of a line, and the id is a timestamp. Several lines may share one, and whether
//! Runpod repeats the lines at the timestamp itself is not documented. So a stream is resumed one timestamp earlier than
//! necessary, where all following lines are certain to be sent again, and each repeated line is dropped as often as it
//! was received before.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use jiff::{SignedDuration, Timestamp};

use super::Line;
use runpod::LogWindow;

/// Maximum number of remembered lines: more than the API sends at once, and a few megabytes.
const MAX_REMEMBERED: usize = 50_000;

/// Identifies a line: its timestamp and a hash of its content.
type Fingerprint = (Timestamp, u64);

/// The position in a stream.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// The window of the first request.
    initial: LogWindow,
    /// The last line with the timestamp before the newest one: where the stream is resumed.
    resume: Option<Position>,
    /// The last line with the newest timestamp.
    newest: Option<Position>,
    /// The lines that may be repeated, in order.
    seen: VecDeque<(u64, Fingerprint)>,
    /// How often each of them is still expected to be repeated.
    expected: HashMap<Fingerprint, u32>,
    /// Number of lines.
    count: u64,
}

#[derive(Debug, Clone)]
struct Position {
    timestamp: Timestamp,
    id: Option<String>,
    /// Its number among the lines.
    number: u64,
}

impl Cursor {
    /// The cursor after reading panicked, when the position is lost: no line counts twice, and the line that caused the panic is
    /// not read again.
    pub(super) fn from_now_on(now: Timestamp, source: Option<&'static str>) -> Self {
        Self::new(LogWindow { since: Some(now), source, ..LogWindow::default() })
    }

    /// The position before the first line of a window.
    pub fn new(initial: LogWindow) -> Self {
        Self {
            initial,
            resume: None,
            newest: None,
            seen: VecDeque::new(),
            expected: HashMap::new(),
            count: 0,
        }
    }

    /// The window to request when a stream is opened or reopened. Lines that it repeats are expected from now on.
    pub fn window(&mut self) -> LogWindow {
        self.expected.clear();
        for (_, fingerprint) in &self.seen {
            *self.expected.entry(*fingerprint).or_default() += 1;
        }
        let mut window = self.initial.clone();
        match (&self.resume, &self.newest) {
            (Some(Position { id: Some(id), .. }), _) => window.after = Some(id.clone()),
            (Some(Position { timestamp, .. }), _) => window.since = Some(*timestamp),
            // All lines have the same timestamp: resume just before it.
            (None, Some(Position { timestamp, .. })) => {
                let before = timestamp.saturating_sub(SignedDuration::from_nanos(1));
                window.since = before.ok().or(Some(*timestamp));
            }
            (None, None) => {}
        }
        window
    }

    /// The stream was opened at `now`. If no older lines were requested, a stream that breaks before its first line is
    /// resumed from there.
    pub fn opened(&mut self, now: Timestamp) {
        if self.initial.tail == Some(0) && self.initial.since.is_none() {
            self.initial.since = Some(now);
        }
    }

    /// The newest timestamp of all lines.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.newest.as_ref().map(|newest| newest.timestamp)
    }

    /// Whether a line is new; if so, it is remembered. A line with neither a timestamp nor an id always is: nothing identifies
    /// it. One with only an id does not move the position.
    pub fn accept(&mut self, line: &Line) -> bool {
        let id = line.id.as_ref().filter(|_| line.timestamp.is_none());
        let Some(timestamp) = line.timestamp.or_else(|| id.map(|_| Timestamp::MIN)) else { return true };
        let hasher = BuildHasherDefault::<DefaultHasher>::new();
        let fingerprint = (timestamp, hasher.hash_one((line.source, &line.worker, &line.text, id)));
        if let Some(times) = self.expected.get_mut(&fingerprint).filter(|times| **times > 0) {
            *times -= 1;
            return false;
        }
        self.count += 1;
        if line.timestamp.is_some() {
            self.advance(timestamp, line.id.clone());
        }
        self.seen.push_back((self.count, fingerprint));
        if self.seen.len() > MAX_REMEMBERED {
            self.seen.pop_front();
        }
        true
    }

    fn advance(&mut self, timestamp: Timestamp, id: Option<String>) {
        let here = Position { timestamp, id, number: self.count };
        match self.newest.take() {
            // A late line does not move the position.
            Some(newest) if timestamp < newest.timestamp => self.newest = Some(newest),
            Some(newest) if timestamp == newest.timestamp => self.newest = Some(here),
            newest => {
                if let Some(newest) = newest {
                    let may_be_repeated = |(number, (timestamp, _)): &(u64, Fingerprint)| {
                        *number >= newest.number || *timestamp >= newest.timestamp
                    };
                    self.seen.retain(may_be_repeated);
                    self.resume = Some(newest);
                }
                self.newest = Some(here);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::{Level, Stream};

    fn line(second: i64, text: &str) -> Line {
        let timestamp = Timestamp::from_second(1_795_000_000 + second).unwrap();
        Line {
            timestamp: Some(timestamp),
            source: Stream::Container,
            level: Level::Unknown,
            worker: None,
            text: text.to_owned(),
            is_oversized: false,
            id: Some(timestamp.to_string()),
        }
    }

    /// The lines that a server sends for a window: from its position on, with or without the lines at that timestamp.
    fn serve<'l>(lines: &'l [Line], window: &LogWindow, inclusive: bool) -> &'l [Line] {
        let after = window.after.as_ref().map(|id| id.parse::<Timestamp>().unwrap());
        let first_after = |at: Timestamp| {
            lines.iter().position(|line| {
                let timestamp = line.timestamp.unwrap();
                timestamp > at || (inclusive && timestamp == at)
            })
        };
        let from = match (after.or(window.since), window.tail) {
            (Some(at), _) => first_after(at).unwrap_or(lines.len()),
            (None, tail) => lines.len().saturating_sub(tail.map_or(100, |tail| tail as usize)),
        };
        &lines[from..]
    }

    proptest! {
        /// Ordered lines, some with the same timestamp and text, cut anywhere, on both kinds of server.
        #[test]
        fn each_line_is_accepted_once_however_often_the_stream_breaks(
            steps in proptest::collection::vec((0..3_i64, 0..2_u8), 1..60),
            cuts in proptest::collection::vec(0..25_usize, 0..12),
            inclusive: bool,
        ) {
            let mut second = 0;
            let lines: Vec<Line> = steps.iter().map(|(step, text)| {
                second += step;
                line(second, &text.to_string())
            }).collect();
            let mut cursor = Cursor::new(LogWindow { tail: Some(5_000), ..LogWindow::default() });
            let mut accepted = Vec::new();
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let window = cursor.window();
                let sent = serve(&lines, &window, inclusive).iter().take(cut);
                accepted.extend(sent.filter(|line| cursor.accept(line)).cloned());
            }
            prop_assert_eq!(accepted, lines);
        }

        /// Memory does not grow with the number of lines.
        #[test]
        fn only_the_last_timestamps_are_remembered(lines in 1..500_i64) {
            let mut cursor = Cursor::new(LogWindow::default());
            for second in 0..lines {
                cursor.accept(&line(second, "x"));
            }
            prop_assert!(cursor.seen.len() <= 2);
        }
    }

    #[test]
    fn a_stream_is_resumed_one_timestamp_earlier() {
        let mut cursor = Cursor::new(LogWindow { tail: Some(10), ..LogWindow::default() });
        assert_eq!(cursor.window(), LogWindow { tail: Some(10), ..LogWindow::default() });
        cursor.accept(&line(1, "a"));
        assert_eq!(cursor.window().since, Some("2026-11-18T11:06:40.999999999Z".parse().unwrap()));
        cursor.accept(&line(2, "b"));
        assert_eq!(cursor.window().after.as_deref(), Some("2026-11-18T11:06:41Z"));
    }

    #[test]
    fn a_live_stream_that_broke_before_its_first_line_loses_none() {
        let mut cursor = Cursor::new(LogWindow { tail: Some(0), ..LogWindow::default() });
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        cursor.opened(now);
        assert_eq!(cursor.window().since, Some(now));
    }
}
