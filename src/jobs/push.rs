//! What a handler or a gateway says of jobs: one object, an array of them, or one after another, as NDJSON has them.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Error};

use super::time::Millis;
use super::{Job, Rejection, Status, Times, Tokens};

/// A job, and the endpoint that had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The endpoint's id.
    pub endpoint_id: String,
    /// The job.
    pub job: Job,
}

/// A batch as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The jobs, in their order.
    pub jobs: Vec<Pushed>,
    places: Vec<Place>,
}

/// Where in a batch a job stands, as a person counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Element(usize),
    Line(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(number) => write!(f, "element {number}"),
            Self::Line(number) => write!(f, "line {number}"),
        }
    }
}

impl Place {
    fn name(self, rejection: &Rejection) -> Rejection {
        Rejection::new(rejection.reason, format!("{self}: {rejection}"))
    }
}

/// One job as it is written. A field that is not known is refused: a mistyped one would be lost in silence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    endpoint_id: String,
    id: Option<String>,
    status: String,
    latency_ms: Option<Millis>,
    delay_ms: Option<Millis>,
    execution_ms: Option<Millis>,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
}

impl Batch {
    /// Reads a body. It is read whole or refused with the first place that is wrong.
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        let mut batch = Self::default();
        match body.trim_ascii_start().first() {
            None => Err(Rejection::malformed("the body is empty; send a job as JSON")),
            Some(b'[') => batch.read_array(body),
            Some(_) => batch.read_lines(body),
        }?;
        Ok(batch)
    }

    /// The rejection of the job at this position, with the place where it stands.
    pub fn blame(&self, position: usize, rejection: Rejection) -> Rejection {
        match self.places.get(position) {
            Some(place) => place.name(&rejection),
            None => rejection,
        }
    }

    fn read_array(&mut self, body: &[u8]) -> Result<(), Rejection> {
        let mut entries = Vec::new();
        let mut json = Deserializer::from_slice(body);
        let read = json.deserialize_seq(Elements(&mut entries)).and_then(|()| json.end());
        for (number, entry) in (1..).zip(entries.drain(..)) {
            self.add(Place::Element(number), Ok(entry))?;
        }
        read.or_else(|error| self.add(Place::Element(self.jobs.len() + 1), Err(error)))
    }

    fn read_lines(&mut self, body: &[u8]) -> Result<(), Rejection> {
        let mut entries = Deserializer::from_slice(body).into_iter();
        loop {
            let rest = body.get(entries.byte_offset()..).unwrap_or_default();
            let blank = rest.len() - rest.trim_ascii_start().len();
            let begin = entries.byte_offset() + blank;
            let Some(entry) = entries.next() else { return Ok(()) };
            let before = body.get(..begin).unwrap_or_default();
            self.add(Place::Line(1 + memchr::memchr_iter(b'\n', before).count()), entry)?;
        }
    }

    fn add(&mut self, place: Place, entry: Result<Entry, Error>) -> Result<(), Rejection> {
        let entry = entry.map_err(|error| Rejection::malformed(without_place(&error)));
        let pushed = entry.and_then(Pushed::try_from).map_err(|rejection| place.name(&rejection))?;
        self.jobs.push(pushed);
        self.places.push(place);
        Ok(())
    }
}

/// The parser's message without its line, which is told in front.
fn without_place(error: &Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

impl TryFrom<Entry> for Pushed {
    type Error = Rejection;

    fn try_from(entry: Entry) -> Result<Self, Rejection> {
        let Entry { endpoint_id, id, status, latency_ms, delay_ms, execution_ms, tokens_in, tokens_out } =
            entry;
        let time = |millis: Option<Millis>| millis.map(|Millis(time)| time);
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

/// Reads the elements of an array into a list: those before a broken one are there all the same.
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
