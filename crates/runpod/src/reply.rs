//! JSON bodies as wire types, and replies that may be incomplete.

use lenient_json::Decoded;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

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

/// Sends a request, reads the JSON of the response, and reports what could not be used of it. `check` rejects a response that
/// lacks what it must have.
pub(crate) async fn get<T: DeserializeOwned + Send + 'static>(
    transport: &Transport,
    call: &Call,
    check: fn(T) -> Result<T, Reason>,
) -> Result<T, RequestError> {
    let read = move |body: &[u8]| {
        let Decoded { value, notes } = decoded(body)?;
        Ok((check(value)?, notes))
    };
    let (value, notes) = transport.get(call, read).await?;
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
        let problem = match error.classify() {
            _ if body.trim_ascii().is_empty() => return Reason::Decode { cause: "it is empty".into() },
            Category::Eof => "the JSON is cut off",
            Category::Syntax | Category::Io => "not JSON",
            Category::Data => "JSON with another structure",
        };
        let (line, column) = (error.line(), error.column());
        Reason::Decode { cause: format!("{problem}, at line {line} column {column}").into() }
    })
}
