//! A pod that runs, costs, and does nothing.

use std::time::Duration;

use super::words::time;
use super::{Found, Severity, recommend};
use crate::diagnosis::Name;
use crate::snapshot::Pod;

/// Longer than a break, a download and a checkpoint take.
const FORGOTTEN: Duration = Duration::from_mins(30);

pub(super) fn check(pod: &Pod, idle: Option<Duration>) -> Option<Found> {
    let cost = pod.cost.filter(|cost| *cost > 0.0)?;
    let idle = idle.filter(|idle| *idle >= FORGOTTEN)?;
    let spent = cost.0 * idle.as_secs_f64() / 3_600.0;
    Some(Found {
        name: Name::PodIdle,
        severity: Severity::Warning,
        metric: if pod.gpus.is_empty() {
            "runpod_pod_cpu_utilization_ratio"
        } else {
            "runpod_pod_gpu_utilization_ratio"
        },
        facts: format!("idle for at least {} at ${cost:.2}/h: ${spent:.2}", time(idle)),
        recommendations: recommend([
            "Stop the pod if it is not needed; its volume is kept and still billed.",
            "Delete it if its data is not needed either.",
        ]),
    })
}
