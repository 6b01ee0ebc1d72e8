//! Scalars and lists that accept any JSON: a number may be sent as a string, a list may be null, and an element that the
//! server could not provide is null.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A finite number; `None` if unknown. May be sent as a string, as prices are in version 1 of the REST API.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Number(pub Option<f64>);

/// A string; `None` if unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Option<String>);

/// A boolean; `None` if unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub Option<bool>);

/// A list without its null elements; `None` if unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Option<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

#[derive(Debug, Default)]
enum Scalar {
    #[default]
    Unknown,
    Number(f64),
    Text(String),
    Flag(bool),
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and the metrics are f64")]
    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53, and the metrics are f64")]
    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Unknown)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Unknown)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Unknown)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match deserializer.deserialize_any(ScalarVisitor)? {
            Scalar::Number(value) => Some(value),
            Scalar::Text(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()),
            Scalar::Unknown | Scalar::Flag(_) => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match deserializer.deserialize_any(ScalarVisitor)? {
            Scalar::Text(text) => Some(text),
            Scalar::Unknown | Scalar::Flag(_) | Scalar::Number(_) => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match deserializer.deserialize_any(ScalarVisitor)? {
            Scalar::Flag(value) => Some(value),
            Scalar::Unknown | Scalar::Text(_) | Scalar::Number(_) => None,
        }))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = Option<Vec<T>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or null")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element::<Option<T>>()? {
                    elements.extend(element);
                }
                Ok(Some(elements))
            }
        }

        deserializer.deserialize_any(ListVisitor(PhantomData)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(json: &str) -> Option<f64> {
        serde_json::from_str::<Number>(json).unwrap().0
    }

    #[test]
    fn a_number_is_a_number_or_a_string() {
        assert_eq!(number("3"), Some(3.0));
        assert_eq!(number("-0.5"), Some(-0.5));
        assert_eq!(number(r#""0.74""#), Some(0.74));
        for unknown in ["null", "true", r#""NaN""#, r#""inf""#, r#""""#, "[1,[2]]", r#"{"a":{"b":1}}"#] {
            assert_eq!(number(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_null_element_is_left_out() {
        let list: List<Number> = serde_json::from_str("[1,null,2]").unwrap();
        assert_eq!(list.0.unwrap(), [Number(Some(1.0)), Number(Some(2.0))]);
        assert_eq!(serde_json::from_str::<List<Number>>("null").unwrap().0, None);
    }

    proptest! {
        #[test]
        fn any_json_is_a_scalar_or_unknown(value in any::<f64>(), text in ".*") {
            let json = serde_json::json!([value, text, {text.clone(): value}, [text.clone()]]);
            for element in json.as_array().unwrap() {
                let element = element.to_string();
                let number = serde_json::from_str::<Number>(&element).unwrap();
                prop_assert!(number.0.is_none_or(f64::is_finite));
                serde_json::from_str::<Text>(&element).unwrap();
                serde_json::from_str::<Flag>(&element).unwrap();
            }
        }
    }
}
