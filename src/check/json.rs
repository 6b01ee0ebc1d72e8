//! The report for programs: the document of `/api/v1/status`.

use crate::status::Status;

/// The report as JSON.
pub fn json(status: &Status) -> String {
    format!("{:#}\n", serde_json::json!(status))
}
