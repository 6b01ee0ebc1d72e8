//! Monotonic counters from Runpod's job totals, which may fall.
//!
//! Runpod documents neither the window of its job totals nor when they restart. An increase is added to the counter. A
//! decrease adds nothing and is the new base, so that a restart never looks like finished jobs.

/// The source of a total. Two sources may count differently, so that a change of source is a new base too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TotalsFrom {
    Health,
    Graphql,
}

/// A counter of one total.
#[derive(Debug, Clone, Copy)]
pub(super) struct Monotonic {
    source: TotalsFrom,
    base: f64,
    total: f64,
}

impl Monotonic {
    /// Starts at the first value.
    pub(super) const fn starting_at(source: TotalsFrom, value: f64) -> Self {
        Self { source, base: value, total: value }
    }

    /// The value of the counter.
    pub(super) const fn total(&self) -> f64 {
        self.total
    }

    /// Records the next total and returns the value of the counter.
    pub(super) fn observe(&mut self, source: TotalsFrom, value: f64) -> f64 {
        if self.source == source {
            self.total += (value - self.base).max(0.0);
        }
        self.source = source;
        self.base = value;
        self.total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn totals(values: &[f64]) -> Vec<f64> {
        let mut counter = Monotonic::starting_at(TotalsFrom::Health, values[0]);
        values.iter().map(|value| counter.observe(TotalsFrom::Health, *value)).collect()
    }

    #[test]
    fn a_restart_adds_nothing_and_counting_continues_from_the_lower_value() {
        assert_eq!(totals(&[31.0, 33.0, 2.0, 5.0]), [31.0, 33.0, 33.0, 36.0]);
    }

    #[test]
    fn another_source_is_a_new_base() {
        let mut counter = Monotonic::starting_at(TotalsFrom::Health, 10.0);
        assert!((counter.observe(TotalsFrom::Graphql, 500.0) - 10.0).abs() < f64::EPSILON);
        assert!((counter.observe(TotalsFrom::Graphql, 503.0) - 13.0).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn never_falls_and_never_grows_by_more_than_the_upstream(values in prop::collection::vec(0_u32..10_000, 2..50)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let totals = totals(&values);
            for (upstream, own) in values.windows(2).zip(totals.windows(2)) {
                let grown = own[1] - own[0];
                prop_assert!(grown >= 0.0);
                prop_assert!(grown <= (upstream[1] - upstream[0]).max(0.0));
            }
        }
    }
}
