//! Conversion of an endpoint's load from the job API (`/health`).

use runpod::wire;

use super::sets::JobTotal;
use super::{Load, Workers};
use crate::snapshot::closed::each;
use crate::snapshot::convert::count;
use crate::snapshot::unknown::Unknown;

/// Converts the queue, the job totals and the workers of one endpoint.
pub(crate) fn from_health(health: wire::Health, unknown: &mut Vec<Unknown>) -> Load {
    let wire::Health { jobs, workers } = health;
    let wire::HealthJobs { in_queue, in_progress, completed, failed, retried, unknown: unknown_jobs } =
        jobs.unwrap_or_default();
    unknown.extend(unknown_fields("health.jobs", unknown_jobs));
    Load {
        queue_depth: count(in_queue),
        in_progress: count(in_progress),
        totals: each(|total| match total {
            JobTotal::Cancelled => None,
            JobTotal::Completed => count(completed),
            JobTotal::Failed => count(failed),
            JobTotal::Retried => count(retried),
        }),
        workers: worker_counts(workers.unwrap_or_default(), unknown),
        cost: None,
    }
}

/// One entry for each field that the exporter does not know, at most 32 of them.
fn unknown_fields(field: &'static str, count: u64) -> impl Iterator<Item = Unknown> {
    (0..count.min(32)).map(move |_| Unknown { field })
}

fn worker_counts(wire: wire::HealthWorkers, unknown: &mut Vec<Unknown>) -> Workers {
    let wire::HealthWorkers {
        idle,
        initializing,
        ready,
        running,
        throttled,
        unhealthy,
        unknown: unknown_workers,
    } = wire;
    unknown.extend(unknown_fields("health.workers", unknown_workers));
    Workers {
        ready: count(ready),
        running: count(running),
        idle: count(idle),
        initializing: count(initializing),
        throttled: count(throttled),
        unhealthy: count(unhealthy),
        pending: None,
    }
}
