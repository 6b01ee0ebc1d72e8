//! Samples of the last minutes, bounded in number and in time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::diagnosis::limit::Limit;

/// The time that is kept.
pub(super) const WINDOW: Duration = Limit::RecentJobs.time();

/// The minimum time between two samples: with more frequent scrapes, some samples are dropped.
const SPACING: Duration = Duration::from_secs(15);

/// The maximum number of samples: one every 15 s for ten minutes.
const POINTS: usize = 41;

/// The samples, oldest first.
#[derive(Debug)]
pub(super) struct Window<T>(VecDeque<(Duration, T)>);

impl<T> Default for Window<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Copy> Window<T> {
    /// Adds a sample. It replaces the newest one if that is too close to the one before it.
    pub(super) fn push(&mut self, now: Duration, value: T) {
        let mut newest = self.0.iter().rev();
        let spacing =
            newest.next().zip(newest.next()).map(|((last, _), (before, _))| last.saturating_sub(*before));
        if spacing.is_some_and(|spacing| spacing < SPACING) {
            self.0.pop_back();
        }
        self.0.push_back((now, value));
        while self.0.len() > POINTS
            || self.0.front().is_some_and(|(oldest, _)| now.saturating_sub(*oldest) > WINDOW)
        {
            self.0.pop_front();
        }
    }

    /// The samples of the last minutes, oldest first.
    pub(super) fn iter(&self, now: Duration) -> impl Iterator<Item = (Duration, T)> + Clone {
        self.0.iter().copied().filter(move |(at, _)| now.saturating_sub(*at) <= WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_bounded_in_number_and_in_time() {
        let mut window = Window::default();
        for second in 0..10_000 {
            window.push(Duration::from_secs(second), second);
            assert!(window.0.len() <= POINTS, "{second}");
        }
        let now = Duration::from_secs(9_999);
        let (oldest, newest) = (window.iter(now).next().unwrap().0, window.iter(now).last().unwrap().0);
        assert_eq!(newest, now);
        assert!((WINDOW / 2..=WINDOW).contains(&newest.saturating_sub(oldest)), "{oldest:?}");
        assert_eq!(window.iter(now + WINDOW).count(), 1, "older samples are not returned");
        window.push(Duration::from_hours(9), 0);
        assert_eq!(window.0.len(), 1, "older samples are removed with the next one");
    }
}
