//! The rate of requests, as a token bucket: one request per interval, and some at once.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Limits the rate of the requests of all clients together.
#[derive(Debug)]
pub struct Rate(DefaultDirectRateLimiter);

impl Rate {
    /// One request per interval, and `burst` at once. `None` if the interval is zero.
    pub fn new(interval: Duration, burst: NonZeroU32) -> Option<Self> {
        let quota = Quota::with_period(interval)?.allow_burst(burst);
        Some(Self(RateLimiter::direct(quota)))
    }

    /// Whether one more request is within the limit; if so, it counts.
    pub fn admits(&self) -> bool {
        self.0.check().is_ok()
    }
}
