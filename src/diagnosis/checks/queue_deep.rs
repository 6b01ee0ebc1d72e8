//! More jobs are waiting than the thresholds allow.

use super::{Effect, EndpointInput, Found, Name, Obstacle, Severity, recommend};
use crate::diagnosis::format::count;
use crate::diagnosis::workers::serving;
use crate::settings::Signal;
use crate::snapshot::Count;

pub(super) const EFFECT: Effect =
    Effect { delays: Some(Severity::Warning), explains: &[Name::LatencyHigh], ..Effect::NONE };

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let Count(depth) = input.endpoint.load.queue_depth?;
    let (severity, threshold) = input.level(Signal::QueueDepth, depth)?;
    let max = input.endpoint.facts.workers_max.map(|max| format!("; max workers {max}"));
    let progress = input.endpoint.load.in_progress.map(|jobs| format!(", {jobs} in progress"));
    let message = format!(
        "{} waiting (threshold {threshold}){}{}",
        count(depth, "job"),
        progress.unwrap_or_default(),
        max.unwrap_or_default()
    );
    Some(Found::new(Name::QueueDeep, severity, message, recommendations(input)))
}

/// One sample cannot show that a queue is stuck, but it shows whether workers are ready and jobs are in progress.
fn recommendations(input: &EndpointInput<'_>) -> Vec<String> {
    let load = &input.endpoint.load;
    let serving = serving(&load.workers);
    match input.obstacle() {
        Some(Obstacle::Crashes) => {
            return recommend([
                &format!(
                    "Find out why workers crash: runpod-exporter logs {} --level=error",
                    input.endpoint.id
                ),
                "Roll back the latest release if the crashes started with it.",
            ]);
        }
        Some(Obstacle::Throttling) => {
            return recommend([
                "Allow more GPU types: throttled workers wait for a free GPU, and a higher maximum only adds more of them.",
                "Allow more data centers, unless a network volume ties the endpoint to one.",
            ]);
        }
        Some(Obstacle::Unknown) => return unknown(),
        None => {}
    }
    if serving.is_some_and(|serving| serving <= 0.0) {
        return recommend([
            "Find out why no worker is ready: raising max workers does not help before one starts.",
            "Check again in a few minutes: after a pause, the first jobs wait for a cold start.",
        ]);
    }
    if serving.is_some() && load.in_progress.is_some_and(|jobs| jobs <= 0.0) {
        return recommend([
            &format!("Find out why ready workers take no jobs: runpod-exporter logs {}", input.endpoint.id),
            "Check again in a few minutes: if no job has finished, more workers do not help.",
        ]);
    }
    let Some(((serving, max), _in_progress)) =
        serving.zip(input.endpoint.facts.workers_max).zip(load.in_progress)
    else {
        return unknown();
    };
    if max > serving {
        return recommend([
            &format!(
                "Lower the scaler's threshold: {serving} of at most {max} workers serve, so that the maximum is not the limit."
            ),
            "Check again in a few minutes: more workers may be starting.",
        ]);
    }
    recommend([
        "Raise max workers: all workers are in use.",
        "Check the execution time: if it has grown, find out why before paying for more workers.",
    ])
}

/// What helps depends on the workers.
fn unknown() -> Vec<String> {
    recommend([
        "Find out in the console whether all workers are in use, which is unknown here: only then a higher maximum helps.",
        "Check the execution time: if it has grown, find out why.",
    ])
}
