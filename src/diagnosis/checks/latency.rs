//! The 95th percentile of the latency is high: of the jobs that were reported to the exporter, or, with too few of them, as
//! reported by Runpod.
//!
//! Runpod reports execution time and delay time separately. The percentile of their sum is at least the larger of the two,
//! so the larger one is compared: a finding is always true, but some slow endpoints are not found.

use std::collections::BTreeMap;

use super::{Effect, EndpointInput, Found, Name, Obstacle, Severity, recommend};
use crate::diagnosis::format::{items, percent, seconds};
use crate::diagnosis::limit::Limit;
use crate::diagnosis::samples::{Latency, Track};
use crate::settings::Signal;
use crate::snapshot::{Quantile, Seconds};

const MINIMUM_JOBS: u32 = Limit::MinimumJobs.jobs();

pub(super) const EFFECT: Effect = Effect { delays: Some(Severity::Warning), ..Effect::NONE };

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let minimum = usize::try_from(MINIMUM_JOBS).unwrap_or(usize::MAX);
    let latency = input.track.and_then(Track::latency).filter(|latency| latency.jobs >= minimum);
    let Measured { p95, mostly_waiting, metric, text } = latency.map(of_jobs).or_else(|| of_runpod(input))?;
    let (severity, threshold) = input.level(Signal::LatencyP95, p95)?;
    let mut recommendations = recommendations(input, mostly_waiting);
    if severity == Severity::Info {
        let configure =
            "Set latency_p95_seconds or an SLO for this endpoint: until then, nobody is notified.";
        recommendations.truncate(2);
        recommendations.push(configure.to_owned());
    }
    let message = format!("{text} (threshold {})", seconds(threshold));
    Some(Found::new(Name::LatencyHigh, severity, message, recommendations).in_metric(metric))
}

fn recommendations(input: &EndpointInput<'_>, mostly_waiting: bool) -> Vec<String> {
    match input.obstacle().filter(|_| mostly_waiting) {
        Some(Obstacle::Crashes) => recommend([&format!(
            "Find out why workers crash, most of the time is spent waiting for one: runpod-exporter logs {} --level=error",
            input.endpoint.id
        )]),
        Some(Obstacle::Throttling) => recommend([
            "Allow more GPU types and data centers: most of the time is spent waiting for a worker, and workers are throttled.",
        ]),
        Some(Obstacle::Unknown) => recommend([
            "Find out in the console whether workers crash or wait for a GPU, which is unknown here: most of the time is spent waiting for a worker.",
            "Shorten the cold start: use a smaller image, FlashBoot, or a network volume for the model.",
        ]),
        None if mostly_waiting => recommend([
            "Raise max or min workers: most of the time is spent waiting for a worker.",
            "Shorten the cold start: use a smaller image, FlashBoot, or a network volume for the model.",
        ]),
        None => recommend([
            "Check that the model fits into GPU memory, or use a larger GPU.",
            "Quantize the model, or use a smaller one.",
            "Check batch size and output length.",
        ]),
    }
}

struct Measured {
    p95: f64,
    mostly_waiting: bool,
    metric: &'static str,
    text: String,
}

fn of_jobs(latency: Latency) -> Measured {
    let Latency { jobs, avg, p95, waited_ratio, .. } = latency;
    Measured {
        p95,
        mostly_waiting: waited_ratio > 0.5,
        metric: "runpod_request_latency_seconds",
        text: format!(
            "p95 {}, average {} over {}, {} of it waiting",
            seconds(p95),
            seconds(avg),
            items(jobs, "job"),
            percent(waited_ratio)
        ),
    }
}

fn of_runpod(input: &EndpointInput<'_>) -> Option<Measured> {
    let reported = input.reported()?;
    let p95 = |times: &BTreeMap<Quantile, Seconds>| times.get(&Quantile::P95).map(|time| time.0);
    let (execution, delay) = (p95(&reported.execution), p95(&reported.delay));
    let p95 = [execution, delay].into_iter().flatten().reduce(f64::max)?;
    let part = |what: &str, time: Option<f64>| time.map(|time| format!("{what} p95 {}", seconds(time)));
    let parts: Vec<_> = [part("execution", execution), part("delay", delay)].into_iter().flatten().collect();
    // The longer one is at least half of the sum. With one of them, that one is what is long.
    let mostly_waiting = delay > execution;
    let metric =
        if mostly_waiting { "runpod_reported_delay_seconds" } else { "runpod_reported_execution_seconds" };
    let text = format!("{}, as reported by Runpod", parts.join(", "));
    Some(Measured { p95, mostly_waiting, metric, text })
}
