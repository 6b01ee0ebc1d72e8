//! Values that contain no others: numbers, flags and texts.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::expect::Expect;

/// Maximum number of characters of a name.
const MAX_NAME: usize = 256;

/// Maximum number of characters of an id.
const MAX_ID: usize = 256;

/// Maximum number of characters of other texts.
const MAX_TEXT: usize = 1024;

/// A finite number; `None` if unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Number(pub Option<f64>);

/// True or false; `None` if unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub Option<bool>);

/// A text of at most 1,024 characters; `None` if unknown. The last character of one that was shortened is an ellipsis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Option<Arc<str>>);

/// A text of at most 256 characters; `None` if unknown. The last character of one that was shortened is an ellipsis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name(pub Option<Arc<str>>);

/// An id; `None` if unknown. It has 1 to 256 characters, which are letters, digits, spaces or ASCII punctuation, and it is
/// neither `.` nor `..`, which would be another resource in a URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Id(pub Option<Arc<str>>);

/// The id by which an object is known, as the field `id` of its struct; `None` if unknown. Without it the object is lost, so
/// that one that is null or missing is noted, unlike that of another value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnId(pub Option<Arc<str>>);

/// A value that is there and cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// A value for which it matters whether it is unknown because it cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked<L>(pub Result<L, Unreadable>);

/// A value that contains no others, and what it is made of.
pub trait Leaf: Default {
    /// What it expects of a value.
    const EXPECTS: &'static str;
    /// Maximum number of characters.
    const LIMIT: usize;
    /// The value of a number, if it can be one.
    fn number(_number: f64) -> Option<Self> {
        None
    }
    /// The value of a flag, if it can be one.
    fn flag(_flag: bool) -> Option<Self> {
        None
    }
    /// The value of a text, if it can be one.
    fn text(_text: Arc<str>) -> Option<Self> {
        None
    }
}

macro_rules! leaves {
    ($($leaf:ident: $expect:ident($limit:expr), $from:ident($type:ty);)*) => {$(
        impl Leaf for $leaf {
            const EXPECTS: &'static str = Expect::$expect.name();
            const LIMIT: usize = $limit;

            fn $from(value: $type) -> Option<Self> {
                Some(Self(Some(value)))
            }
        }

        impl<'de> Deserialize<'de> for $leaf {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(read(deserializer)?.unwrap_or_default())
            }
        }
    )*};
}

leaves! {
    Number: Number(0), number(f64);
    Flag: Flag(0), flag(bool);
    Text: Text(MAX_TEXT), text(Arc<str>);
    Name: Text(MAX_NAME), text(Arc<str>);
    Id: Id(MAX_ID), text(Arc<str>);
    OwnId: OwnId(MAX_ID), text(Arc<str>);
}

impl<L: Default> Default for Checked<L> {
    fn default() -> Self {
        Self(Ok(L::default()))
    }
}

impl<'de, L: Leaf> Deserialize<'de> for Checked<L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Self)
    }
}

fn read<'de, L: Leaf, D: Deserializer<'de>>(deserializer: D) -> Result<Result<L, Unreadable>, D::Error> {
    deserializer.deserialize_tuple_struct(L::EXPECTS, L::LIMIT, LeafVisitor(PhantomData))
}

struct LeafVisitor<L>(PhantomData<L>);

impl<L: Leaf> Visitor<'_> for LeafVisitor<L> {
    type Value = Result<L, Unreadable>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(L::EXPECTS)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(L::flag(value).ok_or(Unreadable))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "exact below 2^53, and larger numbers have no exact meaning here"
    )]
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(L::number(value as f64).ok_or(Unreadable))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "exact below 2^53, and larger numbers have no exact meaning here"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(L::number(value as f64).ok_or(Unreadable))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(L::number(value).ok_or(Unreadable))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(L::text(value.into()).ok_or(Unreadable))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ok(L::default()))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Err(Unreadable))
    }
}
