//! More jobs are waiting than the thresholds allow.

use super::{EndpointInput, Found, Name, recommend};
use crate::diagnosis::format::count;
use crate::diagnosis::workers::serving;
use crate::settings::Signal;
use crate::snapshot::Count;

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
    recommend([
        "Raise max workers if all workers are busy.",
        "Check the execution time: if it has grown, find out why before paying for more workers.",
    ])
}
