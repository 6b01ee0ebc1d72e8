//! A value that is a number in one version of an API and an object in another.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Visitor};

use crate::expect::Expect;

/// A number or an object.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum NumberOr<T> {
    /// A number.
    Number(f64),
    /// An object.
    Object(T),
    /// Neither.
    #[default]
    Unknown,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for NumberOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple_struct(Expect::NumberOrObject.name(), 0, NumberOrVisitor(PhantomData))
    }
}

struct NumberOrVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NumberOrVisitor<T> {
    type Value = NumberOr<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Expect::NumberOrObject.words())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "exact below 2^53, and larger numbers have no exact meaning here"
    )]
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(NumberOr::Number(value as f64))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "exact below 2^53, and larger numbers have no exact meaning here"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(NumberOr::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(NumberOr::Number(value))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, object: D) -> Result<Self::Value, D::Error> {
        T::deserialize(object).map(NumberOr::Object)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(NumberOr::Unknown)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(NumberOr::Unknown)
    }
}
