//! What is counted of one account.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Distribution, Total};

/// Upper bounds for the time that a request waits, in milliseconds: one that did not wait, a few responses, and a scrape timeout.
const WAIT_BUCKETS: [u64; 5] = [1, 10, 100, 1_000, 10_000];

/// Times that requests waited.
pub(crate) type Waits = Distribution<{ WAIT_BUCKETS.len() }>;

/// The counters of one account.
#[derive(Debug, Clone, Default)]
pub struct AccountTotals {
    /// Upstream requests, by API, operation and outcome.
    pub(crate) requests: BTreeMap<[&'static str; 3], Total>,
    /// How long requests waited before they were sent, by server.
    pub(crate) waits: BTreeMap<Arc<str>, Waits>,
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

impl AccountTotals {
    /// A request to a server was sent after it had waited for this long.
    pub(super) fn waited(&mut self, server: &str, time: Duration) {
        match self.waits.get_mut(server) {
            Some(waits) => waits.observe(time),
            None => {
                self.waits.entry(server.into()).or_insert_with(|| Waits::new(&WAIT_BUCKETS)).observe(time);
            }
        }
    }
}
