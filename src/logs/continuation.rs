//! Lines that continue a message: those of a stack trace have the level of the line that begins it.
//!
//! A program writes a message of several lines, and each arrives as a line of its own. Only the first one names a level.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Level, Line, Stream};

/// What a program writes between two stack traces of one error.
const CHAINED: [&str; 3] =
    ["During handling of the above exception", "The above exception was the direct cause", "Caused by: "];

/// The message to which the next line of each stream may belong.
#[derive(Debug, Clone, Default)]
pub(super) struct Continuation(HashMap<(Option<Arc<str>>, Stream), Message>);

/// A message that may continue on further lines.
#[derive(Debug, Clone, Copy)]
struct Message {
    level: Level,
    trace: Trace,
}

/// Whether the lines are those of a stack trace as Python writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trace {
    /// They are not.
    None,
    /// Its frames follow, and then a line with the error, which is not indented.
    Frames,
    /// The error was read; another stack trace may follow after an empty line.
    Error,
}

impl Continuation {
    /// Sets the level of a line that has none of its own to that of the message that it continues. Lines are passed in the order
    /// of their stream.
    pub(super) fn apply(&mut self, line: &mut Line) {
        let key = (line.worker.clone(), line.source);
        let text = line.text.as_str();
        let begins = text.starts_with("Traceback (most recent call last)");
        // The line with the error itself also names one.
        let ends_trace =
            self.0.get(&key).is_some_and(|open| open.trace == Trace::Frames && open.level == line.level);
        if begins || (line.level != Level::Unknown && !is_indented(text) && !ends_trace) {
            let trace = if begins { Trace::Frames } else { Trace::None };
            self.0.insert(key, Message { level: line.level, trace });
            return;
        }
        let Some(message) = self.0.get_mut(&key) else { return };
        match message.next(text) {
            Some(trace) => {
                let is_frame = message.trace != Trace::None && is_indented(text);
                message.trace = trace;
                if line.level == Level::Unknown || is_frame {
                    line.level = message.level;
                }
            }
            None => {
                self.0.remove(&key);
            }
        }
    }
}

impl Message {
    /// What is expected after this line; `None` if the line does not belong to the message.
    fn next(self, text: &str) -> Option<Trace> {
        let is_chained = CHAINED.iter().any(|chained| text.starts_with(chained));
        match self.trace {
            trace if is_indented(text) => Some(trace),
            Trace::Frames if text.is_empty() => Some(Trace::Frames),
            Trace::Frames => Some(Trace::Error),
            _ if is_chained => Some(Trace::Error),
            // An empty line stands before a chained stack trace only.
            Trace::Error if text.is_empty() => Some(Trace::Error),
            _ => closes(text).then_some(self.trace),
        }
    }
}

/// Whether a line is indented, as the frames of a stack trace and the rest of a printed value.
fn is_indented(text: &str) -> bool {
    text.starts_with([' ', '\t']) && !text.trim().is_empty()
}

/// Whether a line only closes brackets, as the last one of a printed value.
fn closes(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| matches!(character, '}' | ']' | ')' | ',' | ';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(lines: &[&str]) -> Vec<Level> {
        let mut continuation = Continuation::default();
        let mut level = |text: &&str| {
            let mut line = Line {
                timestamp: None,
                source: Stream::Container,
                level: Level::of(None, text),
                worker: None,
                text: (*text).to_owned(),
                is_oversized: false,
                id: None,
            };
            continuation.apply(&mut line);
            line.level
        };
        lines.iter().map(&mut level).collect()
    }

    #[test]
    fn the_lines_of_a_message_have_the_level_of_its_first_line() {
        use Level::{Error, Info, Unknown, Warn};
        let table: &[(&[&str], &[Level])] = &[
            (
                &[
                    "Traceback (most recent call last):",
                    "  File \"/handler.py\", line 41, in handler",
                    "    return run(job)",
                    "           ^^^^^^^^",
                    "KeyError: 'prompt'",
                    "",
                    "During handling of the above exception, another exception occurred:",
                    "",
                    "Traceback (most recent call last):",
                    "  File \"/handler.py\", line 44, in handler",
                    "    INFO = 1 / 0",
                    "exceptions.Broken",
                    "--- Starting Serverless Worker |  Version 1.11.0 ---",
                    "  indented",
                ],
                &[
                    Error, Error, Error, Error, Error, Error, Error, Error, Error, Error, Error, Error,
                    Unknown, Unknown,
                ],
            ),
            (&["WARNING bad input {", "  \"prompt\": 1", "}", "ready"], &[Warn, Warn, Warn, Unknown]),
            (
                &[
                    "ERROR java.lang.IllegalStateException: no",
                    "\tat app.Main.run(Main.java:7)",
                    "Caused by: x",
                    "\tat y",
                ],
                &[Error, Error, Error, Error],
            ),
            (&["INFO ready", "step 1", "  step 2"], &[Info, Unknown, Unknown]),
            (&["  File \"/handler.py\", line 41", "KeyError: 'prompt'"], &[Unknown, Error]),
            (&["ERROR one", "", "two"], &[Error, Unknown, Unknown]),
        ];
        for (lines, expected) in table {
            assert_eq!(levels(lines), *expected, "{lines:?}");
        }
    }
}
