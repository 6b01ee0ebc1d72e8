//! The values of flags and variables. White space around them is dropped: a variable may end with a line break.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};

/// A text.
pub(super) fn text(value: &str) -> Result<String, &'static str> {
    let text = value.trim();
    if text.is_empty() { Err("the value is empty") } else { Ok(text.to_owned()) }
}

/// A path.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|value| match value.to_str() {
        Some(value) => text(value).map(PathBuf::from),
        None => Ok(PathBuf::from(value)), // a path need not be UTF-8
    })
}

/// A number of things.
pub(super) fn count(value: &str) -> Result<usize, &'static str> {
    value.trim().parse().map_err(|_invalid| "use a whole number, at least 0")
}

/// A number.
pub(super) fn number(value: &str) -> Result<f64, &'static str> {
    value.trim().parse().map_err(|_invalid| "use a number, for example 0.5")
}

/// A duration.
pub(super) fn duration(value: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(value.trim()).map_err(|_invalid| "use for example 500ms, 30s, 5m or 1h")
}

/// An element of a list; `None` for an empty one, as after the last comma.
pub(super) fn element<T: FromStr>(value: &str) -> Result<Option<T>, T::Err> {
    let value = value.trim();
    if value.is_empty() { Ok(None) } else { value.parse().map(Some) }
}

/// The value of a variable that switches something on or off.
pub(super) fn switch(value: &str) -> Result<bool, &'static str> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "y" | "t" => Ok(true),
        "false" | "no" | "off" | "0" | "n" | "f" => Ok(false),
        _ => Err("use true or false"),
    }
}
