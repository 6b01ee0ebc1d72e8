//! The 95th percentile: of the jobs that the exporter was told of where there are enough, else what Runpod reports.
//!
//! Runpod reports execution and delay apart. The percentile of their sum is at least the larger of the two, so that one is
//! judged: what is found is true, and what is not found may be.

use std::collections::BTreeMap;

use super::{Found, Patient, Track, recommend};
use crate::diagnosis::{Latency, Name};
use crate::settings::Signal;
use crate::snapshot::{Quantile, Seconds};

/// With fewer jobs, the 95th percentile is the slowest of them.
const ENOUGH_JOBS: usize = 20;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let told = patient.track.and_then(Track::latency).filter(|latency| latency.jobs >= ENOUGH_JOBS);
    let Seen { p95, mostly_waiting, metric, facts } = told.map(observed).or_else(|| reported(patient))?;
    let (severity, threshold) = patient.level(Signal::LatencyP95, p95)?;
    let recommendations = if mostly_waiting {
        recommend([
            "Raise max or min workers: most of the time is spent waiting for a worker.",
            "Shorten the cold start: use a smaller image, FlashBoot, or a network volume for the model.",
        ])
    } else {
        recommend([
            "Check that the model fits into GPU memory, or use a larger GPU.",
            "Quantize the model, or use a smaller one.",
            "Check batch size and output length.",
        ])
    };
    let facts = format!("{facts} (threshold {threshold} s)");
    Some(Found { name: Name::LatencyHigh, severity, metric, facts, recommendations })
}

struct Seen {
    p95: f64,
    mostly_waiting: bool,
    metric: &'static str,
    facts: String,
}

fn observed(latency: Latency) -> Seen {
    let Latency { jobs, avg, p95, waited_ratio, .. } = latency;
    let waited = super::words::percent(waited_ratio);
    Seen {
        p95,
        mostly_waiting: waited_ratio > 0.5,
        metric: "runpod_request_latency_seconds",
        facts: format!("p95 {p95:.1} s, average {avg:.1} s over {jobs} jobs, {waited} of it waiting"),
    }
}

fn reported(patient: &Patient<'_>) -> Option<Seen> {
    let reported = &patient.endpoint.facts.reported;
    let p95 = |times: &BTreeMap<Quantile, Seconds>| times.get(&Quantile::P95).map(|time| time.0);
    let (execution, delay) = (p95(&reported.execution), p95(&reported.delay));
    let p95 = [execution, delay].into_iter().flatten().reduce(f64::max)?;
    let part = |what: &str, seconds: Option<f64>| seconds.map(|seconds| format!("{what} p95 {seconds:.1} s"));
    let parts: Vec<_> = [part("execution", execution), part("delay", delay)].into_iter().flatten().collect();
    let mostly_waiting = delay > execution;
    let metric =
        if mostly_waiting { "runpod_reported_delay_seconds" } else { "runpod_reported_execution_seconds" };
    Some(Seen { p95, mostly_waiting, metric, facts: format!("{}, as reported by Runpod", parts.join(", ")) })
}
