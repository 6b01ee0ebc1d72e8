//! The maximum number of workers is 0, or lower than before.

use super::{Effect, EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{known, time};
use crate::settings::Signal;

/// Without waiting jobs, the endpoint is paused.
pub(super) const ZERO: Effect = Effect {
    stops: Some(Severity::Critical),
    explains: &[
        Name::NoWorkers,
        Name::WorkersStarting,
        Name::WorkersThrottled,
        Name::WorkersUnhealthy,
        Name::QueueDeep,
        Name::LatencyHigh,
        Name::ErrorRatioHigh,
        Name::EveryJobFails,
        Name::StandbyWithoutMinimum,
    ],
    ..Effect::NONE
};

pub(super) const LOWERED: Effect =
    Effect { delays: Some(Severity::Warning), explains: &[Name::QueueDeep], ..Effect::NONE };

/// A maximum of 0 pauses an endpoint. If jobs are waiting, that was not intended.
pub(super) fn check_zero(input: &EndpointInput<'_>) -> Option<Found> {
    input.endpoint.facts.workers_max.filter(|max| *max <= 0.0)?;
    let severity = if input.has_waiting() { Severity::Critical } else { Severity::Warning };
    let message = known([Some("max workers is 0".to_owned()), input.waiting_jobs()]);
    let recommendations = recommend([
        "Raise max workers to process jobs again.",
        "Delete the endpoint if it is no longer needed.",
    ]);
    Some(Found::new(Name::WorkersMaxZero, severity, message, recommendations))
}

/// A lower maximum than before is a warning if the queue is too long as well. A few waiting jobs are normal.
pub(super) fn check_lowered(input: &EndpointInput<'_>) -> Option<Found> {
    let max = input.endpoint.facts.workers_max.filter(|max| *max > 0.0)?;
    let (before, ago) = input.track?.lowered_from(max.0, input.moment.elapsed)?;
    let is_long = input.waiting().is_some_and(|waiting| input.level(Signal::QueueDepth, waiting).is_some());
    let severity = if is_long { Severity::Warning } else { Severity::Info };
    let message = known([
        Some(format!("max workers is {max}, was {before} until {} ago", time(ago))),
        input.waiting_jobs(),
    ]);
    let recommendations = recommend([
        "Raise max workers again if this was not intended: Runpod lowers it after days without jobs.",
    ]);
    Some(Found::new(Name::WorkersMaxLowered, severity, message, recommendations).lasting(ago))
}
