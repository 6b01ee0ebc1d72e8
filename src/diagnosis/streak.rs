//! How long a condition has held without interruption, by samples.

use std::time::Duration;

/// The longest time between two samples of one streak. Longer than any usual scrape interval, and than a short outage of
/// Runpod.
pub(super) const GAP: Duration = Duration::from_mins(5);

/// A series of consecutive samples in which a condition holds: the times of the first and the last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Streak(Option<(Duration, Duration)>);

impl Streak {
    /// Adds a sample. An unknown sample neither continues nor ends the streak; a gap that is too long ends it.
    pub(super) fn observe(&mut self, holds: Option<bool>, now: Duration) {
        self.0 = match (holds, self.0) {
            (None, before) => before,
            (Some(false), _) => None,
            (Some(true), Some((since, last))) if now.saturating_sub(last) <= GAP => Some((since, now)),
            (Some(true), _) => Some((now, now)),
        };
    }

    /// Ends the streak; the next sample starts a new one.
    pub(super) fn restart(&mut self) {
        self.0 = None;
    }

    /// The time from the first to the last sample. `None` if the condition does not hold, or the last sample is too old.
    pub(super) fn lasted(&self, now: Duration) -> Option<Duration> {
        let (since, last) = self.0?;
        (now.saturating_sub(last) <= GAP).then(|| last.saturating_sub(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_streak_lasts_from_its_first_to_its_last_sample_and_a_gap_ends_it() {
        let mut streak = Streak::default();
        assert_eq!(streak.lasted(s(0)), None);
        streak.observe(Some(true), s(0));
        streak.observe(Some(true), s(60));
        streak.observe(None, s(90));
        assert_eq!(streak.lasted(s(100)), Some(s(60)));
        assert_eq!(streak.lasted(s(361)), None, "the last sample is too old");
        streak.observe(Some(true), s(361));
        assert_eq!(streak.lasted(s(361)), Some(s(0)));
        streak.observe(Some(false), s(362));
        assert_eq!(streak.lasted(s(362)), None);
    }
}
