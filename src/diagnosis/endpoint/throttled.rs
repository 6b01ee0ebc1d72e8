//! Workers that wait for a GPU.

use super::words::count;
use super::{Found, Patient, recommend};
use crate::diagnosis::Name;
use crate::settings::Signal;
use crate::snapshot::Count;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let Count(throttled) = patient.endpoint.load.workers.throttled?;
    // A threshold of nought would find something in nobody.
    let (severity, threshold) =
        patient.level(Signal::WorkersThrottled, throttled).filter(|_| throttled > 0.0)?;
    let facts = &patient.endpoint.facts;
    let wanted: Vec<&str> =
        [&facts.gpu_types, &facts.data_centers].into_iter().flatten().map(String::as_str).collect();
    let wanted =
        if wanted.is_empty() { String::new() } else { format!("; allowed: {}", wanted.join(" in ")) };
    Some(Found {
        name: Name::WorkersThrottled,
        severity,
        metric: "runpod_workers_throttled",
        facts: format!("{} throttled (threshold {threshold}){wanted}", count(throttled, "worker")),
        recommendations: recommend([
            "Allow more GPU types: those of the endpoint are short of capacity.",
            "Allow more data centers, unless a network volume ties the endpoint to one.",
        ]),
    })
}
