//! What the client may use: time, connections, memory and quota.

use std::sync::Arc;
use std::time::Duration;

/// Limits of one client.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Maximum duration of one request, within the deadline of the caller.
    pub timeout: Duration,
    /// Maximum number of requests in flight. A server that cannot take as many gets fewer: see [`ServerLimit`].
    pub concurrency: usize,
    /// Maximum size of one response body in bytes, after decompression.
    pub body: usize,
    /// Maximum share of the remaining REST quota to use, from 0 to 1.
    pub rest_share: f64,
}

/// The number of requests that the client has in flight to a server at most. It is lowered while the server refuses requests
/// (429, 503), fails or becomes slow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerLimit {
    /// Host and port. APIs on the same server share the limit.
    pub server: Arc<str>,
    /// The limit in force.
    pub in_flight: usize,
}

impl Default for Limits {
    /// With a concurrency that reads all endpoints of an account at the same time: as many as a list can have.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            concurrency: 10_000,
            body: 32 * 1024 * 1024,
            rest_share: 0.5,
        }
    }
}

/// Maximum number of retries on connections of their own at the same time: a server that restarts loses hundreds of requests at
/// once, and as many connections would use up the open files of the process.
const FRESH_CONNECTIONS: usize = 32;

impl Limits {
    /// Maximum number of retries on connections of their own: a quarter of the requests, and at most 32.
    pub(crate) fn fresh(&self) -> usize {
        self.concurrency.div_ceil(4).min(FRESH_CONNECTIONS)
    }

    /// The same limits with a concurrency that needs at most this many connections, but at least one request at a time.
    #[must_use]
    pub fn within(self, connections: usize) -> Self {
        // A quarter of the requests needs a fifth of the connections.
        let fresh = connections.div_ceil(5).min(FRESH_CONNECTIONS);
        Self { concurrency: self.concurrency.min(connections.saturating_sub(fresh)).max(1), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_retries_fit_the_connections() {
        for connections in 2..2_000 {
            let limits = Limits { concurrency: usize::MAX, ..Limits::default() }.within(connections);
            let used = limits.concurrency + limits.fresh();
            assert!(used <= connections, "{connections}: {limits:?}");
            assert!(connections - used <= 1, "{connections}: {limits:?}");
        }
        assert_eq!(Limits::default().within(0).concurrency, 1);
        assert_eq!(Limits::default().within(99_999), Limits::default());
    }
}
