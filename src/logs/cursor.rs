//! Where a stream stopped: what to ask for when it breaks, and which lines of the answer are known already.
//!
//! Runpod resumes a stream at the id of a line, and the id is a moment. Several lines may share one, and it is not said
//! whether those of the moment itself come again. So a stream is resumed one moment earlier than it has got, where all
//! that follows comes again for certain, and each line that comes again is dropped as often as it was there.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use jiff::{SignedDuration, Timestamp};

use super::Line;
use runpod::LogWindow;

/// Lines that are remembered at the most: more than the API ever sends at once, and a few megabytes.
const MOST: usize = 50_000;

/// A line as it is remembered: its moment and a hash of what it says.
type Mark = (Timestamp, u64);

/// The place in a stream.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// What was asked for at first.
    begin: LogWindow,
    /// The last line of the moment before the newest one: where it is resumed.
    anchor: Option<Anchor>,
    /// The newest line of the newest moment.
    newest: Option<Anchor>,
    /// The lines that may come again, in their order.
    seen: VecDeque<(u64, Mark)>,
    /// Those of them that have not come again yet.
    expected: HashMap<Mark, u32>,
    /// Counts the lines.
    count: u64,
}

#[derive(Debug, Clone)]
struct Anchor {
    moment: Timestamp,
    id: Option<String>,
    /// Its number among the lines.
    number: u64,
}

impl Cursor {
    /// The place before the first line of a window.
    pub fn new(begin: LogWindow) -> Self {
        Self { begin, anchor: None, newest: None, seen: VecDeque::new(), expected: HashMap::new(), count: 0 }
    }

    /// What to ask for, now that a stream is to begin or to go on.
    pub fn window(&mut self) -> LogWindow {
        self.expected.clear();
        for (_, mark) in &self.seen {
            *self.expected.entry(*mark).or_default() += 1;
        }
        let mut window = self.begin.clone();
        match (&self.anchor, &self.newest) {
            (Some(Anchor { id: Some(id), .. }), _) => window.after = Some(id.clone()),
            (Some(Anchor { moment, .. }), _) => window.since = Some(*moment),
            // One moment alone is all there was: the instant before it.
            (None, Some(Anchor { moment, .. })) => {
                let before = moment.saturating_sub(SignedDuration::from_nanos(1));
                window.since = before.ok().or(Some(*moment));
            }
            (None, None) => {}
        }
        window
    }

    /// The stream has begun at `now` where nothing older was wanted: what is written from now on is.
    pub fn began(&mut self, now: Timestamp) {
        if self.begin.tail == Some(0) && self.begin.since.is_none() {
            self.begin.since = Some(now);
        }
    }

    /// The newest moment of all lines.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.newest.as_ref().map(|newest| newest.moment)
    }

    /// Whether a line is new. A line without a moment is, for nothing tells it from another.
    pub fn admits(&mut self, line: &Line) -> bool {
        let Some(moment) = line.moment else { return true };
        let hasher = BuildHasherDefault::<DefaultHasher>::new();
        let mark = (moment, hasher.hash_one((line.source, &line.worker, &line.text)));
        if let Some(times) = self.expected.get_mut(&mark).filter(|times| **times > 0) {
            *times -= 1;
            return false;
        }
        self.note(moment, line.id.clone(), mark);
        true
    }

    fn note(&mut self, moment: Timestamp, id: Option<String>, mark: Mark) {
        self.count += 1;
        let here = Anchor { moment, id, number: self.count };
        match self.newest.take() {
            // A line that is late does not move the place.
            Some(newest) if moment < newest.moment => self.newest = Some(newest),
            Some(newest) if moment == newest.moment => self.newest = Some(here),
            newest => {
                if let Some(newest) = newest {
                    let may_come = |(number, (moment, _)): &(u64, Mark)| {
                        *number >= newest.number || *moment >= newest.moment
                    };
                    self.seen.retain(may_come);
                    self.anchor = Some(newest);
                }
                self.newest = Some(here);
            }
        }
        self.seen.push_back((self.count, mark));
        if self.seen.len() > MOST {
            self.seen.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::{Level, Stream};

    fn line(second: i64, text: &str) -> Line {
        let moment = Timestamp::from_second(1_795_000_000 + second).unwrap();
        Line {
            moment: Some(moment),
            source: Stream::Container,
            level: Level::Unknown,
            worker: None,
            text: text.to_owned(),
            id: Some(moment.to_string()),
        }
    }

    /// What a server sends of its lines: from the place on, or from behind it.
    fn serve<'l>(lines: &'l [Line], window: &LogWindow, inclusive: bool) -> &'l [Line] {
        let after = window.after.as_ref().map(|id| id.parse::<Timestamp>().unwrap());
        let behind = |at: Timestamp| {
            lines.iter().position(|line| {
                let moment = line.moment.unwrap();
                moment > at || (inclusive && moment == at)
            })
        };
        let from = match (after.or(window.since), window.tail) {
            (Some(at), _) => behind(at).unwrap_or(lines.len()),
            (None, tail) => lines.len().saturating_sub(tail.map_or(100, |tail| tail as usize)),
        };
        &lines[from..]
    }

    proptest! {
        /// Lines in order, some with the same moment and the same text; cut at any places, on either kind of server.
        #[test]
        fn each_line_comes_once_however_often_the_stream_breaks(
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
            let mut told = Vec::new();
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let window = cursor.window();
                let sent = serve(&lines, &window, inclusive).iter().take(cut);
                told.extend(sent.filter(|line| cursor.admits(line)).cloned());
            }
            prop_assert_eq!(told, lines);
        }

        /// What is remembered does not grow with what was read.
        #[test]
        fn only_the_last_moments_are_remembered(lines in 1..500_i64) {
            let mut cursor = Cursor::new(LogWindow::default());
            for second in 0..lines {
                cursor.admits(&line(second, "x"));
            }
            prop_assert!(cursor.seen.len() <= 2);
        }
    }

    #[test]
    fn a_stream_is_resumed_one_moment_earlier() {
        let mut cursor = Cursor::new(LogWindow { tail: Some(10), ..LogWindow::default() });
        assert_eq!(cursor.window(), LogWindow { tail: Some(10), ..LogWindow::default() });
        cursor.admits(&line(1, "a"));
        assert_eq!(cursor.window().since, Some("2026-11-18T11:06:40.999999999Z".parse().unwrap()));
        cursor.admits(&line(2, "b"));
        assert_eq!(cursor.window().after.as_deref(), Some("2026-11-18T11:06:41Z"));
    }

    #[test]
    fn a_live_stream_that_broke_before_its_first_line_loses_none() {
        let mut cursor = Cursor::new(LogWindow { tail: Some(0), ..LogWindow::default() });
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        cursor.began(now);
        assert_eq!(cursor.window().since, Some(now));
    }
}
