//! Jobs are waiting, or the minimum number of workers is above zero, and no worker is ready.

use std::time::Duration;

use super::{EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{count, time};
use crate::diagnosis::limit::Limit;
use crate::diagnosis::workers::{serving, starting};

const NO_WORKERS: Duration = Limit::NoWorkers.time();
const COLD_START: Duration = Limit::ColdStart.time();

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let endpoint = input.endpoint;
    let workers = &endpoint.load.workers;
    let (waiting, min) = (input.waiting(), endpoint.facts.workers_min.unwrap_or_default());
    // An endpoint without jobs and with a minimum of 0 needs no worker. A maximum of 0 is a finding of its own.
    if serving(workers)? > 0.0
        || (waiting <= 0.0 && min <= 0.0)
        || endpoint.facts.workers_max.is_some_and(|max| max <= 0.0)
    {
        return None;
    }
    let need = format!("{} waiting, min workers {min}", count(waiting, "job"));
    let starting = starting(workers).unwrap_or_default();
    Some(if starting > 0.0 { cold_start(input, &need, starting) } else { none(input, &need) })
}

fn cold_start(input: &EndpointInput<'_>, need: &str, starting: f64) -> Found {
    let lasted =
        input.track.and_then(|track| track.starting.lasted(input.moment.elapsed)).unwrap_or_default();
    let is_long = lasted >= COLD_START;
    let severity = if is_long { Severity::Warning } else { Severity::Info };
    let message = format!(
        "{need}; no worker ready, {} starting for at least {}",
        count(starting, "worker"),
        time(lasted)
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
    Found::new(Name::WorkersStarting, severity, message, recommendations)
}

fn none(input: &EndpointInput<'_>, need: &str) -> Found {
    let lasted =
        input.track.and_then(|track| track.unserved.lasted(input.moment.elapsed)).unwrap_or_default();
    let severity = if lasted >= NO_WORKERS { Severity::Critical } else { Severity::Warning };
    let workers = &input.endpoint.load.workers;
    let message = format!(
        "{need}; no worker ready or starting for at least {}, {} throttled, {} unhealthy",
        time(lasted),
        workers.throttled.unwrap_or_default(),
        workers.unhealthy.unwrap_or_default(),
    );
    let recommendations = recommend([
        "Check that the endpoint is active and that the account has balance and worker quota left.",
        "Check that its GPU types are in stock in its data centers.",
        "Allow more GPU types and data centers.",
    ]);
    Found::new(Name::NoWorkers, severity, message, recommendations)
}
