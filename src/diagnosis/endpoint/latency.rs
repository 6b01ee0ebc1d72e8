//! The 95th percentile that Runpod reports.
//!
//! It reports execution and delay apart. The percentile of their sum is at least the larger of the two, so that one is
//! judged: what is found is true, and what is not found may be.

use super::{Found, Patient};
use crate::diagnosis::Name;
use crate::snapshot::Signal;

const P95: &str = "0.95";

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let reported = &patient.endpoint.facts.reported;
    let (execution, delay) = (reported.execution.get(P95).copied(), reported.delay.get(P95).copied());
    let p95 = [execution, delay].into_iter().flatten().reduce(f64::max)?;
    let (severity, threshold) = patient.level(Signal::LatencyP95, p95)?;
    let part = |what: &str, seconds: Option<f64>| seconds.map(|seconds| format!("{what} p95 {seconds:.1} s"));
    let parts: Vec<_> = [part("execution", execution), part("delay", delay)].into_iter().flatten().collect();
    let advice = if delay > execution {
        "Raise workers min or workers max: most of the time is spent waiting for a worker."
    } else {
        "Look at the execution time: a larger GPU, smaller batches or a smaller model shorten it."
    };
    Some(Found {
        name: Name::LatencyHigh,
        severity,
        facts: format!("{} (threshold {threshold} s)", parts.join(", ")),
        advice: advice.to_owned(),
    })
}
