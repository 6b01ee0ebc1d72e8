//! How often sources that are rationed or slow are asked.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::settings::Collector;

/// The interval of each collector for which the configuration gives one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refresh(BTreeMap<Collector, Duration>);

impl Refresh {
    /// How often the rationed or slow source of this collector is asked.
    pub fn every(&self, collector: Collector) -> Duration {
        self.0.get(&collector).copied().unwrap_or(collector.row().every)
    }
}

impl FromIterator<(Collector, Duration)> for Refresh {
    fn from_iter<I: IntoIterator<Item = (Collector, Duration)>>(intervals: I) -> Self {
        Self(intervals.into_iter().collect())
    }
}
