//! A deserializer around another one: it gives each type what the type expects, or nothing if the document has another type
//! there.

mod guide;
mod map;
mod seq;

use std::cell::RefCell;

use serde::de::{DeserializeSeed, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use self::guide::{Guide, Mode};
use crate::expect::Expect;
use crate::notes::Notes;
use crate::path::Path;

/// Maximum number of entries of a map.
const MAX_ENTRIES: usize = 1024;

/// Where a value is, and where to note what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) at: &'a Path<'a>,
    pub(crate) notes: &'a RefCell<Notes>,
}

/// A deserializer that does not fail on a value of another type.
pub(crate) struct Tolerant<'a, D> {
    pub(crate) inner: D,
    pub(crate) context: Context<'a>,
}

impl<'de, D: Deserializer<'de>> Tolerant<'_, D> {
    fn guide<V: Visitor<'de>>(self, visitor: V, mode: Mode) -> Result<V::Value, D::Error> {
        let Self { inner, context } = self;
        inner.deserialize_any(Guide { visitor, mode, context })
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tolerant<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.guide(visitor, Mode::Any)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_ignored_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(Guide { visitor, mode: Mode::Option, context: self.context })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.guide(visitor, Mode::Struct(fields))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.guide(visitor, Mode::Map(MAX_ENTRIES))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        limit: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        match Expect::named(name) {
            Some(expect) => self.guide(visitor, Mode::Expect(expect, limit)),
            None => self.guide(visitor, Mode::Any),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple enum
        identifier
    }
}

/// A seed that reads its value through [`Tolerant`].
struct TolerantSeed<'a, S> {
    seed: S,
    context: Context<'a>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for TolerantSeed<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let Self { seed, context } = self;
        seed.deserialize(Tolerant { inner, context })
    }
}
