//! The public description of the REST API (OpenAPI), which is requested without a key and is the same for every user. The names in
//! it are kept: its paths, the fields of its schemas and its parameters. Of its texts, the words that say what a number is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::place::Place;
use super::walk::{Rules, walk};
use super::{Kind, Scrubber, fields, forms, headers};

/// The words of descriptions from which the reader learns the unit and the kind of a number.
const WORDS: &str = "a an the of in on for to and or by per is are was its it with as from at all each \
                     millisecond milliseconds ms second seconds s minute minutes hour hours day days bytes gigabytes GB MB \
                     dollars USD percent percentage ratio number count counts total sum rate unit units value time times \
                     average avg mean median minimum maximum min max percentile percentiles p50 p70 p75 p90 p95 p98 p99 50th 70th \
                     75th 90th 95th 98th 99th delay queue execution cold start starts startup worker workers request requests job \
                     jobs completed failed retried cancelled errors latency duration interval bucket window timestamp start end \
                     spent waiting running GPU CPU memory disk storage endpoint endpoints pod pods";

/// Maximum length of a name.
const MAX_NAME: usize = 100;

/// The names in a description.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Paths, fields and parameters.
    fields: BTreeSet<String>,
    components: BTreeSet<String>,
}

impl Names {
    /// The paths, the fields of schemas, the parameters and the components.
    pub(super) fn of(description: &[u8]) -> Self {
        let mut names = Self::default();
        if let Ok(description) = lenient_json::value(description) {
            names.learn(Place::Keywords, "", &description);
        }
        names
    }

    fn learn(&mut self, place: Place, field: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match place {
                        Place::Fields => insert(&mut self.fields, name),
                        Place::Component | Place::ComponentParameters => insert(&mut self.components, name),
                        _ => {}
                    }
                    self.learn(place.enter(name), name, value);
                }
            }
            Value::Array(elements) => elements.iter().for_each(|element| self.learn(place, field, element)),
            Value::String(text) if place == Place::ParameterName && field == "name" => {
                insert(&mut self.fields, text);
            }
            _ => {}
        }
    }

    /// The names of fields, and the words in paths.
    pub(super) fn public(&self) -> BTreeSet<String> {
        let paths = self.fields.iter().filter(|name| name.starts_with('/'));
        let segments = paths.flat_map(|path| path.split('/'));
        let names = self.fields.iter().map(String::as_str).chain(segments);
        let is_word = |name: &&str| !name.is_empty() && !name.contains(['/', '{']);
        names.filter(is_word).map(str::to_owned).collect()
    }

    /// Whether every segment of a reference is a keyword or a name.
    fn has_reference(&self, text: &str) -> bool {
        let is_known = |segment: &str| {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            let (is_field, is_component) =
                (self.fields.contains(&segment), self.components.contains(&segment));
            is_field || is_component || fields::is_known(&segment)
        };
        text.strip_prefix("#/").is_some_and(|path| path.split('/').all(is_known))
    }
}

fn insert(names: &mut BTreeSet<String>, name: &str) {
    if is_name(name) {
        names.insert(name.to_owned());
    }
}

/// Whether a text can be a path or the name of a field. Anything else is not part of an API.
fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-/{}.$".contains(&byte))
}

struct Description<'a> {
    scrubber: &'a Scrubber,
    names: Names,
}

impl Rules for Description<'_> {
    type Place = Place;

    fn root(&self) -> Place {
        Place::Keywords
    }

    fn enter(&self, place: Place, field: &str) -> Place {
        place.enter(field)
    }

    fn name(&self, place: Place, name: &str) -> String {
        let is_status = || name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X');
        let is_kept = match place {
            Place::Fields => self.names.fields.contains(name),
            Place::Component | Place::ComponentParameters => self.names.components.contains(name),
            Place::Answers => is_status() || name == "default" || headers::is_type(name),
            Place::Keywords | Place::Parameter | Place::Components => {
                ["$ref", "$schema"].contains(&name) || fields::is_known(name)
            }
            Place::Data | Place::ParameterName => false,
        };
        if is_kept { name.to_owned() } else { self.scrubber.replaced(Kind::Field, name, name) }
    }

    fn value(&self, place: Place, field: &str, text: &str) -> String {
        let is_value = || ["enum", "const"].contains(&field) && fields::is_any_value(text);
        if place == Place::Data {
            return if is_value() { text.to_owned() } else { self.scrubber.unknown(field, text) };
        }
        let is_reference = field == "$ref" && self.names.has_reference(text);
        let is_version = ["openapi", "version"].contains(&field) && forms::is_version(text);
        let is_known = || self.names.fields.contains(text) || fields::is_known(text);
        let is_member = ["required", "name", "propertyName"].contains(&field) && is_known();
        if is_reference || is_version || is_member {
            return text.to_owned();
        }
        if ["description", "summary", "title", "unit", "units", "x-unit", "x-units"].contains(&field) {
            let is_kept =
                |word: &str| WORDS.split_ascii_whitespace().any(|kept| kept.eq_ignore_ascii_case(word));
            return self.scrubber.words(Kind::Text, field, text, is_kept);
        }
        self.scrubber.value(field, text)
    }

    fn literal(&self, place: Place, field: &str, literal: &str) -> String {
        let is_kept = place != Place::Data && fields::is_known(field);
        if is_kept { literal.to_owned() } else { self.scrubber.unknown_number(field, literal) }
    }
}

impl Scrubber {
    /// A description.
    pub(super) fn description(&self, body: &[u8]) -> Vec<u8> {
        let rules = Description { scrubber: self, names: Names::of(body) };
        match walk(&String::from_utf8_lossy(body), &rules) {
            Some(walked) => walked.into_bytes(),
            None => self.body(body),
        }
    }
}
