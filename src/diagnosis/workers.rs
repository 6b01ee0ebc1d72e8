//! Values derived from the overlapping worker states, and from the job totals.

use std::collections::BTreeMap;

use crate::snapshot::{Load, Workers};

/// Workers that run a job or could take one: the largest of the overlapping states. `None` if none of them is known.
pub(super) fn serving(workers: &Workers) -> Option<f64> {
    [workers.ready, workers.running, workers.idle].into_iter().flatten().reduce(f64::max)
}

/// Workers that are starting. `None` if unknown.
pub(super) fn starting(workers: &Workers) -> Option<f64> {
    [workers.initializing, workers.pending].into_iter().flatten().reduce(|one, other| one + other)
}

/// Whether workers are starting and no other worker can take a job.
pub(super) fn are_only_starting(workers: &Workers) -> Option<bool> {
    Some(serving(workers)? <= 0.0 && starting(workers)? > 0.0)
}

/// Whether a job is in progress.
pub(super) fn is_working(load: &Load) -> bool {
    load.in_progress.is_some_and(|jobs| jobs > 0.0)
}

/// Whether a queue has made progress between two samples of its job totals. A total that changes by a whole job in either
/// direction means that a job has ended, except `retried` and `cancelled`. Jobs that time out in the queue count as
/// failed, which is no progress: a failure counts only if a job was in progress (`worked`).
pub(super) fn has_progressed(
    before: &BTreeMap<&'static str, f64>,
    after: &BTreeMap<&'static str, f64>,
    worked: bool,
) -> bool {
    let differs = |status, total: &f64| before.get(status).is_some_and(|before| (before - total).abs() > 0.5);
    after.iter().any(|(status, total)| match *status {
        "retried" | "cancelled" => false,
        "failed" => worked && differs(status, total),
        _ => differs(status, total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_that_end_are_progress_and_jobs_that_time_out_or_are_cancelled_are_not() {
        let totals = |completed, failed, cancelled| {
            BTreeMap::from([("completed", completed), ("failed", failed), ("cancelled", cancelled)])
        };
        let progressed = |after, worked| has_progressed(&totals(100.0, 5.0, 2.0), &after, worked);
        assert!(progressed(totals(101.0, 5.0, 2.0), false));
        assert!(progressed(totals(3.0, 5.0, 2.0), false), "the counters restarted");
        assert!(progressed(totals(100.0, 6.0, 2.0), true));
        assert!(!progressed(totals(100.0, 6.0, 2.0), false), "a job timed out in the queue");
        assert!(!progressed(totals(100.0, 5.0, 3.0), true), "a client cancelled a job");
        assert!(!progressed(totals(100.0, 5.0, 2.0), true));
    }
}
