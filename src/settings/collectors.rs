//! A set of collectors: those that a configuration enables, or those that a probe requests.

use std::collections::BTreeSet;

use crate::settings::Collector;

/// A set of collectors. The default contains those that are on by default.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Collectors(BTreeSet<Collector>);

impl Default for Collectors {
    fn default() -> Self {
        Collector::ALL.iter().copied().filter(|collector| collector.row().default).collect()
    }
}

impl FromIterator<Collector> for Collectors {
    fn from_iter<I: IntoIterator<Item = Collector>>(collectors: I) -> Self {
        Self(collectors.into_iter().collect())
    }
}

impl Collectors {
    /// The collectors that are in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Whether the set contains this collector.
    pub fn has(&self, collector: Collector) -> bool {
        self.0.contains(&collector)
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the collectors that these need.
    #[must_use]
    pub fn with_needs(mut self) -> Self {
        let needs: Vec<_> = self.0.iter().flat_map(|collector| collector.row().needs).copied().collect();
        self.0.extend(needs);
        self
    }

    /// The first collector without one that it needs, and the missing one.
    pub fn missing_need(&self) -> Option<(Collector, Collector)> {
        let needs =
            |own: &Collector| own.row().needs.iter().map(|needed| (*own, *needed)).collect::<Vec<_>>();
        self.0.iter().flat_map(needs).find(|(_, needed)| !self.has(*needed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needs_of_a_collector_are_complete() {
        for collector in Collector::ALL {
            let complete = Collectors::from_iter([*collector]).with_needs();
            assert_eq!(complete.missing_need(), None, "{collector:?}");
        }
    }

    #[test]
    fn a_missing_need_is_found() {
        let logs = Collectors::from_iter([Collector::Logs, Collector::Endpoints]);
        assert_eq!(logs.missing_need(), Some((Collector::Logs, Collector::Workers)));
        assert_eq!(Collectors::default().missing_need(), None);
    }
}
