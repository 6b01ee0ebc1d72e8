//! A pod runs and costs money, but does nothing.

use std::time::Duration;

use super::{Found, Name, PodInput, Severity, recommend};
use crate::diagnosis::format::{dollars, dollars_per_hour, time};
use crate::diagnosis::limit::Limit;

const IDLE: Duration = Limit::PodIdle.time();

pub(super) fn check(input: &PodInput<'_>) -> Option<Found> {
    let cost = input.pod.cost.filter(|cost| *cost > 0.0)?;
    let idle = input.idle.filter(|idle| *idle >= IDLE)?;
    let spent = cost.0 * idle.as_secs_f64() / 3_600.0;
    let message =
        format!("idle for at least {} at {}: {}", time(idle), dollars_per_hour(cost.0), dollars(spent));
    let recommendations = recommend([
        "Stop the pod if it is not needed; its volume is kept and still billed.",
        "Delete it if its data is not needed either.",
    ]);
    let found = Found::new(Name::PodIdle, Severity::Warning, message, recommendations).lasting(idle);
    Some(if input.pod.gpus.is_empty() { found.in_metric("runpod_pod_cpu_utilization_ratio") } else { found })
}
