//! The buckets of a native histogram: each is 4.4 % wider than the one below it, so that a quantile is off by at most that.

use std::collections::BTreeMap;

/// The resolution, as Prometheus numbers them: sixteen buckets for each doubling. With the next lower one, of eight, a quantile
/// can be off by 9 %.
pub(crate) const SCHEMA: i32 = 4;

/// Number of buckets for each doubling.
const BUCKETS_PER_DOUBLING: f64 = 16.0;

/// Upper bound in seconds of the bucket around zero: the bound of a bucket just below a millisecond, the unit of Runpod's times.
pub(crate) const ZERO_THRESHOLD: f64 = 1.0 / 1024.0;

/// Observations, counted by buckets of exponential width. Times are at most weeks long, so there are at most 500 buckets, and only
/// those with observations are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Native {
    zero: u64,
    counts: BTreeMap<i32, u64>,
}

/// Consecutive buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The index of the first one.
    pub(crate) first: i32,
    /// The number of observations in each.
    pub(crate) counts: Vec<u64>,
}

impl Native {
    /// Without observations.
    pub(in crate::instruments) const fn new() -> Self {
        Self { zero: 0, counts: BTreeMap::new() }
    }

    /// Counts an observation in seconds.
    pub(in crate::instruments) fn observe(&mut self, seconds: f64) {
        let count = match index(seconds) {
            Some(index) => self.counts.entry(index).or_default(),
            None => &mut self.zero,
        };
        *count += 1;
    }

    /// The number of observations in the bucket around zero.
    pub(crate) const fn zero(&self) -> u64 {
        self.zero
    }

    /// The other buckets with observations, in ascending order.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut next = None;
        for (index, count) in &self.counts {
            match spans.last_mut().filter(|_| next == Some(*index)) {
                Some(span) => span.counts.push(*count),
                None => spans.push(Span { first: *index, counts: vec![*count] }),
            }
            next = index.checked_add(1);
        }
        spans
    }
}

/// The upper bound in seconds of the bucket with this index. It belongs to the bucket, the lower bound does not.
fn bound(index: i32) -> f64 {
    (f64::from(index) / BUCKETS_PER_DOUBLING).exp2()
}

/// The index of the bucket of an observation; `None` for the one around zero.
#[expect(clippy::cast_possible_truncation, reason = "the logarithm of a number of seconds is small")]
fn index(seconds: f64) -> Option<i32> {
    if seconds <= ZERO_THRESHOLD {
        return None;
    }
    let index = (seconds.log2() * BUCKETS_PER_DOUBLING).ceil() as i32;
    // The logarithm of a bound may be rounded to either side of its index.
    let (below, above) = (index.saturating_sub(1), index.saturating_add(1));
    Some(if seconds <= bound(below) {
        below
    } else if seconds > bound(index) {
        above
    } else {
        index
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bound_belongs_to_the_bucket_below_it() {
        for at in -159..500 {
            assert_eq!(index(bound(at)), Some(at), "{}", bound(at));
            assert_eq!(index(bound(at).next_up()), Some(at + 1), "{}", bound(at));
        }
        assert_eq!((index(0.0), index(ZERO_THRESHOLD), index(0.001)), (None, None, Some(-159)));
    }

    #[test]
    fn spans_are_interrupted_by_empty_buckets() {
        let mut native = Native::default();
        for seconds in [0.0, 1.0, 1.0, 1.04, 2.0] {
            native.observe(seconds);
        }
        let span = |first, counts: &[u64]| Span { first, counts: counts.to_vec() };
        assert_eq!((native.zero(), native.spans()), (1, vec![span(0, &[2, 1]), span(16, &[1])]));
    }

    proptest! {
        #[test]
        fn an_observation_is_within_its_bucket_which_is_less_than_5_percent_wide(seconds in 0.001..1_300_000.0) {
            let index = index(seconds).unwrap();
            let (low, high) = (bound(index - 1), bound(index));
            prop_assert!(low < seconds && seconds <= high && high / low < 1.05, "{} {} {}", low, seconds, high);
        }
    }
}
