//! The units of values: one type per unit, so that bytes and ratios, or dollars and dollars per hour, cannot be mixed up.
//!
//! Values are in base units. The conversion from the units of Runpod's APIs is in `convert.rs`.

use std::cmp::Ordering;
use std::fmt::{self, Debug, Display, Formatter};
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

/// Defines units whose values are plain numbers. They compare with a bare number, and are written like one.
macro_rules! units {
    ($($(#[$doc:meta])* $visible:vis $name:ident: $suffix:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize)]
        $visible struct $name(pub f64);

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

units! {
    /// A span of time in seconds.
    pub Seconds: Some("_seconds");
    /// A point in time as a Unix timestamp in seconds.
    pub UnixTime: Some("_timestamp_seconds");
    /// A size in bytes.
    pub Bytes: Some("_bytes");
    /// A share, from 0 to 1.
    pub Ratio: Some("_ratio");
    /// An amount of money in US dollars.
    pub Dollars: Some("_dollars");
    /// A price or a spend in US dollars per hour.
    pub DollarsPerHour: Some("_dollars_per_hour");
    /// A temperature in degrees Celsius.
    pub Celsius: Some("_celsius");
    /// A power in watts.
    pub Watts: Some("_watts");
    /// A rate in events per second.
    pub PerSecond: Some("_per_second");
    /// A step on a scale that the HELP text explains.
    pub(crate) Level: Some("_level");
    /// A number of things.
    pub Count: Some("");
    /// A value whose unit depends on a label of its series.
    pub(crate) Mixed: None;
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
