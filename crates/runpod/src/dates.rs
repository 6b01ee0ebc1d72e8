//! Dates that can be true. Which values become a series does not belong here; that is in the exporter's snapshot.

use std::ops::RangeInclusive;

/// The dates that can be true, as Unix timestamps in seconds: from the start of 2022, the year in which Runpod began, to that of 2100. A
/// later date is not a plan but an error.
pub const DATES: RangeInclusive<i64> = 1_640_995_200..=4_102_444_800;
