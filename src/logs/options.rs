//! The delays, timeouts and limits with which streams are followed.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

/// Delays, timeouts and limits of following streams.
#[derive(Debug, Clone, Copy)]
pub struct FollowOptions {
    /// Initial and maximum delay before a broken stream is reopened. The delay doubles at each failure.
    pub backoff: (Duration, Duration),
    /// Maximum number of consecutive retries of a reader that does not follow.
    pub retries: usize,
    /// Time without a line after which the existing lines count as complete: no API marks their end.
    pub quiet: Duration,
    /// The same before the first line, which Runpod may have to fetch first.
    pub first_line: Duration,
    /// Time without a line after which a connection is reopened: a proxy may have dropped it silently.
    pub idle: Duration,
    /// Interval at which an endpoint's workers are listed again.
    pub relist: Duration,
    /// Interval of log snapshots where there is no stream.
    pub poll: Duration,
    /// Interval at which a request that the quota did not allow is tried again.
    pub quota_retry: Duration,
    /// Time for which lines wait for earlier lines of other workers.
    pub reorder: Duration,
}

impl Default for FollowOptions {
    fn default() -> Self {
        Self {
            backoff: (Duration::from_millis(250), Duration::from_mins(1)),
            retries: 4,
            quiet: Duration::from_secs(1),
            first_line: Duration::from_secs(5),
            idle: Duration::from_mins(15),
            relist: Duration::from_secs(30),
            poll: Duration::from_secs(5),
            quota_retry: Duration::from_secs(1),
            reorder: Duration::from_millis(500),
        }
    }
}

impl FollowOptions {
    /// The delays between retries; unlimited, or at most [`Self::retries`].
    pub(super) fn delays(&self, unlimited: bool) -> impl Iterator<Item = Duration> + use<> {
        let (initial, maximum) = self.backoff;
        let builder = ExponentialBuilder::new().with_min_delay(initial).with_max_delay(maximum).with_jitter();
        let builder =
            if unlimited { builder.without_max_times() } else { builder.with_max_times(self.retries) };
        builder.build()
    }
}
