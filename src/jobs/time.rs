//! Durations in milliseconds, the unit of Runpod's job API.

use std::time::Duration;

/// Maximum duration of a job: Runpod drops a job after a week in the queue or a week of execution. A larger number must
/// have another unit.
const MAX: Duration = Duration::from_hours(14 * 24);

/// Converts milliseconds. `None` if negative, not finite, or more than a job can take.
pub(super) fn from_millis(millis: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(millis / 1_000.0).ok().filter(|time| *time <= MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_cannot_be_true_are_left_out() {
        assert_eq!(from_millis(824.0), Some(Duration::from_millis(824)));
        assert_eq!(from_millis(0.5), Some(Duration::from_micros(500)));
        assert_eq!(from_millis(1_209_600_000.0), Some(MAX));
        for bad in [-1.0, -0.5, 1e300, 1_209_600_001.0, f64::NAN, f64::INFINITY] {
            assert_eq!(from_millis(bad), None, "{bad}");
        }
    }
}
