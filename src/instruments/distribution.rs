//! The value of a histogram.

use std::time::Duration;

/// Durations, counted by upper bounds. The sum is a whole number of nanoseconds, so it does not depend on their order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Distribution<const B: usize> {
    /// Upper bounds in milliseconds, ascending.
    bounds: &'static [u64; B],
    /// Durations up to each bound and above the previous one.
    buckets: [u64; B],
    count: u64,
    sum: Duration,
}

impl<const B: usize> Distribution<B> {
    /// An empty one with these upper bounds in milliseconds, ascending.
    pub(in crate::instruments) const fn new(bounds: &'static [u64; B]) -> Self {
        Self { bounds, buckets: [0; B], count: 0, sum: Duration::ZERO }
    }

    /// Counts a duration.
    pub(in crate::instruments) fn observe(&mut self, time: Duration) {
        self.count += 1;
        self.sum = self.sum.saturating_add(time);
        let mut buckets = self.bounds.iter().zip(&mut self.buckets);
        if let Some((_, bucket)) = buckets.find(|(bound, _)| time <= Duration::from_millis(**bound)) {
            *bucket += 1;
        }
    }

    /// Each upper bound in seconds, and the number of durations up to it.
    pub(crate) fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = self.bounds.iter().map(|bound| Duration::from_millis(*bound).as_secs_f64());
        bounds.zip(&self.buckets).scan(0, |below, (bound, bucket)| {
            *below += bucket;
            Some((bound, *below))
        })
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

    #[test]
    fn a_duration_counts_up_to_each_bound_that_it_does_not_exceed() {
        let mut distribution = Distribution::new(&[100, 250, 1_000]);
        for millis in [100, 101, 250, 900, 5_000] {
            distribution.observe(Duration::from_millis(millis));
        }
        assert_eq!(distribution.cumulative().collect::<Vec<_>>(), [(0.1, 1), (0.25, 3), (1.0, 4)]);
        assert_eq!((distribution.count(), distribution.sum()), (5, 6.351));
    }
}
