//! Durations in milliseconds, the unit of Runpod's job API.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Maximum duration of a job: Runpod drops a job after a week in the queue or a week of execution. A larger number must
/// have another unit.
const MAX: Duration = Duration::from_hours(14 * 24);

/// A duration that is written in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Milliseconds(pub(super) Duration);

struct MillisecondsVisitor;

/// Converts milliseconds. `None` if negative, not finite, or more than a job can take.
pub(super) fn from_millis(millis: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(millis / 1_000.0).ok().filter(|time| *time <= MAX)
}

impl<'de> Deserialize<'de> for Milliseconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MillisecondsVisitor)
    }
}

impl Visitor<'_> for MillisecondsVisitor {
    type Value = Milliseconds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("milliseconds from 0 to two weeks")
    }

    fn visit_u64<E: Error>(self, millis: u64) -> Result<Milliseconds, E> {
        let time = Duration::from_millis(millis);
        if time > MAX { Err(E::custom("more milliseconds than two weeks")) } else { Ok(Milliseconds(time)) }
    }

    fn visit_f64<E: Error>(self, millis: f64) -> Result<Milliseconds, E> {
        from_millis(millis).map(Milliseconds).ok_or_else(|| E::custom("not milliseconds from 0 to two weeks"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_parsed_and_invalid_durations_are_rejected() {
        let read =
            |text: &str| serde_json::from_str::<Milliseconds>(text).ok().map(|Milliseconds(time)| time);
        assert_eq!(read("824"), Some(Duration::from_millis(824)));
        assert_eq!(read("0.5"), Some(Duration::from_micros(500)));
        for bad in ["-1", "-0.5", "1e300", "1209600001", "\"824\"", "[1]", "true"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
