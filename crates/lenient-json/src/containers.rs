//! Objects, lists and maps.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::expect::Expect;
use crate::leaf::{Text, Unreadable};

/// Maximum length of a key of a map in bytes. An entry with a longer one is skipped.
const MAX_KEY: usize = 256;

/// Maximum number of elements of a list of texts.
const MAX_TEXTS: usize = 256;

/// An object; `None` if unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Object<T>(pub Option<T>);

/// An object for which it matters whether it is unknown because it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedObject<T>(pub Result<Option<T>, Unreadable>);

/// A list of at most `N` objects, without those that cannot be read; `None` if the list is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T, const N: usize>(pub Option<Vec<T>>, Extent);

/// How much of a list was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it.
    Whole,
    /// Not the elements that cannot be read; or none, because the list is missing.
    Part,
    /// None of it, because it is null.
    Null,
    /// None of it, because it is not a list.
    Unreadable,
    /// Not the elements beyond the limit, and maybe others.
    Beginning,
}

/// A list of at most 256 texts, without those that cannot be read; `None` if the list is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(pub Option<Vec<Arc<str>>>);

/// An object whose fields are unknown, with at most 1,024 of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<T>(pub BTreeMap<String, T>);

impl<T, const N: usize> List<T, N> {
    /// Whether all elements of the list could be read and there were not too many. False for an unknown list.
    pub const fn is_complete(&self) -> bool {
        matches!(self.1, Extent::Whole)
    }

    /// Whether the list is unknown because it is there and not a list.
    pub const fn is_unreadable(&self) -> bool {
        matches!(self.1, Extent::Unreadable)
    }

    /// Whether the list is unknown because it is there and null.
    pub const fn is_null(&self) -> bool {
        matches!(self.1, Extent::Null)
    }

    /// Whether elements were left out because there were too many.
    pub const fn is_cut(&self) -> bool {
        matches!(self.1, Extent::Beginning)
    }
}

impl<T, const N: usize> Default for List<T, N> {
    fn default() -> Self {
        Self(None, Extent::Part)
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// Reads a field of a struct that is an object: `#[serde(deserialize_with = "lenient_json::object")]`.
pub fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    CheckedObject::deserialize(deserializer).map(|CheckedObject(object)| object.unwrap_or_default())
}

impl<T> Default for CheckedObject<T> {
    fn default() -> Self {
        Self(Ok(None))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for CheckedObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = ObjectVisitor(PhantomData);
        deserializer.deserialize_tuple_struct(Expect::Object.name(), 0, visitor).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Result<Option<T>, Unreadable>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Expect::Object.words())
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, object: D) -> Result<Self::Value, D::Error> {
        T::deserialize(object).map(|object| Ok(Some(object)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ok(None))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Err(Unreadable))
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for List<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = ListVisitor::<Object<T>, N>(PhantomData);
        let list = deserializer.deserialize_tuple_struct(Expect::List.name(), N, visitor)?;
        let (elements, is_whole) = match list {
            Ok(Some(list)) => list,
            Ok(None) => return Ok(Self(None, Extent::Null)),
            Err(Unreadable) => return Ok(Self(None, Extent::Unreadable)),
        };
        let count = elements.len();
        let read: Vec<T> = elements.into_iter().filter_map(|Object(element)| element).collect();
        let extent = match is_whole {
            false => Extent::Beginning,
            true if read.len() < count => Extent::Part,
            true => Extent::Whole,
        };
        Ok(Self(Some(read), extent))
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = ListVisitor::<Text, MAX_TEXTS>(PhantomData);
        let list = deserializer.deserialize_tuple_struct(Expect::List.name(), MAX_TEXTS, visitor)?;
        Ok(Self(
            list.unwrap_or_default()
                .map(|(texts, _)| texts.into_iter().filter_map(|Text(text)| text).collect()),
        ))
    }
}

/// Reads at most `N` elements. Returns also whether there were no more.
struct ListVisitor<E, const N: usize>(PhantomData<E>);

impl<'de, E: Deserialize<'de>, const N: usize> Visitor<'de> for ListVisitor<E, N> {
    type Value = Result<Option<(Vec<E>, bool)>, Unreadable>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Expect::List.words())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while elements.len() < N {
            let Some(element) = list.next_element()? else { return Ok(Ok(Some((elements, true)))) };
            elements.push(element);
        }
        let mut is_whole = true;
        while list.next_element::<IgnoredAny>()?.is_some() {
            is_whole = false;
        }
        Ok(Ok(Some((elements, is_whole))))
    }

    fn visit_unit<F>(self) -> Result<Self::Value, F> {
        Ok(Ok(None))
    }

    fn visit_none<F>(self) -> Result<Self::Value, F> {
        Ok(Err(Unreadable))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

struct MapVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MapVisitor<T> {
    type Value = Map<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Expect::Object.words())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Map<T>, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if key.len() > MAX_KEY {
                map.next_value::<IgnoredAny>()?;
            } else {
                entries.insert(key, map.next_value()?);
            }
        }
        Ok(Map(entries))
    }
}
