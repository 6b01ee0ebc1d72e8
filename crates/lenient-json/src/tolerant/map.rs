//! Objects: each field once, unknown fields skipped, maps with a maximum number of entries.

use std::cell::RefCell;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::de::value::{StrDeserializer, StringDeserializer, U64Deserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{Context, MAX_ENTRIES, TolerantSeed};
use crate::path::Segment;
use crate::repair::MARK;

/// The keys of an object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keys {
    /// Any.
    Any,
    /// The fields of a struct.
    Fields(&'static [&'static str]),
    /// Any, and the maximum number of them.
    AtMost(usize),
}

/// The name of a field that gets the number of fields that the struct does not have: `#[serde(rename = "$others")]`. Its type
/// is `u64`.
const OTHERS: &str = "$others";

/// Access to the entries of an object.
pub(super) struct TolerantMap<'a, A> {
    inner: A,
    keys: Keys,
    context: Context<'a>,
    /// The fields that were read, as bits by their position.
    seen: u128,
    /// Hashes of the keys that were read, in an object with any fields.
    seen_keys: Vec<u64>,
    /// The position after that of the last field: most documents have their fields in the order of the type.
    next: usize,
    /// The number of entries that were read, or of fields that the struct does not have.
    count: usize,
    segment: Segment,
    /// All fields were read, and the next one is that of their number.
    ended: bool,
    /// The name of a field cannot be read. Any field that is missing may be that one, so that none of them is known.
    has_unreadable_name: bool,
    /// The next value is that of a field that is missing.
    is_missing: bool,
}

impl<'a, A> TolerantMap<'a, A> {
    pub(super) const fn new(inner: A, keys: Keys, context: Context<'a>) -> Self {
        Self {
            inner,
            keys,
            context,
            seen: 0,
            seen_keys: Vec::new(),
            next: 0,
            count: 0,
            segment: Segment::Key,
            ended: false,
            has_unreadable_name: false,
            is_missing: false,
        }
    }
}

impl<'de, A: MapAccess<'de>> TolerantMap<'_, A> {
    /// Skips to the next field that the struct has.
    fn next_field(&mut self, fields: &'static [&'static str]) -> Result<Option<&'static str>, A::Error> {
        while let Some(found) = self.inner.next_key_seed(FieldSeed { fields, from: self.next })? {
            let (position, field) = match found {
                Found::Field(position, field) => (position, field),
                Found::Other => {
                    self.inner.next_value::<IgnoredAny>()?;
                    self.count += 1;
                    continue;
                }
                Found::Unreadable => {
                    let path = self.context.at.child(Segment::Key);
                    self.context.notes.borrow_mut().unreadable(&path, "the name of a field", "no JSON");
                    self.inner.next_value::<IgnoredAny>()?;
                    self.has_unreadable_name = true;
                    continue;
                }
            };
            let bit = bit(position);
            if self.seen & bit != 0 {
                let path = self.context.at.child(Segment::Field(field));
                self.context.notes.borrow_mut().repeated(&path);
                self.inner.next_value::<IgnoredAny>()?;
                continue;
            }
            self.seen |= bit;
            self.next = position + 1;
            return Ok(Some(field));
        }
        if let Some(field) = self.next_missing(fields) {
            return Ok(Some(field));
        }
        self.ended = true;
        Ok(fields.contains(&OTHERS).then_some(OTHERS))
    }

    /// The next field that is missing, if its name may be the one that cannot be read.
    fn next_missing(&mut self, fields: &'static [&'static str]) -> Option<&'static str> {
        let is_missing =
            |(position, field): &(usize, &&str)| self.seen & bit(*position) == 0 && **field != OTHERS;
        let (position, field) =
            fields.iter().enumerate().filter(|_| self.has_unreadable_name).find(is_missing)?;
        self.seen |= bit(position);
        self.is_missing = true;
        Some(field)
    }

    /// Skips to the next key that was not read before.
    fn next_key(&mut self, limit: usize) -> Result<Option<String>, A::Error> {
        if self.count >= limit {
            return self.skip_rest(limit).map(|()| None);
        }
        while let Some(key) = self.inner.next_key::<String>()? {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            let hash = hasher.finish();
            if !self.seen_keys.contains(&hash) {
                self.count += 1;
                self.seen_keys.push(hash);
                return Ok(Some(key));
            }
            self.context.notes.borrow_mut().repeated(&self.context.at.child(Segment::Key));
            self.inner.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    /// Skips the rest of the entries.
    fn skip_rest(&mut self, limit: usize) -> Result<(), A::Error> {
        let mut rest = 0;
        while self.inner.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            rest += 1;
        }
        if rest > 0 {
            self.context.notes.borrow_mut().left_out(self.context.at, limit, rest);
        }
        Ok(())
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TolerantMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.keys {
            Keys::Fields(_) if self.ended => Ok(None),
            Keys::Fields(fields) => {
                let Some(field) = self.next_field(fields)? else { return Ok(None) };
                self.segment = Segment::Field(field);
                seed.deserialize(StrDeserializer::new(field)).map(Some)
            }
            Keys::AtMost(limit) => {
                let Some(key) = self.next_key(limit)? else { return Ok(None) };
                seed.deserialize(StringDeserializer::new(key)).map(Some)
            }
            Keys::Any => self.inner.next_key_seed(seed),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        if self.ended {
            let count = u64::try_from(self.count).unwrap_or(u64::MAX);
            return seed.deserialize(U64Deserializer::new(count));
        }
        let at = self.context.at.child(self.segment);
        if std::mem::take(&mut self.is_missing) {
            // Noted already, once for all.
            let context = Context { at: &at, notes: &RefCell::default() };
            return TolerantSeed { seed, context }.deserialize(StrDeserializer::new(MARK));
        }
        let context = Context { at: &at, notes: self.context.notes };
        self.inner.next_value_seed(TolerantSeed { seed, context })
    }
}

/// The bit of a field.
fn bit(position: usize) -> u128 {
    u32::try_from(position).ok().and_then(|at| 1_u128.checked_shl(at)).unwrap_or_default()
}

/// What a key is.
enum Found {
    /// The position and the name of a field.
    Field(usize, &'static str),
    /// The name of a field that the struct does not have.
    Other,
    /// No name: it has characters that no field of an API has.
    Unreadable,
}

/// Reads a key.
struct FieldSeed {
    fields: &'static [&'static str],
    /// Where to begin the search.
    from: usize,
}

impl<'de> DeserializeSeed<'de> for FieldSeed {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldSeed {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let (before, after) = self.fields.split_at_checked(self.from).unwrap_or((self.fields, &[]));
        let find = |fields: &[&'static str], offset: usize| {
            let at = fields.iter().position(|field| *field == name && name != OTHERS)?;
            Some(Found::Field(offset + at, fields.get(at)?))
        };
        let known = find(after, before.len()).or_else(|| find(before, 0));
        let is_name = || name.bytes().all(|byte| byte.is_ascii_graphic());
        Ok(known.unwrap_or_else(|| if is_name() { Found::Other } else { Found::Unreadable }))
    }
}

/// The deserializer of an object, for types that expect one.
pub(super) struct ObjectDeserializer<'a, A> {
    pub(super) map: A,
    pub(super) context: Context<'a>,
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for ObjectDeserializer<'_, A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(TolerantMap::new(self.map, Keys::Any, self.context))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_map(TolerantMap::new(self.map, Keys::Fields(fields), self.context))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(TolerantMap::new(self.map, Keys::AtMost(MAX_ENTRIES), self.context))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct enum identifier ignored_any
    }
}
