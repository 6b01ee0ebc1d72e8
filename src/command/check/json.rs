//! The report as JSON: the document of `/api/v1/status`.

use crate::status::Status;
use program::text::visible_json;

/// The report as JSON, with its fields in the order of the documentation.
pub(super) fn json(status: &Status) -> Result<String, serde_json::Error> {
    Ok(visible_json(&serde_json::to_string_pretty(status)?).into_owned() + "\n")
}
