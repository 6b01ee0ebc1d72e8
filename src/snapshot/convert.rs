//! Conversion from the units of Runpod's APIs to base units: each value is converted once, when it enters the snapshot.

use std::sync::Arc;

use jiff::Timestamp;
use runpod::wire::{Number, Text};

use super::unit::{
    Bytes, Celsius, Count, Dollars, DollarsPerHour, PerSecond, Ratio, Seconds, UnixTime, Watts,
};

/// A number of whole things.
pub(super) fn count(number: Number) -> Option<Count> {
    number.0.filter(|number| number.fract() == 0.0).and_then(Count::checked)
}

/// A number of virtual CPUs. A container may have a part of one.
pub(super) fn vcpus(number: Number) -> Option<Count> {
    number.0.and_then(Count::checked)
}

pub(super) fn dollars(number: Number) -> Option<Dollars> {
    number.0.and_then(Dollars::checked)
}

pub(super) fn dollars_per_hour(number: Number) -> Option<DollarsPerHour> {
    number.0.and_then(DollarsPerHour::checked)
}

/// A share that the API gives as a share.
pub(super) fn ratio(number: Number) -> Option<Ratio> {
    number.0.and_then(Ratio::checked)
}

/// A share that the API gives in percent.
pub(super) fn percent(number: Number) -> Option<Ratio> {
    number.0.and_then(|percent| Ratio::checked(percent / 100.0))
}

/// The utilization of CPUs in percent: of all of them, or of one.
pub(super) fn cpu_percent(number: Number) -> Option<Ratio> {
    number.0.and_then(|percent| Ratio::of_cpus(percent / 100.0))
}

pub(super) fn seconds(number: Number) -> Option<Seconds> {
    number.0.and_then(Seconds::checked)
}

pub(super) fn milliseconds(number: Number) -> Option<Seconds> {
    number.0.and_then(|milliseconds| Seconds::checked(milliseconds / 1000.0))
}

/// Gigabytes of 10^9 bytes. Runpod writes "Gb" and "GB" for them; no field means 2^30.
pub(super) fn gigabytes(number: Number) -> Option<Bytes> {
    number.0.and_then(|gigabytes| Bytes::checked(gigabytes * 1e9))
}

pub(super) fn celsius(number: Number) -> Option<Celsius> {
    number.0.and_then(Celsius::checked)
}

pub(super) fn watts(number: Number) -> Option<Watts> {
    number.0.and_then(Watts::checked)
}

pub(super) fn per_minute(number: Number) -> Option<PerSecond> {
    number.0.and_then(|rate| PerSecond::checked(rate / 60.0))
}

/// The name of an object, or its id if it has none.
pub(super) fn name_or_id(name: Option<Arc<str>>, id: &Arc<str>) -> Arc<str> {
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| Arc::clone(id))
}

/// An RFC 3339 timestamp.
pub(super) fn timestamp(text: &Text) -> Option<UnixTime> {
    let moment: Timestamp = text.0.as_deref()?.parse().ok()?;
    UnixTime::checked(UnixTime::from(moment).0)
}
