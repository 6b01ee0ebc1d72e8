//! The report as JSON: the document of `/api/v1/status`.

use crate::status::Status;

/// The report as JSON, with its fields in the order of the documentation.
pub(super) fn json(status: &Status) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(status)? + "\n")
}
