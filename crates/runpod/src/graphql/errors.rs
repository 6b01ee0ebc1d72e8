//! The errors of a GraphQL response. Their form is part of no schema, so that each is one error whatever its form is: an
//! error that could not be read would look like success.

use std::fmt;

use lenient_json::{List, Number, Object, Text};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::Refusal;

/// Maximum number of errors that are kept; the others are only counted. It is more than the fields of any document.
const MAX_ERRORS: usize = 4096;

/// Maximum number of locations of an error. Validators return one or two.
const MAX_LOCATIONS: usize = 16;

/// The errors of a response.
#[derive(Debug, Default)]
pub(super) struct Errors {
    /// The number of errors.
    pub(super) count: usize,
    errors: Vec<GraphqlError>,
}

#[derive(Debug, Default)]
struct GraphqlError {
    message: Option<String>,
    locations: Vec<(usize, usize)>,
    /// Whether the field of the error is named, which is so if it is from the execution.
    has_path: bool,
    /// The code of `extensions`.
    code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extensions {
    code: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Location {
    line: Number,
    column: Number,
}

impl Errors {
    fn add(&mut self, error: GraphqlError) {
        self.count = self.count.saturating_add(1);
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    /// Whether they are validation errors, which some servers return with status 200. They have no path because nothing
    /// was executed; execution errors have one.
    pub(super) fn are_validation(&self) -> bool {
        self.errors.iter().any(|error| !error.locations.is_empty())
            && self.errors.iter().all(|error| !error.has_path)
    }

    /// Whether one is for a valid key without the scope, with status 200. Runpod's has the code `RUNPOD` and the message
    /// `Unauthorized`; other GraphQL servers have a code for it.
    pub(super) fn are_forbidden(&self) -> bool {
        let is_forbidden = |error: &GraphqlError| {
            let says = |text: &Option<String>, word: &str| {
                text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(word))
            };
            says(&error.message, "unauthorized")
                || ["FORBIDDEN", "UNAUTHORIZED", "UNAUTHENTICATED"].iter().any(|code| says(&error.code, code))
        };
        self.errors.iter().any(is_forbidden)
    }

    /// What they say about the document.
    pub(super) fn refusals(self) -> Vec<Refusal> {
        let refusal = |GraphqlError { message, locations, .. }| {
            let names = quoted(message.as_deref().unwrap_or_default());
            Refusal { locations, names }
        };
        self.errors.into_iter().map(refusal).collect()
    }
}

impl Location {
    /// Line and column; `None` if one of them is not a position.
    fn place(&self) -> Option<(usize, usize)> {
        Some((position(self.line)?, position(self.column)?))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 1 to 2^32")]
fn position(number: Number) -> Option<usize> {
    let number =
        number.0.filter(|number| number.fract() == 0.0 && (1.0..4_294_967_296.0).contains(number))?;
    Some(number as usize)
}

/// The names in quotation marks of any kind.
fn quoted(message: &str) -> Vec<String> {
    let mut names = Vec::new();
    for mark in ['"', '\'', '`'] {
        names.extend(message.split(mark).skip(1).step_by(2).map(str::to_owned));
    }
    names
}

impl<'de> Deserialize<'de> for Errors {
    /// Null and false are zero errors. Any other value that is not a list is one error.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ErrorsVisitor)
    }
}

struct ErrorsVisitor;

impl<'de> Visitor<'de> for ErrorsVisitor {
    type Value = Errors;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("errors")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Errors, A::Error> {
        let mut errors = Errors::default();
        while let Some(error) = list.next_element()? {
            errors.add(error);
        }
        Ok(errors)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Errors, A::Error> {
        let mut errors = Errors::default();
        errors.add(ErrorVisitor.visit_map(map)?);
        Ok(errors)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Errors, E> {
        let mut errors = Errors::default();
        errors.add(ErrorVisitor.visit_str(text)?);
        Ok(errors)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Errors, E> {
        Ok(Errors { count: value.into(), errors: Vec::new() })
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Errors, E> {
        Ok(Errors { count: 1, errors: Vec::new() })
    }

    fn visit_i64<E: Error>(self, _value: i64) -> Result<Errors, E> {
        self.visit_f64(0.0)
    }

    fn visit_u64<E: Error>(self, _value: u64) -> Result<Errors, E> {
        self.visit_f64(0.0)
    }

    fn visit_unit<E>(self) -> Result<Errors, E> {
        Ok(Errors::default())
    }

    fn visit_none<E: Error>(self) -> Result<Errors, E> {
        self.visit_f64(0.0)
    }
}

impl<'de> Deserialize<'de> for GraphqlError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ErrorVisitor)
    }
}

struct ErrorVisitor;

impl<'de> Visitor<'de> for ErrorVisitor {
    type Value = GraphqlError;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<GraphqlError, A::Error> {
        let mut error = GraphqlError::default();
        while let Some(field) = map.next_key::<String>()? {
            match &*field {
                "message" => error.message = map.next_value::<Text>()?.0.map(|text| (*text).to_owned()),
                "locations" => {
                    let locations: List<Location, MAX_LOCATIONS> = map.next_value()?;
                    error.locations = locations.0.iter().flatten().filter_map(Location::place).collect();
                }
                "extensions" => {
                    let Object(extensions) = map.next_value::<Object<Extensions>>()?;
                    error.code =
                        extensions.and_then(|Extensions { code }| code.0).map(|code| (*code).to_owned());
                }
                "path" => error.has_path = map.next_value::<Option<IgnoredAny>>()?.is_some(),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(error)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<GraphqlError, E> {
        Ok(GraphqlError { message: Some(text.to_owned()), ..GraphqlError::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<GraphqlError, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(GraphqlError::default())
    }

    fn visit_bool<E>(self, _value: bool) -> Result<GraphqlError, E> {
        Ok(GraphqlError::default())
    }

    fn visit_f64<E>(self, _value: f64) -> Result<GraphqlError, E> {
        Ok(GraphqlError::default())
    }

    fn visit_i64<E>(self, _value: i64) -> Result<GraphqlError, E> {
        Ok(GraphqlError::default())
    }

    fn visit_u64<E>(self, _value: u64) -> Result<GraphqlError, E> {
        Ok(GraphqlError::default())
    }

    fn visit_unit<E>(self) -> Result<GraphqlError, E> {
        Ok(GraphqlError::default())
    }

    fn visit_none<E>(self) -> Result<GraphqlError, E> {
        Ok(GraphqlError::default())
    }
}
