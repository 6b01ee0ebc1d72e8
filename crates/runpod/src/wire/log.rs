//! A line of a log.

use serde_json::Value;

/// A line, from whatever source. Unlike the other wire types it is read by hand: each source has names of its own for the
/// same things, and what is no object is a line as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub struct Log {
    /// Where a stream can be resumed: the id of the event, or its moment.
    pub id: Option<String>,
    pub ts: Option<String>,
    pub source: Option<String>,
    pub level: Option<String>,
    /// The worker, where a source mixes those of an endpoint.
    pub worker: Option<String>,
    pub line: String,
}

impl Log {
    /// A line that says nothing of itself.
    pub(crate) fn bare(line: &str) -> Self {
        Self { line: line.to_owned(), ..Self::default() }
    }

    /// `{source, line, ts}` of the REST API, `{timestamp, level, message}` of the documented shape, and what comes near
    /// to either. `None` if there is no line in it.
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
        })
    }
}
