//! The visitor between the document and a type: it passes on what the type expects, and notes what it does not expect.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::map::{Keys, ObjectDeserializer, TolerantMap};
use super::seq::TolerantSeq;
use super::{Context, Tolerant};
use crate::expect::Expect;
use crate::repair::MARK;

/// What a word that is not JSON is called.
const NO_JSON: &str = "no JSON";

/// What to pass on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mode {
    /// Everything, as it is.
    Any,
    /// Everything but null.
    Option,
    /// An object with these fields.
    Struct(&'static [&'static str]),
    /// An object with any fields, and the maximum number of them.
    Map(usize),
    /// What this crate's types expect, and its limit.
    Expect(Expect, usize),
}

/// A visitor that passes on what `visitor` expects. A value that it does not expect is none, and null is unit.
pub(super) struct Guide<'a, V> {
    pub(super) visitor: V,
    pub(super) mode: Mode,
    pub(super) context: Context<'a>,
}

impl<'de, V: Visitor<'de>> Guide<'_, V> {
    /// Notes a value of another type.
    fn unexpected<E: Error>(self, found: &'static str) -> Result<V::Value, E> {
        let expected = match self.mode {
            Mode::Any | Mode::Option => "JSON",
            Mode::Struct(_) | Mode::Map(_) => "an object",
            Mode::Expect(expect, _) => expect.words(),
        };
        let needs_object = matches!(self.mode, Mode::Struct(_) | Mode::Map(_));
        if self.context.at.is_root() && (needs_object || found == NO_JSON) {
            return Err(E::custom(format_args!("expected {expected}, found {found}")));
        }
        self.context.notes.borrow_mut().unreadable(self.context.at, expected, found);
        match self.mode {
            Mode::Struct(_) | Mode::Map(_) => empty(self.visitor),
            Mode::Any | Mode::Option | Mode::Expect(..) => self.visitor.visit_none(),
        }
    }

    fn text<E: Error>(self, text: &str) -> Result<V::Value, E> {
        let found = "a text";
        if text == MARK {
            return self.unexpected(NO_JSON);
        }
        match self.mode {
            Mode::Any | Mode::Option => self.visitor.visit_str(text),
            Mode::Expect(Expect::Text, limit) => match shortened(text, limit) {
                Cow::Borrowed(text) => self.visitor.visit_str(text),
                Cow::Owned(text) => {
                    self.context.notes.borrow_mut().shortened(self.context.at, limit);
                    self.visitor.visit_string(text)
                }
            },
            Mode::Expect(Expect::Id | Expect::OwnId, limit) if is_id(text, limit) => {
                self.visitor.visit_str(text)
            }
            Mode::Expect(Expect::Number | Expect::NumberOrObject, _) => match number(text) {
                Some(number) => self.visitor.visit_f64(number),
                None => self.unexpected(found),
            },
            Mode::Expect(Expect::Flag, _) => match flag(text) {
                Some(flag) => self.visitor.visit_bool(flag),
                None => self.unexpected(found),
            },
            Mode::Struct(_)
            | Mode::Map(_)
            | Mode::Expect(Expect::Id | Expect::OwnId | Expect::Object | Expect::List, _) => {
                self.unexpected(found)
            }
        }
    }

    /// Whether a number is passed on.
    const fn takes_numbers(&self) -> bool {
        matches!(
            self.mode,
            Mode::Any | Mode::Option | Mode::Expect(Expect::Number | Expect::NumberOrObject, _)
        )
    }
}

/// Gives a type that needs an object one without fields.
fn empty<'de, V: Visitor<'de>, E: Error>(visitor: V) -> Result<V::Value, E> {
    visitor.visit_map(MapDeserializer::<_, E>::new(std::iter::empty::<((), ())>()))
}

/// The text, with an ellipsis at its end if it has more characters than the limit.
fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit || text.char_indices().nth(limit).is_none() {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    Cow::Owned(short)
}

/// Whether a text can be an id. One that was repaired, that has a character nobody sees, or that is too long, identifies
/// nothing; and a part of a URL that is `.` or `..` is a step to another resource.
fn is_id(text: &str, limit: usize) -> bool {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain && text.len() <= limit {
        return !matches!(text, "" | "." | ".."); // almost every id, without decoding its characters
    }
    let odd = |character: char| !(character.is_alphanumeric() || matches!(character, ' '..='~'));
    !text.is_empty() && text.chars().take(limit + 1).count() <= limit && !text.chars().any(odd)
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn flag(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    is("true").then_some(true).or_else(|| is("false").then_some(false))
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Guide<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<V::Value, E> {
        match self.mode {
            Mode::Any | Mode::Option | Mode::Expect(Expect::Flag, _) => self.visitor.visit_bool(value),
            Mode::Struct(_) | Mode::Map(_) | Mode::Expect(..) => self.unexpected("true or false"),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        if self.takes_numbers() { self.visitor.visit_i64(value) } else { self.unexpected("a number") }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        if self.takes_numbers() { self.visitor.visit_u64(value) } else { self.unexpected("a number") }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if self.takes_numbers() { self.visitor.visit_f64(value) } else { self.unexpected("a number") }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<V::Value, E> {
        self.text(value)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<V::Value, E> {
        match self.mode {
            Mode::Any if value != MARK => self.visitor.visit_borrowed_str(value),
            _ => self.text(value),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        match self.mode {
            Mode::Struct(_) | Mode::Map(_) if self.context.at.is_root() => self.unexpected("null"),
            Mode::Struct(_) | Mode::Map(_) => empty(self.visitor),
            Mode::Option => self.visitor.visit_none(),
            Mode::Expect(Expect::OwnId, _) => self.unexpected("null"),
            Mode::Expect(Expect::Object, _) if self.context.at.is_element() => self.unexpected("null"),
            Mode::Any | Mode::Expect(..) => self.visitor.visit_unit(),
        }
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Tolerant { inner, context: self.context })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<V::Value, A::Error> {
        match self.mode {
            Mode::Any | Mode::Option => {
                self.visitor.visit_seq(TolerantSeq::new(list, usize::MAX, self.context))
            }
            Mode::Expect(Expect::List, limit) => {
                self.visitor.visit_seq(TolerantSeq::new(list, limit, self.context))
            }
            Mode::Struct(_) | Mode::Map(_) | Mode::Expect(..) => {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                self.unexpected("a list")
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<V::Value, A::Error> {
        let Self { visitor, mode, context } = self;
        match mode {
            Mode::Any | Mode::Option => visitor.visit_map(TolerantMap::new(map, Keys::Any, context)),
            Mode::Struct(fields) => visitor.visit_map(TolerantMap::new(map, Keys::Fields(fields), context)),
            Mode::Map(limit) => visitor.visit_map(TolerantMap::new(map, Keys::AtMost(limit), context)),
            Mode::Expect(Expect::Object | Expect::NumberOrObject, _) => {
                visitor.visit_newtype_struct(ObjectDeserializer { map, context })
            }
            Mode::Expect(..) => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Self { visitor, mode, context }.unexpected("an object")
            }
        }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Tolerant { inner, context: self.context })
    }
}
