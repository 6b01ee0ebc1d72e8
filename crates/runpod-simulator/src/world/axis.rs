//! The time axis of a world.
//!
//! Times inside a world are durations since its epoch. The world starts [`WARM_UP`] after its epoch: its load has been
//! running for that long when a client first reads it, so that percentiles have data.

use std::time::Duration;

/// From the epoch of a world to its start: the period that percentiles cover.
pub(super) const WARM_UP: Duration = Duration::from_mins(5);
