//! Jobs that a handler or gateway pushes: one JSON object, an array of objects, or NDJSON.

use std::fmt;

use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Error};

use super::Rejection;
use super::pushed::Entry;
pub(crate) use super::pushed::PushedJob;

/// The jobs of one push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The jobs, in the order of the body.
    pub jobs: Vec<PushedJob>,
    positions: Vec<Position>,
}

/// The position of a job in the body, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Element(usize),
    Line(usize),
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(number) => write!(f, "element {number}"),
            Self::Line(number) => write!(f, "line {number}"),
        }
    }
}

impl Position {
    fn prefix(self, rejection: &Rejection) -> Rejection {
        Rejection::new(rejection.reason, format!("{self}: {rejection}"))
    }
}

impl Batch {
    /// Parses a body. If any job is invalid, the whole body is rejected with the position of the first one. What is not
    /// JSON, such as half of an emoji or `NaN`, is repaired in a second attempt.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Rejection> {
        Self::parse(body).or_else(|rejection| {
            let repaired = lenient_json::repaired(body);
            if repaired == body { Err(rejection) } else { Self::parse(&repaired) }
        })
    }

    fn parse(body: &[u8]) -> Result<Self, Rejection> {
        let mut batch = Self::default();
        match body.trim_ascii_start().first() {
            None => Err(Rejection::malformed("the body is empty; send a job as JSON")),
            Some(b'[') => batch.read_array(body),
            Some(_) => batch.read_lines(body),
        }?;
        Ok(batch)
    }

    /// Adds the position of the job with this index to a rejection.
    pub(crate) fn locate(&self, index: usize, rejection: Rejection) -> Rejection {
        match self.positions.get(index) {
            Some(position) => position.prefix(&rejection),
            None => rejection,
        }
    }

    fn read_array(&mut self, body: &[u8]) -> Result<(), Rejection> {
        let mut entries = Vec::new();
        let mut json = Deserializer::from_slice(body);
        let result = json.deserialize_seq(Elements(&mut entries)).and_then(|()| json.end());
        for (number, entry) in (1..).zip(entries.drain(..)) {
            self.add(Position::Element(number), Ok(entry))?;
        }
        result.or_else(|error| self.add(Position::Element(self.jobs.len() + 1), Err(error)))
    }

    fn read_lines(&mut self, body: &[u8]) -> Result<(), Rejection> {
        let mut entries = Deserializer::from_slice(body).into_iter();
        let mut lines = Lines::of(body);
        loop {
            let rest = body.get(entries.byte_offset()..).unwrap_or_default();
            let blank = rest.len() - rest.trim_ascii_start().len();
            let start = entries.byte_offset() + blank;
            let Some(entry) = entries.next() else { return Ok(()) };
            self.add(Position::Line(lines.number_at(start)), entry)?;
        }
    }

    fn add(&mut self, position: Position, entry: Result<Entry, Error>) -> Result<(), Rejection> {
        let entry = entry.map_err(|error| Rejection::malformed(without_position(&error)));
        let job = entry.and_then(PushedJob::try_from).map_err(|rejection| position.prefix(&rejection))?;
        self.jobs.push(job);
        self.positions.push(position);
        Ok(())
    }
}

/// The numbers of the lines of a body. Each byte is looked at once, however many numbers are requested.
struct Lines<'a> {
    rest: &'a [u8],
    /// The line where the rest begins, counted from 1.
    number: usize,
    length: usize,
}

impl<'a> Lines<'a> {
    fn of(body: &'a [u8]) -> Self {
        Self { rest: body, number: 1, length: body.len() }
    }

    /// The number of the line with the byte at this offset, which is not before that of the previous call.
    fn number_at(&mut self, offset: usize) -> usize {
        let counted = self.length - self.rest.len();
        let (passed, rest) = self.rest.split_at_checked(offset.saturating_sub(counted)).unwrap_or_default();
        self.number += memchr::memchr_iter(b'\n', passed).count();
        self.rest = rest;
        self.number
    }
}

/// The parser's message without line and column, because the position is prepended; and without text of the body, which may
/// be long or secret.
fn without_position(error: &Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&position).unwrap_or(&text);
    match text.strip_prefix("invalid type: string ").and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((_body, expected)) => format!("invalid type: a text, expected {expected}"),
        None => text.to_owned(),
    }
}

/// Deserializes an array into a list, which keeps the elements before an invalid one.
struct Elements<'a>(&'a mut Vec<Entry>);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of jobs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(entry) = elements.next_element()? {
            self.0.push(entry);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_error_repeats_no_text_of_the_body() {
        let long = "x".repeat(100_000);
        for (body, expected) in [
            (
                "\"secret, expected\"",
                "line 1: invalid type: a text, expected an object with endpoint_id and status",
            ),
            (&format!("[{{}}, \"{long}\"]"), "element 1: missing field `endpoint_id`"),
            (
                "{\"endpoint_id\": \"e\", \"status\": \"COMPLETED\", \"delay_ms\": \"secret\"}",
                "line 1: invalid type: a text that is not a number, expected a number",
            ),
        ] {
            let message = Batch::read(body.as_bytes()).unwrap_err().to_string();
            assert_eq!(message, expected);
        }
    }

    proptest! {
        /// Each call looks only at the bytes since the previous one, so the work is that of one pass.
        #[test]
        fn numbers_of_lines_take_one_pass(body in "[a\n]{0,60}", mut offsets in prop::collection::vec(0_usize..60, 0..20)) {
            let body = body.as_bytes();
            offsets.retain(|offset| *offset <= body.len());
            offsets.sort_unstable();
            let mut lines = Lines::of(body);
            for offset in offsets {
                let expected = body[..offset].split(|byte| *byte == b'\n').count();
                prop_assert_eq!(lines.number_at(offset), expected);
                prop_assert_eq!(lines.rest.len(), body.len() - offset, "what was counted is not looked at again");
            }
        }
    }
}
