//! The clock as a value that is passed in, so that a test or the simulator can stop and advance it.
//!
//! Timeouts of requests use `tokio::time::Instant`, which tokio can pause, and begin with [`after`]. What is planned over minutes
//! and hours, such as a quota, uses [`Clock::elapsed`].

use std::fmt::Debug;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

/// The longest timeout: about 30 years.
const LONGEST: Duration = Duration::from_hours(24 * 365 * 30);

/// The moment this long after `start`, at most about 30 years later. The operator `+` panics if a duration from a server, a
/// header or a flag is too long for the clock of the system.
pub fn after(start: tokio::time::Instant, duration: Duration) -> tokio::time::Instant {
    start.checked_add(duration.min(LONGEST)).unwrap_or(start)
}

/// A source of the current time.
pub trait Clock: Debug + Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;

    /// The time since a fixed point in the past. Unlike [`Self::now`], it never goes back when the system clock is changed.
    fn elapsed(&self) -> Duration;
}

/// The system clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only use of the system clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the only use of the system clock")]
    fn elapsed(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// A clock that changes only when it is advanced. Clones share the time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<(Timestamp, Duration)>>);

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new((start, Duration::ZERO))))
    }

    /// Advances the clock. With a negative duration, only [`Clock::now`] goes back, as if the system clock was changed.
    pub fn advance(&self, by: SignedDuration) {
        let mut time = self.0.lock();
        let (now, elapsed) = *time;
        let passed = Duration::try_from(by).unwrap_or_default();
        *time = (now.saturating_add(by).unwrap_or(now), elapsed.saturating_add(passed));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.lock().0
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().1
    }
}

/// A clock that shows another time: that of a recording. Time passes as on the clock below it.
#[derive(Debug, Clone)]
pub struct ShiftedClock {
    clock: Arc<dyn Clock>,
    by: SignedDuration,
}

impl ShiftedClock {
    /// The clock, this much later.
    pub fn new(clock: Arc<dyn Clock>, by: SignedDuration) -> Self {
        Self { clock, by }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        now.saturating_add(self.by).unwrap_or(now)
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_clock_shows_another_time_and_goes_on() {
        let inner = ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap());
        let shifted = ShiftedClock::new(Arc::new(inner.clone()), SignedDuration::from_hours(-24));
        inner.advance(SignedDuration::from_secs(5));
        assert_eq!(shifted.now().to_string(), "2026-11-21T12:00:05Z");
        assert_eq!(shifted.elapsed(), Duration::from_secs(5));
    }

    #[test]
    fn no_duration_is_too_long() {
        let now = tokio::time::Instant::now();
        assert_eq!(after(now, Duration::from_secs(3)).duration_since(now), Duration::from_secs(3));
        assert_eq!(after(now, Duration::MAX).duration_since(now), LONGEST);
    }
}
