//! JSON bodies as wire types, and replies that may be incomplete.

use lenient_json::Decoded;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Reason, RequestError};
use crate::transport::{Call, Transport};

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

impl Reason {
    /// A list with more elements than are read.
    pub(crate) fn too_many() -> Self {
        Self::Incomplete { cause: "it has too many elements".into() }
    }
}

/// Reads the JSON of a response, and reports what could not be used of it.
pub(crate) fn json<T: DeserializeOwned>(
    transport: &Transport,
    call: &Call,
    body: &[u8],
) -> Result<T, Reason> {
    let Decoded { value, notes } = decoded(body)?;
    transport.damaged(call, &notes);
    Ok(value)
}

/// Reads a JSON body whose structure is unknown.
pub(crate) fn value(body: &[u8]) -> Result<Value, Reason> {
    decoded(body).map(|decoded| decoded.value)
}

/// Reads a JSON body. The message of the parser is left out of the error because it repeats parts of the body.
pub(crate) fn decoded<T: DeserializeOwned>(body: &[u8]) -> Result<Decoded<T>, Reason> {
    lenient_json::from_slice(body).map_err(|error| {
        let (kind, line, column) = (error.classify(), error.line(), error.column());
        Reason::Decode { cause: format!("{kind:?} error at line {line} column {column}").into() }
    })
}
