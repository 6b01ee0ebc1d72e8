//! The report for programs.

use super::Report;

/// The report as JSON.
pub fn json(report: &Report) -> String {
    format!("{:#}\n", serde_json::json!(report))
}
