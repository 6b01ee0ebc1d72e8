//! The units of values: one type per unit, so that bytes and ratios, or dollars and dollars per hour, cannot be mixed up.
//!
//! Values are in base units. The conversion from the units of Runpod's APIs is in `convert.rs`. A value from there that cannot
//! be true, such as a negative count or a date of year 1, is unknown: each unit states which values can be.

use std::cmp::Ordering;
use std::fmt::{self, Debug, Display, Formatter};
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

/// The unit of all series of a family.
pub trait Unit: Debug + Copy + 'static {
    /// The end of the name of every family in this unit, before `_total`: empty for numbers without a unit, `None` if the
    /// unit depends on a label.
    const SUFFIX: Option<&'static str>;

    /// The value of the series.
    fn number(self) -> f64;
}

/// Defines units whose values are plain numbers, and for those that Runpod gives the values that can be true. They compare with a bare
/// number, and are written like one.
macro_rules! units {
    ($($(#[$doc:meta])* $visible:vis $name:ident: $suffix:expr $(, $possible:expr)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize)]
        $visible struct $name(pub f64);

        $(impl $name {
            /// A value from Runpod, unless it cannot be true.
            $visible fn checked(value: f64) -> Option<Self> {
                let possible: RangeInclusive<f64> = $possible;
                // A negative zero, as an empty sum is, becomes a zero.
                possible.contains(&value).then_some(Self(value + 0.0))
            }
        })?

        impl Unit for $name {
            const SUFFIX: Option<&'static str> = $suffix;

            fn number(self) -> f64 {
                self.0
            }
        }

        impl PartialEq<f64> for $name {
            fn eq(&self, other: &f64) -> bool {
                self.0 == *other
            }
        }

        impl PartialOrd<f64> for $name {
            fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
                self.0.partial_cmp(other)
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                Display::fmt(&self.0, f)
            }
        }
    )*};
}

/// A hundred years, longer than anything of Runpod has lasted or will.
const CENTURY: f64 = 3_155_760_000.0;

/// The dates that can be true.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
const DATES: RangeInclusive<f64> = *runpod::DATES.start() as f64..=*runpod::DATES.end() as f64;

/// 2^53, the largest number up to which all whole numbers have an exact `f64`.
const MAX_COUNT: f64 = 9_007_199_254_740_992.0;

/// The CPUs of the largest machine: Runpod may measure the CPU utilization of a container in percent of one of them.
const MAX_CPUS: f64 = 512.0;

/// Any finite number.
const FINITE: RangeInclusive<f64> = f64::MIN..=f64::MAX;

units! {
    /// A span of time in seconds: from 0 to a hundred years.
    pub Seconds: Some("_seconds"), 0.0..=CENTURY;
    /// A point in time as a Unix timestamp in seconds: from 2022, when Runpod began, to 2100.
    pub UnixTime: Some("_timestamp_seconds"), DATES;
    /// A size in bytes: from 0 to an exabyte.
    pub Bytes: Some("_bytes"), 0.0..=1e18;
    /// A share, from 0 to 1.
    pub Ratio: Some("_ratio"), 0.0..=1.0;
    /// An amount of money in US dollars: any finite number.
    pub Dollars: Some("_dollars"), FINITE;
    /// A price or a spend in US dollars per hour: any finite number.
    pub DollarsPerHour: Some("_dollars_per_hour"), FINITE;
    /// A temperature in degrees Celsius: of a GPU, from -50 to 200.
    pub Celsius: Some("_celsius"), -50.0..=200.0;
    /// A power in watts: from 0 to 100,000.
    pub Watts: Some("_watts"), 0.0..=100_000.0;
    /// A rate in events per second: from 0 to a billion.
    pub PerSecond: Some("_per_second"), 0.0..=1e9;
    /// A step on a scale that the HELP text explains.
    pub(crate) Level: Some("_level");
    /// A number of things: from 0 to 2^53. Parts of a thing are possible only where they are read as such.
    pub Count: Some(""), 0.0..=MAX_COUNT;
    /// A value whose unit depends on a label of its series.
    pub(crate) Mixed: None;
}

impl Ratio {
    /// The utilization of CPUs: a share, or more than 1 if it is measured in CPUs.
    pub(super) fn of_cpus(value: f64) -> Option<Self> {
        (0.0..=MAX_CPUS).contains(&value).then_some(Self(value))
    }
}

/// The value of a series that only carries labels: always 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Info;

impl Unit for Info {
    const SUFFIX: Option<&'static str> = Some("_info");

    fn number(self) -> f64 {
        1.0
    }
}

/// Whether something is the case: 1 or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State(pub bool);

impl Unit for State {
    const SUFFIX: Option<&'static str> = Some("");

    fn number(self) -> f64 {
        f64::from(self.0)
    }
}

/// To the millisecond.
impl From<Timestamp> for UnixTime {
    #[expect(
        clippy::cast_precision_loss,
        reason = "Unix timestamps in milliseconds are exact in an f64 for 280,000 years"
    )]
    fn from(moment: Timestamp) -> Self {
        Self(moment.as_millisecond() as f64 / 1000.0)
    }
}

impl From<Duration> for Seconds {
    fn from(time: Duration) -> Self {
        Self(time.as_secs_f64())
    }
}

impl From<usize> for Count {
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
    fn from(number: usize) -> Self {
        Self(number as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_true_is_unknown() {
        let count = |value| Count::checked(value).map(|count| count.0);
        let bits = |value| count(value).map(f64::to_bits);
        let possible = [0.0, 0.0, 7.0, MAX_COUNT].map(|value: f64| Some(value.to_bits()));
        assert_eq!([0.0, -0.0, 7.0, MAX_COUNT].map(bits), possible, "a negative zero becomes a zero");
        for impossible in [-1.0, -1e-9, 1e16, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(count(impossible), None, "{impossible}");
            assert_eq!(Seconds::checked(impossible), None, "{impossible}");
            assert_eq!(Ratio::checked(impossible), None, "{impossible}");
        }
        assert_eq!((Ratio::checked(1.0).is_some(), Ratio::checked(1.000_001)), (true, None));
        assert_eq!(
            (Ratio::of_cpus(3.2).is_some(), Ratio::of_cpus(600.0), Ratio::of_cpus(-0.1)),
            (true, None, None)
        );
        assert_eq!(
            (UnixTime::checked(-62_135_596_800.0), UnixTime::checked(253_402_300_799.0)),
            (None, None)
        );
        assert_eq!((Dollars::checked(-5.0).is_some(), Dollars::checked(f64::INFINITY)), (true, None));
        assert_eq!(
            (Bytes::checked(-1.0), Celsius::checked(-274.0), Watts::checked(-1.0)),
            (None, None, None)
        );
    }
}
