//! Timestamps as Runpod writes them.

use jiff::Timestamp;

/// ISO 8601 in UTC, with milliseconds.
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
