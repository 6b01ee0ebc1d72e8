//! Conversions between timestamps and the time axis of a world.

use std::time::Duration;

use jiff::Timestamp;

use super::axis::WARM_UP;
use super::state::World;

impl World {
    /// The timestamp of a time on the axis.
    pub(crate) fn moment(&self, at: Duration) -> Timestamp {
        self.epoch().checked_add(at).unwrap_or(self.epoch())
    }

    /// Time since a time on the axis.
    pub(crate) fn since(&self, at: Duration) -> Duration {
        self.elapsed().saturating_sub(at)
    }

    /// The timestamp that is `age` before the start of the world.
    pub(crate) fn before_start(&self, age: Duration) -> Timestamp {
        let start = self.epoch() + WARM_UP;
        start.checked_sub(age).unwrap_or(self.epoch())
    }

    /// Time since the start of the world.
    pub(crate) fn since_start(&self) -> Duration {
        self.elapsed().saturating_sub(WARM_UP)
    }

    /// The current time on the axis.
    pub(crate) fn elapsed(&self) -> Duration {
        let elapsed = self.now().duration_since(self.epoch());
        Duration::try_from(elapsed).unwrap_or_default()
    }

    /// Time from the last full hour to the epoch.
    pub(super) fn offset(&self) -> Duration {
        let second = self.epoch().as_second().rem_euclid(3_600);
        Duration::from_secs(u64::try_from(second).unwrap_or_default())
    }
}
