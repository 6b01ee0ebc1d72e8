//! For how long something has been so without a break, as far as anybody looked.

use std::time::Duration;

/// Looks that are further apart say nothing of what was in between. Longer than any interval at which somebody would
/// scrape, and than an upstream that is gone for a moment.
pub(super) const GAP: Duration = Duration::from_mins(5);

/// A run of looks that all found the same.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Streak(Option<(Duration, Duration)>);

impl Streak {
    /// Takes what was seen now. Unknown neither goes on nor breaks it, until it is too long ago.
    pub(super) fn see(&mut self, holds: Option<bool>, now: Duration) {
        self.0 = match (holds, self.0) {
            (None, before) => before,
            (Some(false), _) => None,
            (Some(true), Some((since, last))) if now.saturating_sub(last) <= GAP => Some((since, now)),
            (Some(true), _) => Some((now, now)),
        };
    }

    /// Begins anew: what counts has happened just now.
    pub(super) fn restart(&mut self) {
        self.0 = None;
    }

    /// From its first look to its last. `None` if it is not so, or was not looked at for too long.
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
    fn a_streak_lasts_from_its_first_look_to_its_last_and_a_gap_breaks_it() {
        let mut streak = Streak::default();
        assert_eq!(streak.lasted(s(0)), None);
        streak.see(Some(true), s(0));
        streak.see(Some(true), s(60));
        streak.see(None, s(90));
        assert_eq!(streak.lasted(s(100)), Some(s(60)));
        assert_eq!(streak.lasted(s(361)), None, "no sample for too long");
        streak.see(Some(true), s(361));
        assert_eq!(streak.lasted(s(361)), Some(s(0)));
        streak.see(Some(false), s(362));
        assert_eq!(streak.lasted(s(362)), None);
    }
}
