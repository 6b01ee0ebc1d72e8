//! Rate limits of the operations.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::api::JobsOperation;

/// The period of every limit.
const WINDOW: SignedDuration = SignedDuration::from_secs(10);

/// How many requests Runpod allows per endpoint within ten seconds; `None` where no limit is documented.
fn limit(operation: JobsOperation) -> Option<usize> {
    match operation {
        JobsOperation::Requests => Some(10),
        JobsOperation::Run => Some(1_000),
        JobsOperation::Runsync
        | JobsOperation::Status
        | JobsOperation::StatusSync
        | JobsOperation::Stream => Some(2_000),
        JobsOperation::Cancel => Some(100),
        JobsOperation::PurgeQueue => Some(2),
        JobsOperation::Health
        | JobsOperation::Batches
        | JobsOperation::Latency
        | JobsOperation::Logs
        | JobsOperation::LogsStream
        | JobsOperation::Retry => None,
    }
}

/// The times of the last requests, by operation and endpoint.
#[derive(Debug, Default)]
pub(super) struct RequestLimit(Mutex<HashMap<(JobsOperation, String), VecDeque<Timestamp>>>);

impl RequestLimit {
    /// Counts a request, unless it exceeds the limit. Returns whether it is allowed.
    pub(super) fn allows(&self, operation: JobsOperation, endpoint: &str, now: Timestamp) -> bool {
        let Some(limit) = limit(operation) else { return true };
        let mut requests = self.0.lock();
        let times = requests.entry((operation, endpoint.to_owned())).or_default();
        while times.front().is_some_and(|time| now.duration_since(*time) >= WINDOW) {
            times.pop_front();
        }
        let allowed = times.len() < limit;
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
    fn each_operation_of_an_endpoint_has_its_own_requests_in_ten_seconds() {
        let limit = RequestLimit::default();
        let allows = |operation, endpoint, second| {
            limit.allows(operation, endpoint, Timestamp::from_second(second).unwrap())
        };
        assert!((0..10).all(|second| allows(JobsOperation::Requests, "a", second)));
        assert!(!allows(JobsOperation::Requests, "a", 9));
        assert!(allows(JobsOperation::Requests, "b", 9));
        assert!(allows(JobsOperation::Requests, "a", 10));
        assert!(!allows(JobsOperation::Requests, "a", 10));
        assert!((0..2).all(|_| allows(JobsOperation::PurgeQueue, "a", 10)));
        assert!(!allows(JobsOperation::PurgeQueue, "a", 10));
        assert!((0..100).all(|_| allows(JobsOperation::Health, "a", 10)));
    }
}
