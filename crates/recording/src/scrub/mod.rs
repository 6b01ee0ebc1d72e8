//! The scrubber: replaces each string of a request and its answer by a stand-in, unless it is known to be harmless.
//!
//! What is kept: the structure and order of JSON, its booleans and nulls; the field names of the table in `fields.rs` and of the
//! public description of the API; the numbers and timestamps of these fields; and of their strings, those that the table lists.
//! A field that the table does not have, and a value that it does not list, are replaced, so that an API that returns something
//! new reveals nothing of it.
//!
//! Files and folders are in `folder/`.

mod description;
mod document;
mod fields;
mod forms;
mod headers;
mod names;
mod number;
mod place;
mod stand_in;
mod stream;
mod tally;
mod unknown_fields;
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
pub use self::unknown_fields::unknown_fields;
use crate::exchange::{Answer, Exchange, Request};

/// What Runpod adds to the name of an endpoint with FlashBoot.
const FLASHBOOT: &str = " -fb";

/// Maximum number of digits of a line in a GraphQL document. A longer number may be a log line that is a phone or account number.
const MAX_LINE_DIGITS: usize = 4;

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
        // The marker by which a name says that FlashBoot is on.
        match text.strip_suffix(FLASHBOOT).filter(|_| field == "name") {
            Some(name) => self.plain_value(field, name) + FLASHBOOT,
            None => self.plain_value(field, text),
        }
    }

    fn plain_value(&self, field: &str, text: &str) -> String {
        if fields::allows(field, text) || (is_timestamp(text) && self.is_known(field)) {
            text.to_owned()
        } else if fields::is_text(field) {
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
            _ if is_description && *status == 200 => self.description(body),
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
        if self.is_known(name) { name.to_owned() } else { self.replaced(Kind::Field, name, name) }
    }

    /// Whether the API is known to have a field.
    fn is_known(&self, field: &str) -> bool {
        fields::is_member(field) || self.public.read().contains(field)
    }

    /// The name of a variable or of a member of a job's input or output.
    fn private_name(&self, name: &str) -> String {
        if ["key", "value"].contains(&name) {
            name.to_owned()
        } else {
            self.replaced(Kind::Field, name, name)
        }
    }

    /// A string below a field that is not known.
    fn unknown(&self, field: &str, text: &str) -> String {
        if text.is_empty() { String::new() } else { self.replaced(Kind::of(field, text), field, text) }
    }

    /// The number of a field, as it is written: kept, unless the field is an id or has no numbers.
    fn number(&self, field: &str, number: &str) -> String {
        if fields::is_id(field) && forms::is_digits(number) && number.len() > 1 {
            return self.replaced(Kind::Id, field, number);
        }
        // Errors of GraphQL name a line of the document, by which the reader finds the field.
        let is_position = field == "line" && number.len() <= MAX_LINE_DIGITS;
        if fields::is_id(field) || (fields::is_text(field) && !is_position) || fields::is_user_chosen(field) {
            return self.unknown_number(field, number);
        }
        number.to_owned()
    }

    /// A number that is not known to be harmless, or another literal, which says nothing.
    fn unknown_number(&self, field: &str, literal: &str) -> String {
        if !literal.bytes().any(|byte| byte.is_ascii_digit()) {
            return literal.to_owned();
        }
        let stand_in = self.stand_ins.of_number(literal);
        if stand_in != literal {
            self.tally.lock().add(Kind::Number, field, &stand_in);
        }
        stand_in
    }

    fn replaced(&self, kind: Kind, field: &str, text: &str) -> String {
        let stand_in = self.stand_ins.of(text);
        if stand_in != text {
            self.tally.lock().add(kind, field, &stand_in);
        }
        stand_in
    }
}
