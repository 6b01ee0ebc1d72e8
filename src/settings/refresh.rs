//! The intervals at which rate-limited and slow sources are queried.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::settings::Collector;

/// The configured intervals by collector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refresh(BTreeMap<Collector, Duration>);

impl Refresh {
    /// The interval at which this collector's rate-limited or slow source is queried.
    pub fn every(&self, collector: Collector) -> Duration {
        self.0.get(&collector).copied().unwrap_or(collector.row().every)
    }
}

impl FromIterator<(Collector, Duration)> for Refresh {
    fn from_iter<I: IntoIterator<Item = (Collector, Duration)>>(intervals: I) -> Self {
        Self(intervals.into_iter().collect())
    }
}
