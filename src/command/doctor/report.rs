//! What was found, as it is printed with `--json`.

use serde::Serialize;

use super::routes::Route;

/// What was found.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) account: String,
    /// The recording, if Runpod was not read.
    pub(super) recording: Option<String>,
    pub(super) apis: Vec<ApiState>,
    pub(super) operations: Vec<OperationState>,
    pub(super) collectors: Vec<CollectorState>,
    pub(super) quota: Vec<QuotaState>,
    /// Seconds that the clock of this machine is ahead of the servers', which report whole seconds; `None` if they report none,
    /// or with a recording.
    pub(super) clock_ahead_seconds: Option<f64>,
    pub(super) proxies: Vec<String>,
    /// Fields with values that this version does not know, and how many.
    pub(super) unknown_values: Vec<(String, usize)>,
    /// Fields that this version does not know, with the API and the operation that returned them.
    pub(super) unknown_fields: Vec<UnknownField>,
    /// Why the description of the REST API could not be read.
    pub(super) description_problem: Option<String>,
    /// The latencies that the description of the REST API states, and the metrics that export them.
    pub(super) described: Vec<String>,
    /// What it states about the metrics of endpoints and is not read, with the reason.
    pub(super) discovery: Vec<String>,
    pub(super) unread_routes: Vec<Route>,
}

/// A field that is newer than this version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct UnknownField {
    pub(super) api: String,
    pub(super) operation: String,
    pub(super) field: String,
}

#[derive(Debug, Serialize)]
pub(super) struct ApiState {
    pub(super) api: &'static str,
    pub(super) server: String,
    pub(super) answers: usize,
    /// Number of answers that the client understood, including those that refuse a request.
    pub(super) understood: usize,
    pub(super) failures: usize,
    /// Median time of an answer; `None` with a recording.
    pub(super) median_seconds: Option<f64>,
    pub(super) key_rejected: Option<bool>,
    /// Number of operations that the key may read.
    pub(super) allowed: usize,
    /// Number of operations that it may not read.
    pub(super) forbidden: usize,
    pub(super) retired: Option<bool>,
    pub(super) unsupported_fields: Option<usize>,
}

#[derive(Debug, Serialize)]
pub(super) struct OperationState {
    pub(super) api: &'static str,
    pub(super) operation: &'static str,
    pub(super) access: Access,
    pub(super) requests: usize,
}

/// What the answers to an operation say about the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Access {
    /// An answer was understood.
    Allowed,
    /// The key lacks permission, or is not valid.
    Forbidden,
    /// The server does not have the operation.
    Absent,
    /// No answer shows it.
    Unknown,
}

/// How a collector ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    /// Everything was read.
    Complete,
    /// Some endpoints were read. The others follow in later scrapes.
    Partial,
    /// Nothing was requested, although there is quota left: it follows in a later scrape.
    Delayed,
    /// Nothing was requested.
    NotRead,
    /// A part failed.
    Failed,
}

#[derive(Debug, Serialize)]
pub(super) struct CollectorState {
    pub(super) collector: &'static str,
    pub(super) default: bool,
    /// Whether the exit code depends on it.
    pub(super) expected: bool,
    pub(super) complete: bool,
    pub(super) result: Ending,
    /// What is missing and why: of several parts that failed, the first, and what to do.
    pub(super) problem: Option<String>,
    /// The API that the data comes from.
    pub(super) source: Option<&'static str>,
    /// Number of requests that its data consists of in this run.
    pub(super) requests: usize,
    /// The interval of `serve`; `None` if it reads at every scrape.
    pub(super) every_seconds: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(super) struct QuotaState {
    pub(super) window: String,
    pub(super) limit: Option<f64>,
    pub(super) remaining: Option<f64>,
}

impl CollectorState {
    /// Whether nothing is wrong: what the quota only delays is read later.
    pub(super) fn is_fine(&self) -> bool {
        matches!(self.result, Ending::Complete | Ending::Partial | Ending::Delayed)
    }
}
