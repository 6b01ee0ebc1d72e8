//! Workers crash. If none serves, this lasts from one crash to the next, although there may be no unhealthy worker in between.

use std::time::Duration;

use super::{Effect, EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{count, known, time};
use crate::diagnosis::impact::Impact;
use crate::diagnosis::limit::Limit;
use crate::diagnosis::workers::serving;
use crate::settings::Signal;

const COLD_START: Duration = Limit::ColdStart.time();

/// If no worker serves, the check decides that it stops.
pub(super) const EFFECT: Effect = Effect {
    delays: Some(Severity::Warning),
    explains: &[Name::NoWorkers, Name::WorkersStarting, Name::QueueDeep, Name::LatencyHigh],
    ..Effect::NONE
};

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let workers = &input.endpoint.load.workers;
    let crashing = input.lasted(|track| &track.crashing);
    let unhealthy = workers.unhealthy.filter(|unhealthy| *unhealthy > 0.0 || crashing.is_some())?;
    let state = known([
        Some(format!("{} unhealthy", count(unhealthy.0, "worker"))),
        serving(workers).map(|serving| format!("{serving} serving")),
        input.waiting_jobs(),
    ]);
    let recommendations = recommend([
        &format!("Check the workers' last errors: runpod-exporter logs {} --level=error", input.endpoint.id),
        "Check the usual causes: an image that does not start, an incompatible driver, too little memory.",
    ]);
    let found = |severity, message| Found::new(Name::WorkersUnhealthy, severity, message, recommendations);
    Some(match crashing {
        // The others serve. If the queue is too long, this is why.
        None => found(queue_severity(input), state),
        Some(lasted) => {
            let is_long = lasted >= COLD_START || input.is_brief;
            let severity = if is_long { Severity::Critical } else { queue_severity(input) };
            let message =
                format!("{state}: no job has completed since a crash at least {} ago", time(lasted));
            let found = found(severity, message).lasting(lasted);
            if is_long { found.with_impact(Impact::Stops) } else { found }
        }
    })
}

/// That of the queue, but at least a warning.
fn queue_severity(input: &EndpointInput<'_>) -> Severity {
    let level = input.waiting().and_then(|waiting| input.level(Signal::QueueDepth, waiting));
    level.map_or(Severity::Warning, |(severity, _)| severity.max(Severity::Warning))
}
