//! A choice of collectors: those that a configuration switches on, or those that a probe asks for.

use std::collections::BTreeSet;

use crate::settings::Collector;

/// The collectors that are switched on.
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
    /// Those that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Whether this one is switched on.
    pub fn has(&self, collector: Collector) -> bool {
        self.0.contains(&collector)
    }

    /// Whether none is switched on.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with all that they need.
    #[must_use]
    pub fn with_needs(mut self) -> Self {
        let needs: Vec<_> = self.0.iter().flat_map(|collector| collector.row().needs).copied().collect();
        self.0.extend(needs);
        self
    }

    /// The first collector that is on without one that it needs, and that one.
    pub fn missing_need(&self) -> Option<(Collector, Collector)> {
        let needs = |on: &Collector| on.row().needs.iter().map(|needed| (*on, *needed)).collect::<Vec<_>>();
        self.0.iter().flat_map(needs).find(|(_, needed)| !self.has(*needed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_collector_needs_needs_nothing_that_is_not_named() {
        for collector in Collector::ALL {
            let complete = Collectors::from_iter([*collector]).with_needs();
            assert_eq!(complete.missing_need(), None, "{collector:?}");
        }
    }

    #[test]
    fn a_collector_without_what_it_needs_is_found() {
        let logs = Collectors::from_iter([Collector::Logs, Collector::Endpoints]);
        assert_eq!(logs.missing_need(), Some((Collector::Logs, Collector::Workers)));
        assert_eq!(Collectors::default().missing_need(), None);
    }
}
