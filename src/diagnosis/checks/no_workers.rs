//! Jobs are waiting, or the minimum number of workers is above zero, and no worker is ready.

use std::time::Duration;

use super::{Effect, EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{count, known, some, time};
use crate::diagnosis::limit::Limit;
use crate::diagnosis::workers::{serving, starting};
use crate::snapshot::Count;

const NO_WORKERS: Duration = Limit::NoWorkers.time();
const COLD_START: Duration = Limit::ColdStart.time();

pub(super) const EFFECT: Effect = Effect {
    delays: Some(Severity::Warning),
    stops: Some(Severity::Critical),
    explains: &[
        Name::WorkersThrottled,
        Name::QueueDeep,
        Name::LatencyHigh,
        Name::ErrorRatioHigh,
        Name::EveryJobFails,
    ],
};

pub(super) const STARTING: Effect = Effect {
    delays: Some(Severity::Warning),
    explains: &[Name::QueueDeep, Name::LatencyHigh],
    ..Effect::NONE
};

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let endpoint = input.endpoint;
    let workers = &endpoint.load.workers;
    let min = endpoint.facts.workers_min.map(|min| min.0);
    // An endpoint without jobs and with a minimum of 0 needs no worker. A maximum of 0 is a finding of its own, and so are
    // workers that crash: between two crashes, one is starting or there is none.
    if serving(workers)? > 0.0
        || !(input.has_waiting() || min.is_some_and(|min| min > 0.0))
        || endpoint.facts.workers_max.is_some_and(|max| max <= 0.0)
        || input.lasted(|track| &track.crashing).is_some()
    {
        return None;
    }
    let need = known([input.waiting_jobs(), min.map(|min| format!("min workers {min}"))]);
    Some(match starting(workers).filter(|starting| *starting > 0.0) {
        Some(starting) => cold_start(input, &need, starting),
        None => none(input, &need),
    })
}

fn cold_start(input: &EndpointInput<'_>, need: &str, starting: f64) -> Found {
    let unserved = input.lasted(|track| &track.unserved).unwrap_or_default();
    let is_long = input.lasted(|track| &track.starting).is_some_and(|lasted| lasted >= COLD_START);
    let severity = if is_long { Severity::Warning } else { Severity::Info };
    let message = format!(
        "{need}; no worker ready for at least {}, {} starting",
        time(unserved),
        count(starting, "worker"),
    );
    let recommendations = if is_long {
        recommend([
            &format!("Find out why they do not become ready: runpod-exporter logs {}", input.endpoint.id),
            "If loading takes long, use a smaller image, or put the model on a network volume.",
        ])
    } else {
        recommend([
            "Wait for the cold start.",
            "Set min workers to 1 or enable FlashBoot if it takes too long for your users.",
        ])
    };
    Found::new(Name::WorkersStarting, severity, message, recommendations).lasting(unserved)
}

fn none(input: &EndpointInput<'_>, need: &str) -> Found {
    let unserved = input.lasted(|track| &track.unserved).unwrap_or_default();
    // If it is unknown whether workers are starting, this may be a cold start.
    let is_long = match starting(&input.endpoint.load.workers) {
        Some(_none) => input.lasted_for(NO_WORKERS, |track| &track.unserved).is_some(),
        None => unserved >= COLD_START,
    };
    let severity = if is_long { Severity::Critical } else { Severity::Warning };
    let workers = &input.endpoint.load.workers;
    let of = |state: Option<Count>| state.map(|count| count.0);
    let state = known([
        Some(format!("no worker ready for at least {}", time(unserved))),
        starting(workers).map(|_none| "none starting".to_owned()),
        some(of(workers.throttled), "throttled"),
        some(of(workers.unhealthy), "unhealthy"),
    ]);
    let message = format!("{need}; {state}");
    let recommendations = if workers.throttled.is_some_and(|throttled| throttled > 0.0) {
        recommend([
            "Allow more GPU types: those of the endpoint have no capacity.",
            "Allow more data centers, unless a network volume ties the endpoint to one.",
        ])
    } else {
        recommend([
            "Check that the endpoint is active and that the account has balance and worker quota left.",
            "Check that its GPU types are in stock in its data centers.",
            "Allow more GPU types and data centers.",
        ])
    };
    Found::new(Name::NoWorkers, severity, message, recommendations).lasting(unserved)
}
