//! Jobs are waiting and none ends: there is no capacity, workers crash, or workers take no jobs.
//!
//! A long queue that makes progress is not stuck.

use std::time::Duration;

use super::{EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{count, time};
use crate::diagnosis::limit::Limit;
use crate::diagnosis::workers::serving;
use crate::snapshot::Count;

const STUCK: Duration = Limit::QueueStuck.time();

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    // A maximum of 0 is a finding of its own: more capacity would not help.
    if input.endpoint.facts.workers_max.is_some_and(|max| max <= 0.0) {
        return None;
    }
    let track = input.track?;
    let load = &input.endpoint.load;
    let lasted = track.stuck.lasted(input.moment.elapsed).filter(|lasted| *lasted >= STUCK)?;
    let serving = serving(&load.workers)?;
    let of = |number: Option<Count>| number.unwrap_or_default().0;
    let (throttled, unhealthy, starting) =
        (of(load.workers.throttled), of(load.workers.unhealthy), of(load.workers.initializing));
    let (in_progress, retried) = (of(load.in_progress), track.ended(input.moment.elapsed).retried);
    // A worker that has been starting for all this time does not become ready.
    let broken = unhealthy + starting;
    let id = &input.endpoint.id;
    let (name, recommendations) = if retried > 0.0 || (serving <= 0.0 && broken > 0.0 && broken >= throttled)
    {
        let recommendations = recommend([
            &format!("Find out why the workers do not stay alive: runpod-exporter logs {id}"),
            "Roll back the latest release if the problem started with it.",
            "Check that the image, driver and GPU memory are compatible.",
        ]);
        (Name::QueueStuckUnhealthyWorkers, recommendations)
    } else if serving <= 0.0 {
        let recommendations = recommend([
            "Allow more GPU types and data centers: those of the endpoint have no capacity.",
            "Check that max workers and the account's worker quota leave room.",
        ]);
        (Name::QueueStuckNoCapacity, recommendations)
    } else if in_progress <= 0.0 {
        let recommendations = recommend([
            &format!("Find out why ready workers take no jobs: runpod-exporter logs {id}"),
            "Check that the image starts the handler.",
            "Check that the handler was built for this type of endpoint.",
        ]);
        (Name::QueueStuckIdleWorkers, recommendations)
    } else {
        return None; // a job is in progress, and may take this long
    };
    let message = format!(
        "{} waiting, none finished for {}; {serving} serving, {starting} starting, {throttled} throttled, {unhealthy} unhealthy, {in_progress} in progress, {retried} retried",
        count(input.waiting(), "job"),
        time(lasted),
    );
    Some(Found::new(name, Severity::Critical, message, recommendations))
}
