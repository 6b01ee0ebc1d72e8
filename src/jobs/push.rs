//! Jobs that a handler or gateway pushes: one JSON object, an array of objects, or NDJSON.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Error};

use super::time::Milliseconds;
use super::{Job, Rejection, Status, Times, Tokens};

/// A job and its endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PushedJob {
    /// The endpoint's id.
    pub endpoint_id: String,
    /// The job.
    pub job: Job,
}

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

/// A job as it is sent. Unknown fields are rejected, because a mistyped field would otherwise be ignored silently.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    endpoint_id: String,
    id: Option<String>,
    status: String,
    latency_ms: Option<Milliseconds>,
    delay_ms: Option<Milliseconds>,
    execution_ms: Option<Milliseconds>,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
}

impl Batch {
    /// Parses a body. If any job is invalid, the whole body is rejected with the position of the first one.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Rejection> {
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

/// The parser's message without line and column, because the position is prepended.
fn without_position(error: &Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&position).unwrap_or(&text).to_owned()
}

impl TryFrom<Entry> for PushedJob {
    type Error = Rejection;

    fn try_from(entry: Entry) -> Result<Self, Rejection> {
        let Entry { endpoint_id, id, status, latency_ms, delay_ms, execution_ms, tokens_in, tokens_out } =
            entry;
        let time = |millis: Option<Milliseconds>| millis.map(|Milliseconds(time)| time);
        let times = times(time(latency_ms), time(delay_ms), time(execution_ms))?;
        let tokens = Tokens { input: tokens_in, output: tokens_out };
        let id = id.filter(|id| !id.is_empty());
        Ok(Self { endpoint_id, job: Job { id, status: Status::parse(&status)?, times, tokens } })
    }
}

fn times(
    latency: Option<Duration>,
    delay: Option<Duration>,
    execution: Option<Duration>,
) -> Result<Times, Rejection> {
    match (latency, delay, execution) {
        (Some(_), None, None) => Ok(Times { latency, ..Times::default() }),
        (Some(_), ..) => {
            Err(Rejection::malformed("set latency_ms, or delay_ms and execution_ms, but not both"))
        }
        (None, ..) => Ok(Times::of(delay, execution)),
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
