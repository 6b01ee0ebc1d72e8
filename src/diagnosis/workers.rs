//! Values derived from the overlapping worker states, and from the job totals.

use std::collections::BTreeMap;

use crate::snapshot::{Count, JobTotal, Load, Workers};

/// Workers that run a job or could take one: the largest of the overlapping states. `None` if none of them is known.
pub(super) fn serving(workers: &Workers) -> Option<f64> {
    [workers.ready, workers.running, workers.idle].into_iter().flatten().map(|count| count.0).reduce(f64::max)
}

/// Workers that are starting. `None` if unknown.
pub(super) fn starting(workers: &Workers) -> Option<f64> {
    [workers.initializing, workers.pending]
        .into_iter()
        .flatten()
        .map(|count| count.0)
        .reduce(|one, other| one + other)
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
    before: &BTreeMap<JobTotal, Count>,
    after: &BTreeMap<JobTotal, Count>,
    worked: bool,
) -> bool {
    let differs = |row: &JobTotal, total: &Count| {
        before.get(row).is_some_and(|before| (before.0 - total.0).abs() > 0.5)
    };
    after.iter().any(|(row, total)| match row {
        JobTotal::Retried | JobTotal::Cancelled => false,
        JobTotal::Failed => worked && differs(row, total),
        JobTotal::Completed => differs(row, total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_that_end_are_progress_and_jobs_that_time_out_or_are_cancelled_are_not() {
        let totals = |completed, failed, cancelled| {
            let totals = [
                (JobTotal::Completed, completed),
                (JobTotal::Failed, failed),
                (JobTotal::Cancelled, cancelled),
            ];
            BTreeMap::from(totals.map(|(row, total)| (row, Count(total))))
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
