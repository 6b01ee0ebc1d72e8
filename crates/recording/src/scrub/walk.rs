//! The walk over a body: every string in it is replaced or kept depending on its field, and is written again with line breaks.
//!
//! Which fields are known is in `fields.rs`, and what a stand-in looks like in `stand_in.rs`.

use std::fmt;

use lenient_json::repaired;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Kind, Scrubber, fields};

/// Maximum depth of objects and arrays. The answers of the APIs are far below, and each level costs a part of the stack.
const MAX_DEPTH: usize = 128;

/// Maximum number of levels that are indented, so that lines do not grow with the depth.
const MAX_INDENT: usize = 24;

/// What is done with the parts of a JSON text.
pub(super) trait Rules {
    /// What the rules have to know about where a part is.
    type Place: Copy;
    /// The place of the text as a whole.
    fn root(&self) -> Self::Place;
    /// The place of a field's value, in an object at this place.
    fn enter(&self, place: Self::Place, field: &str) -> Self::Place;
    /// The name of a member of an object at this place.
    fn name(&self, place: Self::Place, name: &str) -> String;
    /// A string: the value of this field, or an element of its array.
    fn value(&self, place: Self::Place, field: &str, text: &str) -> String;
    /// A number, `true`, `false` or `null`.
    fn literal(&self, place: Self::Place, field: &str, literal: &str) -> String;
}

/// What is known about a part of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is the value of known fields.
    Known,
    /// It is below a field that is not known: every value is replaced.
    Unknown,
    /// It is data of the user's programs: the names are replaced, too.
    Private,
}

impl Trust {
    /// The trust in a member's value.
    pub(super) fn enter(self, field: &str, is_known: impl Fn(&str) -> bool) -> Self {
        match self {
            Self::Private => Self::Private,
            _ if fields::is_private(field) => Self::Private,
            Self::Known if is_known(field) => Self::Known,
            _ => Self::Unknown,
        }
    }
}

impl Rules for Scrubber {
    type Place = Trust;

    fn root(&self) -> Trust {
        Trust::Known
    }

    fn enter(&self, place: Trust, field: &str) -> Trust {
        place.enter(field, |field| self.is_known(field))
    }

    fn name(&self, place: Trust, name: &str) -> String {
        if place == Trust::Private { self.private_name(name) } else { self.name(name) }
    }

    fn value(&self, place: Trust, field: &str, text: &str) -> String {
        if place == Trust::Known { self.value(field, text) } else { self.unknown(field, text) }
    }

    fn literal(&self, place: Trust, field: &str, literal: &str) -> String {
        let is_kept = place == Trust::Known && !field.is_empty();
        if is_kept { self.number(field, literal) } else { self.unknown_number(field, literal) }
    }
}

impl Scrubber {
    /// A body: JSON, or a text whose words are all replaced.
    pub(super) fn body(&self, body: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(body);
        let walked = walk(&text, self);
        walked.unwrap_or_else(|| self.words(Kind::Text, "", &text, |_| false)).into_bytes()
    }
}

/// The members of an object in their order, repeated ones too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// A JSON text after the rules; `None` if it is not JSON. Malformed bytes are repaired as the client repairs them.
pub(super) fn walk<R: Rules>(text: &str, rules: &R) -> Option<String> {
    let is_container = || text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    let repaired = || String::from_utf8(repaired(text.as_bytes())).ok().filter(|_| is_container());
    whole(text, rules).or_else(|| whole(&repaired()?, rules))
}

fn whole<R: Rules>(text: &str, rules: &R) -> Option<String> {
    let mut walk = Walk { rules, out: String::with_capacity(text.len()) };
    walk.write(serde_json::from_str(text).ok()?, (rules.root(), ""), 0)?;
    Some(walk.out + "\n")
}

/// A string as it is written in JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Rewrites a JSON text by rules.
struct Walk<'a, R: Rules> {
    rules: &'a R,
    out: String,
}

impl<R: Rules> Walk<'_, R> {
    /// Writes a value, which belongs to this field. Literals stay as they are written until a rule replaces them.
    fn write(&mut self, value: &RawValue, (place, field): (R::Place, &str), depth: usize) -> Option<()> {
        let inside = depth.checked_add(1).filter(|depth| *depth <= MAX_DEPTH);
        match value.get() {
            text if text.starts_with('{') => {
                let Members(members) = serde_json::from_str(text).ok()?;
                self.list(['{', '}'], inside?, members, |walk, (name, value)| {
                    walk.out.push_str(&quoted(&walk.rules.name(place, &name)));
                    walk.out.push_str(": ");
                    walk.write(value, (walk.rules.enter(place, &name), &name), inside?)
                })?;
            }
            text if text.starts_with('[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                self.list(['[', ']'], inside?, elements, |walk, element| {
                    walk.write(element, (place, field), inside?)
                })?;
            }
            text if text.starts_with('"') => {
                let text: String = serde_json::from_str(text).ok()?;
                self.out.push_str(&quoted(&self.rules.value(place, field, &text)));
            }
            literal => self.out.push_str(&self.rules.literal(place, field, literal)),
        }
        Some(())
    }

    /// Writes members or elements, each on a line of its own.
    fn list<T>(
        &mut self,
        [start, end]: [char; 2],
        depth: usize,
        parts: Vec<T>,
        mut write: impl FnMut(&mut Self, T) -> Option<()>,
    ) -> Option<()> {
        let is_empty = parts.is_empty();
        self.out.push(start);
        for (number, part) in parts.into_iter().enumerate() {
            if number > 0 {
                self.out.push(',');
            }
            self.line(depth);
            write(self, part)?;
        }
        if !is_empty {
            self.line(depth.saturating_sub(1));
        }
        self.out.push(end);
        Some(())
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", depth.min(MAX_INDENT)));
    }
}
