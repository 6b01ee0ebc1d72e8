//! JSON bodies as wire types, and replies that may be incomplete.

use serde::de::DeserializeOwned;

use crate::error::{Reason, RequestError};

/// The data of a response, and the errors that came with it.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    /// The data. Fields that the server could not provide are null.
    pub value: T,
    /// The errors in the response, as one; `None` if the data is complete.
    pub error: Option<RequestError>,
}

impl<T> Reply<T> {
    /// A reply without errors.
    pub const fn complete(value: T) -> Self {
        Self { value, error: None }
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { value: f(self.value), error: self.error }
    }
}

/// Reads a JSON body. The message of the parser is left out of the error because it repeats parts of the body.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reason> {
    let text = str::from_utf8(body).map_err(|error| Reason::Decode {
        cause: format!("invalid UTF-8 at byte {}", error.valid_up_to()).into(),
    })?;
    serde_json::from_str(text).map_err(|error| {
        let (kind, line, column) = (error.classify(), error.line(), error.column());
        Reason::Decode { cause: format!("{kind:?} error at line {line} column {column}").into() }
    })
}
