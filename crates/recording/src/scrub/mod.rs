//! The scrubber: replaces each string of a request and its answer by a stand-in, unless it is known to be harmless.
//!
//! What is kept: the numbers, booleans and nulls of JSON, its structure and order; timestamps; the field names of the table in
//! `fields.rs` and of the public description of the API; and of the string values, those that the table lists for their field.
//! A field that the table does not have, and a value that it does not list, are replaced, so that an API that returns something
//! new reveals nothing of it.

mod description;
mod document;
mod fields;
mod forms;
mod headers;
mod json;
mod names;
mod stand_in;
mod stream;
mod tally;
mod walk;
mod words;

use std::collections::BTreeSet;

use parking_lot::{Mutex, RwLock};
use ring::error::Unspecified;
use ring::rand::{SecureRandom as _, SystemRandom};

use self::description::Names;
pub(crate) use self::forms::is_timestamp;
use self::stand_in::StandIns;
pub use self::tally::{Kind, Tally};
use crate::exchange::{Answer, Exchange, Request};

/// What Runpod adds to the name of an endpoint with FlashBoot.
const FLASHBOOT: &str = " -fb";

/// Replaces what may be private by stand-ins: the same string always by the same one.
#[derive(Debug)]
pub struct Scrubber {
    stand_ins: StandIns,
    /// Field names and path segments of the public description of the API.
    public: RwLock<BTreeSet<String>>,
    tally: Mutex<Tally>,
}

impl Scrubber {
    /// A scrubber with a random salt, which is not kept: stand-ins cannot be reversed, and those of two recordings differ.
    ///
    /// # Errors
    /// Fails if the system has no random numbers.
    pub fn new() -> Result<Self, Unspecified> {
        let mut salt = [0; 32];
        SystemRandom::new().fill(&mut salt)?;
        Ok(Self::with_salt(&salt))
    }

    /// A scrubber with this salt, for tests.
    pub fn with_salt(salt: &[u8]) -> Self {
        let (public, tally) = Default::default();
        Self { stand_ins: StandIns::new(salt), public, tally }
    }

    /// What was replaced so far.
    pub fn tally(&self) -> Tally {
        self.tally.lock().clone()
    }

    /// Keeps the names in the public description of the API, from now on. It is requested without a key and is the same for every
    /// user.
    pub fn learn(&self, description: &[u8]) {
        self.public.write().extend(Names::of(description).public());
    }

    /// A request and its answer without what is private.
    pub fn exchange(&self, exchange: &Exchange, is_description: bool) -> Exchange {
        let Exchange { time, request, answer } = exchange;
        let answer = answer.as_ref().map(|answer| self.answer(answer, is_description));
        Exchange { time: *time, request: self.request(request), answer: answer.map_err(Clone::clone) }
    }

    /// A string that is the value of a field. Public for tests, which compare names.
    pub fn value(&self, field: &str, text: &str) -> String {
        if is_timestamp(text) || fields::allows(field, text) {
            return text.to_owned();
        }
        // The marker by which a name says that FlashBoot is on.
        if let Some(name) = text.strip_suffix(FLASHBOOT).filter(|_| field == "name") {
            return self.value(field, name) + FLASHBOOT;
        }
        if fields::is_text(field) {
            self.text(field, text)
        } else {
            self.replaced(Kind::of(field, text), field, text)
        }
    }

    fn request(&self, request: &Request) -> Request {
        let Request { api, operation, method, path, query, document } = request;
        let segments = path.split('/').map(|segment| self.segment(segment));
        let pair = |(name, value): (&String, &String)| (self.name(name), self.value(name, value));
        Request {
            api: api.clone(),
            operation: operation.clone(),
            method: method.clone(),
            path: segments.collect::<Vec<_>>().join("/"),
            query: query.iter().map(pair).collect(),
            document: document.as_deref().map(|document| self.document(document)),
        }
    }

    fn answer(&self, answer: &Answer, is_description: bool) -> Answer {
        let Answer { status, headers, body } = answer;
        let body = match headers.get("content-type") {
            _ if is_description => self.description(body),
            Some(kind) if kind.starts_with("text/event-stream") => self.stream(body),
            _ => self.body(body),
        };
        let header = |(name, value): (&String, &String)| Some((name.clone(), self.header(name, value)?));
        Answer { status: *status, headers: headers.iter().filter_map(header).collect(), body }
    }

    /// A segment of a path: a word of the API, or an id.
    fn segment(&self, segment: &str) -> String {
        if fields::is_path_word(segment) || self.public.read().contains(segment) {
            return segment.to_owned();
        }
        self.replaced(Kind::Id, "path", segment)
    }

    /// The name of a field.
    fn name(&self, name: &str) -> String {
        // Some objects count by state.
        if fields::is_known(name) || fields::is_any_value(name) || self.public.read().contains(name) {
            return name.to_owned();
        }
        self.replaced(Kind::Field, name, name)
    }

    /// The number of a field, as it is written: kept, unless the field is an id.
    fn number<'a>(&self, field: &str, number: &'a str) -> std::borrow::Cow<'a, str> {
        if fields::is_id(field) && number.bytes().all(|byte| byte.is_ascii_digit()) && number.len() > 1 {
            return self.replaced(Kind::Id, field, number).into();
        }
        number.into()
    }

    fn replaced(&self, kind: Kind, field: &str, text: &str) -> String {
        let stand_in = self.stand_ins.of(text);
        if stand_in != text {
            self.tally.lock().add(kind, field, &stand_in);
        }
        stand_in
    }
}
