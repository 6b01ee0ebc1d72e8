//! Workers still run an older release.

use std::time::Duration;

use super::{EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{between, count, time};
use crate::diagnosis::limit::Limit;

const ROLLOUT: Duration = Limit::Rollout.time();

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let placement = input.endpoint.placement.as_ref()?;
    let stale = placement.stale.filter(|stale| *stale > 0.0)?;
    let lasted = input.track.and_then(|track| track.stale.lasted(input.moment.elapsed)).unwrap_or_default();
    let severity = if lasted >= ROLLOUT { Severity::Warning } else { Severity::Info };
    let on_latest = placement.rollout.map(|rollout| format!(", {} on the latest", rollout.on_latest));
    let message = format!(
        "{} on an older release for at least {}{} (by the list of workers, read {} ago)",
        count(stale.0, "worker"),
        time(lasted),
        on_latest.unwrap_or_default(),
        time(between(placement.read, input.moment.now))
    );
    let recommendations = recommend([
        "Wait for the rollout to finish.",
        "If it does not finish, stop the old workers in the console and check that new ones can start.",
    ]);
    Some(Found::new(Name::WorkersStale, severity, message, recommendations).lasting(lasted))
}
