//! Workers that still run an older release.

use std::time::Duration;

use super::words::{count, time};
use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;

/// A rollout replaces a worker when its job is over and the next one has started; half an hour is enough for both.
const ROLLOUT: Duration = Duration::from_mins(30);

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let placement = patient.endpoint.placement.as_ref().filter(|placement| placement.stale > 0.0)?;
    let lasted = patient.track.and_then(|track| track.stale.lasted(patient.moment.elapsed));
    let lasted = lasted.unwrap_or_default();
    Some(Found {
        name: Name::WorkersStale,
        severity: if lasted >= ROLLOUT { Severity::Warning } else { Severity::Info },
        metric: "runpod_workers_stale",
        facts: format!(
            "{} on an older release for at least {}, {} on the latest",
            count(placement.stale.0, "worker"),
            time(lasted),
            placement.rollout.on_latest
        ),
        recommendations: recommend([
            "Wait for the rollout to finish.",
            "If it does not finish, stop the old workers in the console and check that new ones can start.",
        ]),
    })
}
