//! Conversion from the units of Runpod's APIs to base units: each value is converted once, when it enters the snapshot.

use jiff::Timestamp;

use super::unit::{
    Bytes, Celsius, Count, Dollars, DollarsPerHour, PerSecond, Ratio, Seconds, UnixTime, Watts,
};
use runpod::wire::{Number, Text};

pub(super) fn count(number: Number) -> Option<Count> {
    number.0.map(Count)
}

pub(super) fn dollars(number: Number) -> Option<Dollars> {
    number.0.map(Dollars)
}

pub(super) fn dollars_per_hour(number: Number) -> Option<DollarsPerHour> {
    number.0.map(DollarsPerHour)
}

/// A share that the API gives as a share.
pub(super) fn ratio(number: Number) -> Option<Ratio> {
    number.0.map(Ratio)
}

/// A share that the API gives in percent.
pub(super) fn percent(number: Number) -> Option<Ratio> {
    number.0.map(|percent| Ratio(percent / 100.0))
}

pub(super) fn seconds(number: Number) -> Option<Seconds> {
    number.0.map(Seconds)
}

pub(super) fn milliseconds(number: Number) -> Option<Seconds> {
    number.0.map(|milliseconds| Seconds(milliseconds / 1000.0))
}

/// Gigabytes of 10^9 bytes. Runpod writes "Gb" and "GB" for them; no field means 2^30.
pub(super) fn gigabytes(number: Number) -> Option<Bytes> {
    number.0.map(|gigabytes| Bytes(gigabytes * 1e9))
}

pub(super) fn celsius(number: Number) -> Option<Celsius> {
    number.0.map(Celsius)
}

pub(super) fn watts(number: Number) -> Option<Watts> {
    number.0.map(Watts)
}

pub(super) fn per_minute(number: Number) -> Option<PerSecond> {
    number.0.map(|rate| PerSecond(rate / 60.0))
}

/// An RFC 3339 timestamp.
pub(super) fn timestamp(text: &Text) -> Option<UnixTime> {
    let moment: Timestamp = text.0.as_deref()?.parse().ok()?;
    Some(moment.into())
}
