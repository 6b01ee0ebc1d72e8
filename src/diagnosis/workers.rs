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

/// Whether workers are throttled, and no other worker can take a job or is starting.
pub(super) fn is_starved(workers: &Workers) -> Option<bool> {
    let throttled = workers.throttled?.0 > 0.0;
    Some(throttled && serving(workers)? <= 0.0 && starting(workers).unwrap_or_default() <= 0.0)
}

/// Whether workers crash, rather than wait for a GPU. A worker that starts may be one that was replaced after a crash.
pub(super) fn are_crashing(workers: &Workers) -> bool {
    let of = |count: Option<Count>| count.unwrap_or_default().0;
    let unhealthy = of(workers.unhealthy);
    unhealthy > 0.0 && unhealthy + of(workers.initializing) >= of(workers.throttled)
}

/// Whether a job has completed between two samples of the job totals.
pub(super) fn has_completed(before: &BTreeMap<JobTotal, Count>, after: &BTreeMap<JobTotal, Count>) -> bool {
    let of = |totals: &BTreeMap<JobTotal, Count>| totals.get(&JobTotal::Completed).map(|total| total.0);
    of(before).zip(of(after)).is_some_and(|(before, after)| (before - after).abs() > 0.5)
}

/// Whether a job is in progress.
pub(super) fn is_working(load: &Load) -> bool {
    load.in_progress.is_some_and(|jobs| jobs > 0.0)
}

/// Whether a queue has made progress between two samples of its job totals. A total that changes by a whole job in either
/// direction means that a job has ended, except `retried` and `cancelled`. Jobs that time out in the queue count as
/// failed, which is not progress: a failure counts only if a job was in progress (`worked`).
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
