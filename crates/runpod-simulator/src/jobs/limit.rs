//! The rate limit of the list of requests.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

/// Runpod allows ten requests per endpoint within ten seconds.
const LIMIT: usize = 10;
const WINDOW: SignedDuration = SignedDuration::from_secs(10);

/// The times of the last requests, by endpoint.
#[derive(Debug, Default)]
pub(super) struct RequestLimit(Mutex<HashMap<String, VecDeque<Timestamp>>>);

impl RequestLimit {
    /// Counts a request, unless it exceeds the limit. Returns whether it is allowed.
    pub(super) fn allows(&self, endpoint: &str, now: Timestamp) -> bool {
        let mut requests = self.0.lock();
        let times = requests.entry(endpoint.to_owned()).or_default();
        while times.front().is_some_and(|time| now.duration_since(*time) >= WINDOW) {
            times.pop_front();
        }
        let allowed = times.len() < LIMIT;
        if allowed {
            times.push_back(now);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_ten_requests_in_ten_seconds() {
        let limit = RequestLimit::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!((0..10).all(|second| limit.allows("a", at(second))));
        assert!(!limit.allows("a", at(9)));
        assert!(limit.allows("b", at(9)));
        assert!(limit.allows("a", at(10)));
        assert!(!limit.allows("a", at(10)));
    }
}
