//! Wall-clock time as a value that is passed in, so that a test or the simulator can hold it still.
//!
//! How long a request may take does not belong here: that is measured with [`tokio::time::Instant`], which tokio can
//! pause. What is planned over minutes and hours, such as a quota, goes by [`Clock::elapsed`].

use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Says what time it is.
pub trait Clock: Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// The time since some moment of the past that stays the same. Unlike [`Self::now`] it never goes back, whatever is
    /// done to the clock of the machine.
    fn elapsed(&self) -> Duration;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn elapsed(&self) -> Duration {
        static FIRST_ASKED: LazyLock<Instant> = LazyLock::new(Instant::now);
        FIRST_ASKED.elapsed()
    }
}

/// A clock that stands still until it is moved. Clones share one time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<(Timestamp, Duration)>>);

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new((start, Duration::ZERO))))
    }

    /// Moves the clock; back too, as somebody may do with the clock of a machine.
    pub fn advance(&self, by: SignedDuration) {
        let mut hands = self.hands();
        let (now, elapsed) = *hands;
        let passed = Duration::try_from(by).unwrap_or_default();
        *hands = (now.saturating_add(by).unwrap_or(now), elapsed.saturating_add(passed));
    }

    fn hands(&self) -> MutexGuard<'_, (Timestamp, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.hands().0
    }

    fn elapsed(&self) -> Duration {
        self.hands().1
    }
}
