//! More jobs wait than the thresholds allow.

use super::words::count;
use super::workers::serving;
use super::{Found, Patient, recommend};
use crate::diagnosis::Name;
use crate::settings::Signal;
use crate::snapshot::Count;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let Count(depth) = patient.endpoint.load.queue_depth?;
    let (severity, threshold) = patient.level(Signal::QueueDepth, depth)?;
    let max = patient.endpoint.facts.workers_max.map(|max| format!("; max workers {max}"));
    let progress = patient.endpoint.load.in_progress.map(|jobs| format!(", {jobs} in progress"));
    Some(Found {
        name: Name::QueueDeep,
        severity,
        metric: "runpod_queue_depth",
        facts: format!(
            "{} waiting (threshold {threshold}){}{}",
            count(depth, "job"),
            progress.unwrap_or_default(),
            max.unwrap_or_default()
        ),
        recommendations: recommendations(patient),
    })
}

/// Who looks only once cannot know whether the queue is stuck, but sees whether anybody works on it.
fn recommendations(patient: &Patient<'_>) -> Vec<String> {
    let load = &patient.endpoint.load;
    let serving = serving(&load.workers);
    if serving.is_some_and(|serving| serving <= 0.0) {
        return recommend([
            "Find out why no worker is ready: raising max workers does not help before one starts.",
            "Check again in a few minutes: after a pause, the first jobs wait for a cold start.",
        ]);
    }
    if serving.is_some() && load.in_progress.is_some_and(|jobs| jobs <= 0.0) {
        return recommend([
            &format!("Find out why ready workers take no jobs: runpod-exporter logs {}", patient.endpoint.id),
            "Check again in a few minutes: if no job has finished, more workers do not help.",
        ]);
    }
    recommend([
        "Raise max workers if all workers are busy.",
        "Check the execution time: if it has grown, find out why before paying for more workers.",
    ])
}
