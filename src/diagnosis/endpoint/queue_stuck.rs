//! Jobs wait and none ends: no capacity, workers that do not live, or workers that take no job.
//!
//! A long queue that moves is none of this.

use std::time::Duration;

use super::words::{count, time};
use super::workers::serving;
use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;
use crate::snapshot::Count;

/// From when on a queue does not move. A cold start with a large model takes two or three minutes, and the first job has
/// to run after it; whoever waits longer than this waits for something that does not come by itself.
const STUCK: Duration = Duration::from_mins(5);

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    // A maximum of nought is told by its own check: no capacity would help.
    if patient.endpoint.facts.workers_max.is_some_and(|max| max <= 0.0) {
        return None;
    }
    let track = patient.track?;
    let load = &patient.endpoint.load;
    let lasted = track.stuck.lasted(patient.moment.elapsed).filter(|lasted| *lasted >= STUCK)?;
    let serving = serving(&load.workers)?;
    let of = |number: Option<Count>| number.unwrap_or_default().0;
    let (throttled, unhealthy, starting) =
        (of(load.workers.throttled), of(load.workers.unhealthy), of(load.workers.initializing));
    let (in_progress, retried) = (of(load.in_progress), track.ended(patient.moment.elapsed).retried);
    let broken = unhealthy + starting; // what has been starting all this time does not get there
    let id = &patient.endpoint.id;
    let (name, recommendations) = if retried > 0.0 || (serving <= 0.0 && broken > 0.0 && broken >= throttled)
    {
        let todo = recommend([
            &format!("Find out why the workers do not stay alive: runpod-exporter logs {id}"),
            "Roll back the latest release if the problem started with it.",
            "Check that the image, driver and GPU memory are compatible.",
        ]);
        (Name::QueueStuckUnhealthyWorkers, todo)
    } else if serving <= 0.0 {
        let todo = recommend([
            "Allow more GPU types and data centers: those of the endpoint have no capacity.",
            "Check that max workers and the account's worker quota leave room.",
        ]);
        (Name::QueueStuckNoCapacity, todo)
    } else if in_progress <= 0.0 {
        let todo = recommend([
            &format!("Find out why ready workers take no jobs: runpod-exporter logs {id}"),
            "Check that the image starts the handler.",
            "Check that the handler was built for this type of endpoint.",
        ]);
        (Name::QueueStuckIdleWorkers, todo)
    } else {
        return None; // somebody works: jobs may take that long
    };
    Some(Found {
        name,
        severity: Severity::Critical,
        metric: "runpod_queue_depth",
        facts: format!(
            "{} waiting, none finished for {}; {serving} serving, {starting} starting, {throttled} throttled, {unhealthy} unhealthy, {in_progress} in progress, {retried} retried",
            count(patient.waiting(), "job"),
            time(lasted),
        ),
        recommendations,
    })
}
