//! Jobs are waiting and none can end: there is no capacity, workers crash, or workers take no jobs.
//!
//! A long queue that makes progress is not stuck. Without a serving worker, a queue cannot make progress: it need not be
//! observed for as long as one with workers.

use std::time::Duration;

use super::row::{Row, Runbook, endpoint};
use super::{Effect, EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{known, some, time};
use crate::diagnosis::impact::Impact;
use crate::diagnosis::limit::Limit;
use crate::diagnosis::workers::{serving, starting};
use crate::snapshot::{Count, Workers};

const STUCK: Duration = Limit::QueueStuck.time();
const NO_WORKERS: Duration = Limit::NoWorkers.time();
const COLD_START: Duration = Limit::ColdStart.time();

/// How long ready workers take no job before that counts in a brief history. A worker that has its model loaded takes a job
/// within a second.
const BRIEF: Duration = Duration::from_secs(8);

/// What the rows of the three findings share.
pub(super) const ROW: Row = Row {
    limits: &[Limit::NoWorkers, Limit::ColdStart, Limit::QueueStuck],
    ..endpoint(Runbook::OfAlert("RunpodQueueStuck"), &["runpod_queue_depth"])
};

pub(super) const NO_CAPACITY: Effect = Effect {
    stops: Some(Severity::Info),
    explains: &[
        Name::NoWorkers,
        Name::WorkersThrottled,
        Name::QueueDeep,
        Name::LatencyHigh,
        Name::ErrorRatioHigh, // jobs time out in the queue
        Name::EveryJobFails,
    ],
    ..Effect::NONE
};

pub(super) const UNHEALTHY_WORKERS: Effect = Effect {
    stops: Some(Severity::Info),
    explains: &[
        Name::WorkersUnhealthy,
        Name::NoWorkers,
        Name::WorkersStarting,
        Name::WorkersThrottled,
        Name::QueueDeep,
        Name::LatencyHigh,
        Name::ErrorRatioHigh,
        Name::EveryJobFails,
    ],
    ..Effect::NONE
};

pub(super) const IDLE_WORKERS: Effect = Effect {
    stops: Some(Severity::Info),
    explains: &[Name::QueueDeep, Name::LatencyHigh, Name::ErrorRatioHigh, Name::EveryJobFails],
    ..Effect::NONE
};

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    // A maximum of 0 is a finding of its own: more capacity would not help.
    let waiting = input.waiting_jobs().filter(|_| input.has_waiting())?;
    if input.endpoint.facts.workers_max.is_some_and(|max| max <= 0.0) {
        return None;
    }
    let (name, lasted, severity) = without_workers(input).or_else(|| without_progress(input))?;
    let load = &input.endpoint.load;
    let workers = &load.workers;
    let of = |number: Option<Count>| number.map(|number| number.0);
    let none_for = input.lasted(|track| &track.stuck).filter(|lasted| !lasted.is_zero());
    let state = known([
        serving(workers).map(|serving| format!("{serving} serving")),
        some(starting(workers), "starting"),
        some(of(workers.throttled), "throttled"),
        some(of(workers.unhealthy), "unhealthy"),
        of(load.in_progress).map(|jobs| format!("{jobs} in progress")),
        some(input.track.map(|track| track.ended(input.moment.elapsed).retried), "retried"),
    ]);
    let waiting = known([
        Some(waiting),
        none_for.map(|lasted| format!("none completed for at least {}", time(lasted))),
    ]);
    let message = format!("{waiting}; {state}");
    let found =
        Found::new(name, severity, message, recommendations(name, &input.endpoint.id)).lasting(lasted);
    // Within a minute, a standby worker that loads its model looks like one that takes no jobs.
    let is_open = input.is_brief && name == Name::QueueStuckIdleWorkers;
    Some(if is_open { found.with_impact(Impact::Delays) } else { found })
}

type Stuck = (Name, Duration, Severity);

/// Workers crash before they serve, or none gets a GPU. It may end by itself, as a cold start does.
fn without_workers(input: &EndpointInput<'_>) -> Option<Stuck> {
    let severity = |lasted| if lasted >= COLD_START { Severity::Critical } else { Severity::Warning };
    let crashing = input.lasted_for(NO_WORKERS, |track| &track.crashing);
    let starved = input.lasted_for(NO_WORKERS, |track| &track.starved);
    let found = |name, lasted| (name, lasted, severity(lasted));
    crashing
        .map(|lasted| found(Name::QueueStuckUnhealthyWorkers, lasted))
        .or_else(|| starved.map(|lasted| found(Name::QueueStuckNoCapacity, lasted)))
}

/// No job has ended for too long.
fn without_progress(input: &EndpointInput<'_>) -> Option<Stuck> {
    let track = input.track?;
    let load = &input.endpoint.load;
    let lasted = track.stuck.lasted(input.moment.elapsed)?;
    let serving = serving(&load.workers)?;
    let is_idle = load.in_progress.is_some_and(|jobs| jobs <= 0.0);
    if input.is_brief && lasted >= BRIEF && serving > 0.0 && is_idle && !track.has_worked() {
        return Some((Name::QueueStuckIdleWorkers, lasted, Severity::Warning));
    }
    if lasted < STUCK {
        return None;
    }
    // A worker that has been starting for all this time does not become ready.
    let Workers { unhealthy, initializing, throttled, .. } = load.workers;
    let broken = known_sum([unhealthy, initializing]);
    let retried = track.ended(input.moment.elapsed).retried;
    let name = if retried > 0.0 {
        Name::QueueStuckUnhealthyWorkers
    } else if serving > 0.0 {
        // A job that is in progress, or may be, may take this long.
        Some(Name::QueueStuckIdleWorkers).filter(|_| is_idle)?
    } else if broken? > 0.0 && broken? >= throttled?.0 {
        Name::QueueStuckUnhealthyWorkers
    } else {
        Name::QueueStuckNoCapacity
    };
    Some((name, lasted, Severity::Critical))
}

/// The sum of numbers, if all of them are known.
fn known_sum<const N: usize>(numbers: [Option<Count>; N]) -> Option<f64> {
    numbers.into_iter().map(|number| number.map(|number| number.0)).sum()
}

fn recommendations(name: Name, id: &str) -> Vec<String> {
    match name {
        Name::QueueStuckUnhealthyWorkers => recommend([
            &format!("Find out why the workers do not stay alive: runpod-exporter logs {id} --level=error"),
            "Roll back the latest release if the problem started with it.",
            "Check that the image, driver and GPU memory are compatible.",
        ]),
        Name::QueueStuckIdleWorkers => recommend([
            &format!("Find out why ready workers take no jobs: runpod-exporter logs {id}"),
            "Check that the image starts the handler.",
            "Check that the handler was built for this type of endpoint.",
        ]),
        _ => recommend([
            "Allow more GPU types and data centers: those of the endpoint have no capacity.",
            "Check that the account has balance and worker quota left.",
        ]),
    }
}
