//! What a server answered: its JSON as a wire type, and what it reported as missing.

use serde::de::DeserializeOwned;

use crate::error::{Reason, RequestError};

/// What a server gave, and what it said was missing of it.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    /// The data. What failed is null in it.
    pub value: T,
    /// The errors that came along, as one.
    pub complaint: Option<RequestError>,
}

impl<T> Reply<T> {
    /// A reply that lacks nothing.
    pub const fn whole(value: T) -> Self {
        Self { value, complaint: None }
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { value: f(self.value), complaint: self.complaint }
    }
}

/// JSON to a wire type. What the parser says of the text is left out of the error: it repeats the text.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reason> {
    let text = str::from_utf8(body).map_err(|error| Reason::Decode {
        cause: format!("no UTF-8 at byte {}", error.valid_up_to()).into(),
    })?;
    serde_json::from_str(text).map_err(|error| {
        let (kind, line, column) = (error.classify(), error.line(), error.column());
        Reason::Decode { cause: format!("{kind:?} error at line {line} column {column}").into() }
    })
}
