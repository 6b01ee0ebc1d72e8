//! The JSON body of a GraphQL request.

use apollo_compiler::response::JsonMap;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::Value;

use super::refusal;
use crate::answer::Answer;

/// The body of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope {
    pub(super) query: String,
    #[serde(default)]
    pub(super) variables: Option<JsonMap>,
    #[serde(default)]
    pub(super) operation_name: Option<String>,
}

/// Parses the body as strictly as Apollo Server does.
pub(super) fn open(headers: &HeaderMap, body: &[u8]) -> Result<Envelope, Answer> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(refusal::bad_request(
            "POST body missing, invalid Content-Type, or JSON object has no keys.",
        ));
    }
    let value: Value =
        serde_json::from_slice(body).map_err(|error| refusal::bad_request(&error.to_string()))?;
    if value.is_array() {
        return Err(refusal::bad_request("Operation batching disabled."));
    }
    serde_json::from_value(value).map_err(|error| refusal::bad_request(&error.to_string()))
}
