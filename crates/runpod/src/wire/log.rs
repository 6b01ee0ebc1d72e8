//! A log line.

use serde_json::Value;

/// A log line of any API. It is parsed by hand because each API has other names for the same fields, and because a value
/// that is not an object is a line as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// Where to resume the stream: the id of the event, or the time.
    pub id: Option<String>,
    /// Time in RFC 3339.
    pub ts: Option<String>,
    /// `container` or `system`.
    pub source: Option<String>,
    pub level: Option<String>,
    /// The id of the worker, if the lines of several workers are mixed.
    pub worker: Option<String>,
    pub line: String,
    /// Whether the line was too large and `line` says so instead.
    pub is_oversized: bool,
}

impl Log {
    /// A line without other fields.
    pub(crate) fn bare(line: &str) -> Self {
        Self { line: line.to_owned(), ..Self::default() }
    }

    /// A line that was left out because it is larger than the limit of 1 MiB.
    pub(crate) fn oversized() -> Self {
        Self { is_oversized: true, ..Self::bare("[log line larger than 1 MiB left out]") }
    }

    /// Parses `{source, line, ts}` of the REST API, `{timestamp, level, message}` of the documented job API, or a similar
    /// object. `None` if it contains no line.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| value.get(name).filter(|value| !value.is_null()))?;
            found.as_str().map(str::to_owned).or_else(|| found.is_number().then(|| found.to_string()))
        };
        if let Some(line) = value.as_str() {
            return Some(Self::bare(line));
        }
        Some(Self {
            id: None,
            ts: text(&["ts", "timestamp", "time", "dateTime", "createdAt"]),
            source: text(&["source"]),
            level: text(&["level", "severity"]),
            worker: text(&["workerId", "podId", "worker_id", "pod_id"]),
            line: text(&["line", "message", "msg", "log", "text"])?,
            is_oversized: false,
        })
    }
}
