//! Which log lines to request.

use std::sync::Arc;

use jiff::Timestamp;

/// The source of a log stream of the REST API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogSubject {
    /// A pod, by id.
    Pod(Arc<str>),
    /// A worker of an endpoint.
    Worker {
        /// The id of the endpoint.
        endpoint: Arc<str>,
        /// The id of the worker.
        worker: Arc<str>,
    },
}

/// Where to start. `after` takes precedence over `since`, and `since` over `tail`, as in the REST API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogWindow {
    /// The id of the last known line (`Last-Event-ID`).
    pub after: Option<String>,
    /// The time of the oldest line.
    pub since: Option<Timestamp>,
    /// The number of recent lines.
    pub tail: Option<u32>,
    /// `container` or `system`; `None` for both.
    pub source: Option<&'static str>,
}
