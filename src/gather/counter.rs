//! Monotonic counters from Runpod's job totals, which may fall.
//!
//! A counter starts at 0 with the first total that the exporter sees, and grows by every increase. Runpod documents neither
//! the window of its totals nor when they restart: a decrease adds nothing and is the new base, so that neither a restart of
//! the totals nor one of the exporter looks like finished jobs.

use strum::EnumCount;

/// The source of a total. Two sources may count differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumCount)]
pub(super) enum TotalsFrom {
    Health,
    Graphql,
}

/// More jobs than Runpod runs between two reads. A counter never falls, so that one absurd total would stay in it forever.
const LEAP: f64 = 1e9;

/// A counter of one total.
#[derive(Debug, Clone, Default)]
pub(super) struct Monotonic {
    total: f64,
    bases: [Option<Base>; TotalsFrom::COUNT],
}

/// Where a source stands relative to the counter.
#[derive(Debug, Clone, Copy)]
struct Base {
    /// The last total of the source.
    last: f64,
    /// The total of the source at which the counter would be 0.
    zero: f64,
}

impl Monotonic {
    /// The value of the counter.
    pub(super) const fn total(&self) -> f64 {
        self.total
    }

    /// Records the next total and returns the value of the counter.
    ///
    /// Each source keeps its own base, so that jobs counted through both are counted once, and a source that returns adds
    /// what the other one missed.
    pub(super) fn observe(&mut self, source: TotalsFrom, value: f64) -> f64 {
        let Some(base) = self.bases.get_mut(source as usize) else { return self.total };
        let base = base.get_or_insert(Base { last: value, zero: value - self.total });
        if value < base.last || value - base.last > LEAP {
            base.zero = value - self.total;
        }
        base.last = value;
        self.total = self.total.max(value - base.zero);
        self.total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TotalsFrom::{Graphql, Health};
    use super::*;

    fn totals(values: &[(TotalsFrom, f64)]) -> Vec<f64> {
        let mut counter = Monotonic::default();
        values.iter().map(|(source, value)| counter.observe(*source, *value)).collect()
    }

    #[test]
    fn a_restart_adds_nothing_and_counting_continues_from_the_lower_value() {
        let health = [31.0, 33.0, 2.0, 5.0].map(|value| (Health, value));
        assert_eq!(totals(&health), [0.0, 2.0, 2.0, 5.0]);
    }

    #[test]
    fn an_absurd_total_adds_nothing() {
        let health = [31.0, 33.0, 9e15, 35.0, 36.0].map(|value| (Health, value));
        assert_eq!(totals(&health), [0.0, 2.0, 2.0, 2.0, 3.0]);
    }

    #[test]
    fn sources_in_turns_count_every_job_once() {
        // Three jobs between any two reads.
        let turns = [(Health, 10.0), (Graphql, 503.0), (Health, 16.0), (Graphql, 509.0), (Health, 22.0)];
        assert_eq!(totals(&turns), [0.0, 0.0, 6.0, 6.0, 12.0]);
    }

    #[test]
    fn a_restart_of_one_source_does_not_move_the_other() {
        let turns = [(Health, 10.0), (Graphql, 500.0), (Health, 12.0), (Graphql, 1.0), (Health, 15.0)];
        assert_eq!(totals(&turns), [0.0, 0.0, 2.0, 2.0, 5.0]);
    }

    proptest! {
        #[test]
        fn one_source_never_adds_more_than_it_grew(values in prop::collection::vec(0_u32..10_000, 2..50)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let totals = totals(&values.iter().map(|value| (Health, *value)).collect::<Vec<_>>());
            for (upstream, own) in values.windows(2).zip(totals.windows(2)) {
                let grown = (upstream[1] - upstream[0]).max(0.0);
                prop_assert!((own[1] - own[0] - grown).abs() < 1e-6);
            }
        }

        #[test]
        fn two_sources_never_count_more_jobs_than_there_were(
            steps in prop::collection::vec((0_u32..50, any::<bool>()), 1..60),
            (health, graphql) in (0_u32..1000, 0_u32..1000),
        ) {
            let mut counter = Monotonic::default();
            let (mut jobs, mut at_first) = (0.0, None);
            let mut seen_last = 0.0;
            for (finished, from_health) in steps {
                jobs += f64::from(finished);
                let first = *at_first.get_or_insert(jobs);
                let (source, offset) = if from_health { (Health, health) } else { (Graphql, graphql) };
                let total = counter.observe(source, jobs + f64::from(offset));
                prop_assert!(total <= jobs - first && total >= seen_last);
                seen_last = total;
            }
        }
    }
}
