//! Jobs wait, or workers should always be there, and none is ready.

use std::time::Duration;

use super::words::{count, time};
use super::workers::{serving, starting};
use super::{Found, Patient, Severity, recommend};
use crate::diagnosis::Name;

/// The scaler looks every few seconds. Who has no worker after this long does not get one by itself.
const SCALER: Duration = Duration::from_mins(1);

/// Longer than a cold start with a large image and a large model takes.
const COLD_START: Duration = Duration::from_mins(5);

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let endpoint = patient.endpoint;
    let workers = &endpoint.load.workers;
    let (waiting, min) = (patient.waiting(), endpoint.facts.workers_min.unwrap_or_default());
    // Without a job and a minimum nobody needs one. A maximum of nought is told by its own check.
    if serving(workers)? > 0.0
        || (waiting <= 0.0 && min <= 0.0)
        || endpoint.facts.workers_max.is_some_and(|max| max <= 0.0)
    {
        return None;
    }
    let starts = starting(workers).unwrap_or_default();
    let elapsed = patient.moment.elapsed;
    let lasted = |starting: bool| {
        let streak = patient.track.map(|track| if starting { &track.starting } else { &track.unserved });
        streak.and_then(|streak| streak.lasted(elapsed)).unwrap_or_default()
    };
    let need = format!("{} waiting, min workers {min}", count(waiting, "job"));
    if starts > 0.0 {
        let lasted = lasted(true);
        let is_long = lasted >= COLD_START;
        let recommendations = if is_long {
            recommend([
                &format!("Find out why they do not become ready: runpod-exporter logs {}", endpoint.id),
                "If loading takes long, use a smaller image, or put the model on a network volume.",
            ])
        } else {
            recommend([
                "Wait for the cold start.",
                "Set min workers to 1 or enable FlashBoot if it takes too long for your users.",
            ])
        };
        return Some(Found {
            name: Name::WorkersStarting,
            severity: if is_long { Severity::Warning } else { Severity::Info },
            metric: "runpod_workers_initializing",
            facts: format!(
                "{need}; no worker ready, {} starting for at least {}",
                count(starts, "worker"),
                time(lasted)
            ),
            recommendations,
        });
    }
    let lasted = lasted(false);
    let (throttled, unhealthy) =
        (workers.throttled.unwrap_or_default(), workers.unhealthy.unwrap_or_default());
    Some(Found {
        name: Name::NoWorkers,
        severity: if lasted >= SCALER { Severity::Critical } else { Severity::Warning },
        metric: "runpod_workers_ready",
        facts: format!(
            "{need}; no worker ready or starting for at least {}, {throttled} throttled, {unhealthy} unhealthy",
            time(lasted)
        ),
        recommendations: recommend([
            "Check that the endpoint is active and that the account has balance and worker quota left.",
            "Check that its GPU types are in stock in its data centers.",
            "Allow more GPU types and data centers.",
        ]),
    })
}
