//! From the upstream's units to base units: the one place.

use jiff::Timestamp;

use runpod::wire::{Number, Text};

/// Whole percent to a share of one.
pub(super) fn percent(number: &Number) -> Option<f64> {
    number.0.map(|percent| percent / 100.0)
}

/// Milliseconds to seconds.
pub(super) fn milliseconds(number: &Number) -> Option<f64> {
    number.0.map(|milliseconds| milliseconds / 1000.0)
}

/// Gigabytes to bytes. Runpod writes "Gb" and "GB" for them, and both mean 10^9 here: nothing it says means 2^30.
pub(super) fn gigabytes(number: &Number) -> Option<f64> {
    number.0.map(|gigabytes| gigabytes * 1e9)
}

/// An RFC 3339 moment to seconds since 1970.
pub(super) fn timestamp(text: &Text) -> Option<f64> {
    let moment: Timestamp = text.0.as_deref()?.parse().ok()?;
    Some(seconds(moment))
}

/// A moment to seconds since 1970, to the millisecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 are exact in an f64 for 280,000 years"
)]
pub(crate) fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1000.0
}
