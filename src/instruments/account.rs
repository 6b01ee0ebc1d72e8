//! What is counted of one account.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Total;

/// The counters of one account.
#[derive(Debug, Clone, Default)]
pub struct AccountTotals {
    /// Upstream requests, by API, operation and outcome.
    pub(crate) requests: BTreeMap<[&'static str; 3], Total>,
    /// Values of responses that could not be read, by API and operation.
    pub(crate) unreadable: BTreeMap<[&'static str; 2], Total>,
    /// Elements that were left out and texts that were shortened, by API, operation and kind.
    pub(crate) truncated: BTreeMap<[&'static str; 3], Total>,
    /// Log lines that were not delivered to Loki; `None` until the first.
    pub(crate) dropped_lines: Option<Total>,
    /// Log lines, by id and name of the endpoint.
    pub(crate) log_lines: BTreeMap<(Arc<str>, Arc<str>), EndpointLines>,
}

/// The log lines of one endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct EndpointLines {
    /// By level and source.
    pub(crate) lines: BTreeMap<[&'static str; 2], Total>,
    /// Lines that were left out because they are too large.
    pub(crate) oversized: Total,
}
