//! What the client may use: time, connections, memory and quota.

use std::time::Duration;

/// Limits of one client.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Maximum duration of one request, within the deadline of the caller.
    pub timeout: Duration,
    /// Maximum number of requests in flight.
    pub concurrency: usize,
    /// Maximum size of one response body in bytes, after decompression.
    pub body: usize,
    /// Maximum share of the remaining REST quota to use, from 0 to 1.
    pub rest_share: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), concurrency: 1024, body: 32 * 1024 * 1024, rest_share: 0.5 }
    }
}
