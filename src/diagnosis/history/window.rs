//! Values of the last minutes with their moments, bounded in number and in time. What they mean does not belong here.

use std::collections::VecDeque;
use std::time::Duration;

/// How far back it goes: long enough for a rate of an endpoint with a few jobs a minute, short enough that a rate falls
/// soon after what was broken is mended.
pub(super) const WINDOW: Duration = Duration::from_mins(10);

/// Points in it: one every fifteen seconds, as Prometheus scrapes by default. Who scrapes more often keeps every so many.
const SPACING: Duration = Duration::from_secs(15);
const POINTS: usize = 41;

/// The values, oldest first.
#[derive(Debug)]
pub(super) struct Window<T>(VecDeque<(Duration, T)>);

impl<T> Default for Window<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Copy> Window<T> {
    /// Takes the value of now. The newest point moves on until it is far enough from the one before it.
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

    /// The points of the last minutes, oldest first.
    pub(super) fn iter(&self, now: Duration) -> impl Iterator<Item = (Duration, T)> + Clone {
        self.0.iter().copied().filter(move |(at, _)| now.saturating_sub(*at) <= WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_bounded_in_number_and_in_time() {
        let mut window = Window::default();
        for second in 0..10_000 {
            window.push(Duration::from_secs(second), second);
            assert!(window.0.len() <= POINTS, "{second}");
        }
        let now = Duration::from_secs(9_999);
        let (oldest, newest) = (window.iter(now).next().unwrap().0, window.iter(now).last().unwrap().0);
        assert_eq!(newest, now);
        assert!((WINDOW / 2..=WINDOW).contains(&newest.saturating_sub(oldest)), "{oldest:?}");
        assert_eq!(window.iter(now + WINDOW).count(), 1, "what is older is not shown");
        window.push(Duration::from_hours(9), 0);
        assert_eq!(window.0.len(), 1, "and goes with the next point");
    }
}
