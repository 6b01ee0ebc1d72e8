//! The value of a histogram.

use std::time::Duration;

use super::{Exemplar, Native};

/// Durations, counted by upper bounds and in buckets of exponential width. The sum is a whole number of nanoseconds, so it does not
/// depend on their order.
#[derive(Debug, Clone)]
pub(crate) struct Distribution<const B: usize> {
    /// Upper bounds in milliseconds, ascending.
    bounds: &'static [u64; B],
    /// Durations up to each bound and above the previous one.
    counts: [u64; B],
    native: Native,
    /// The latest duration with a trace in each bucket, and in the one above all bounds; empty until the first one.
    exemplars: Vec<Option<Exemplar>>,
    count: u64,
    sum: Duration,
}

/// An upper bound in seconds, the number of durations up to it, and one that is not below the previous bound.
pub(crate) type Bound<'a> = (f64, u64, Option<&'a Exemplar>);

impl<const B: usize> Distribution<B> {
    /// An empty one with these upper bounds in milliseconds, ascending.
    pub(in crate::instruments) const fn new(bounds: &'static [u64; B]) -> Self {
        Self {
            bounds,
            counts: [0; B],
            native: Native::new(),
            exemplars: Vec::new(),
            count: 0,
            sum: Duration::ZERO,
        }
    }

    /// Counts a duration.
    pub(in crate::instruments) fn observe(&mut self, time: Duration) {
        self.count += 1;
        self.sum = self.sum.saturating_add(time);
        self.native.observe(time.as_secs_f64());
        let bucket = self.bucket(time);
        if let Some(count) = self.counts.get_mut(bucket) {
            *count += 1;
        }
    }

    /// Keeps a duration that was counted as an example.
    pub(in crate::instruments) fn exemplify(&mut self, exemplar: Exemplar) {
        self.exemplars.resize(B + 1, None);
        let bucket = self.bucket(exemplar.value);
        if let Some(kept) = self.exemplars.get_mut(bucket) {
            *kept = Some(exemplar);
        }
    }

    /// The position of the smallest bound that a duration does not exceed, or the number of bounds.
    fn bucket(&self, time: Duration) -> usize {
        self.bounds.partition_point(|bound| Duration::from_millis(*bound) < time)
    }

    /// The upper bounds. The last one is infinite.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = Bound<'_>> {
        let bounds = self.bounds.iter().map(|bound| Duration::from_millis(*bound).as_secs_f64());
        let cumulative = self.counts.iter().scan(0, |below, count| {
            *below += count;
            Some(*below)
        });
        let exemplars = self.exemplars.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        let bounds = bounds.zip(cumulative).chain([(f64::INFINITY, self.count)]);
        bounds.zip(exemplars).map(|((bound, count), exemplar)| (bound, count, exemplar))
    }

    /// The same durations in buckets of exponential width.
    pub(crate) const fn native(&self) -> &Native {
        &self.native
    }

    /// The number of durations.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// Their sum in seconds.
    pub(crate) fn sum(&self) -> f64 {
        self.sum.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Trace;
    use crate::snapshot::UnixTime;

    fn counted(distribution: &Distribution<3>) -> Vec<(f64, u64)> {
        distribution.buckets().map(|(bound, count, _)| (bound, count)).collect()
    }

    #[test]
    fn a_duration_counts_up_to_each_bound_that_it_does_not_exceed() {
        let mut distribution = Distribution::new(&[100, 250, 1_000]);
        for millis in [100, 101, 250, 900, 5_000] {
            distribution.observe(Duration::from_millis(millis));
        }
        let counts = [(0.1, 1), (0.25, 3), (1.0, 4), (f64::INFINITY, 5)];
        assert_eq!(counted(&distribution), counts);
        assert_eq!((distribution.count(), distribution.sum()), (5, 6.351));
    }

    #[test]
    fn each_bucket_keeps_its_latest_exemplar() {
        let trace = Trace::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        let mut distribution = Distribution::new(&[100, 250, 1_000]);
        for millis in [50, 100, 260, 1_001] {
            let value = Duration::from_millis(millis);
            distribution.observe(value);
            distribution.exemplify(Exemplar { trace, value, time: UnixTime(1.5) });
        }
        let kept = distribution.buckets().map(|(_, _, exemplar)| exemplar.map(|it| it.value.as_millis()));
        assert_eq!(kept.collect::<Vec<_>>(), [Some(100), None, Some(260), Some(1_001)]);
    }
}
