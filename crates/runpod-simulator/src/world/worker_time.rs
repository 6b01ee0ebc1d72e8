//! Billed worker time of an endpoint, in total and by the hour.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

/// Billed worker time, summed over the workers of an endpoint.
#[derive(Debug)]
pub(super) struct WorkerTime {
    total: Duration,
    /// By hour, because bills are by the hour. Hours count from the last full hour before the epoch.
    by_hour: BTreeMap<u64, Duration>,
    /// Time from the last full hour to the epoch.
    offset: Duration,
}

impl WorkerTime {
    pub(super) fn new(offset: Duration) -> Self {
        Self { total: Duration::ZERO, by_hour: BTreeMap::new(), offset }
    }

    /// Adds worker time at a time on the world's axis.
    pub(super) fn add(&mut self, at: Duration, time: Duration) {
        self.total += time;
        let hour = (at + self.offset).as_secs() / 3_600;
        *self.by_hour.entry(hour).or_default() += time;
    }

    pub(super) fn total(&self) -> Duration {
        self.total
    }

    /// Worker time in a range of hours.
    pub(super) fn within(&self, hours: Range<u64>) -> Duration {
        if hours.is_empty() { Duration::ZERO } else { self.by_hour.range(hours).map(|(_, time)| *time).sum() }
    }
}
