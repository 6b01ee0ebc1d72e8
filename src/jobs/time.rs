//! Milliseconds, as Runpod writes times.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Longer than any job may live: Runpod gives up a job after a week in the queue and a week of work. What is above is in
/// another unit.
const LONGEST: Duration = Duration::from_hours(14 * 24);

/// A time that was written in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Millis(pub(super) Duration);

struct InMillis;

/// The time, unless it is none that a job can take.
pub(super) fn from_millis(millis: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(millis / 1_000.0).ok().filter(|time| *time <= LONGEST)
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InMillis)
    }
}

impl Visitor<'_> for InMillis {
    type Value = Millis;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("milliseconds from 0 to two weeks")
    }

    fn visit_u64<E: Error>(self, millis: u64) -> Result<Millis, E> {
        let time = Duration::from_millis(millis);
        if time > LONGEST { Err(E::custom("more milliseconds than two weeks")) } else { Ok(Millis(time)) }
    }

    fn visit_f64<E: Error>(self, millis: f64) -> Result<Millis, E> {
        from_millis(millis).map(Millis).ok_or_else(|| E::custom("not milliseconds from 0 to two weeks"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_read_and_what_cannot_be_is_refused() {
        let read = |text: &str| serde_json::from_str::<Millis>(text).ok().map(|Millis(time)| time);
        assert_eq!(read("824"), Some(Duration::from_millis(824)));
        assert_eq!(read("0.5"), Some(Duration::from_micros(500)));
        for bad in ["-1", "-0.5", "1e300", "1209600001", "\"824\"", "[1]", "true"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
