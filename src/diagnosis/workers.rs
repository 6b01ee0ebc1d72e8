//! What the overlapping counts of workers say together, and what they say about the totals of jobs.

use std::collections::BTreeMap;

use crate::snapshot::{Count, JobTotal, Load, Workers};

/// Workers that have a job or could take one: the largest of the counts that overlap. `None` if none of them is known.
pub(super) fn serving(workers: &Workers) -> Option<f64> {
    [workers.ready, workers.running, workers.idle].into_iter().flatten().map(|count| count.0).reduce(f64::max)
}

/// Workers that are on their way. `None` if nothing is known of that.
pub(super) fn starting(workers: &Workers) -> Option<f64> {
    [workers.initializing, workers.pending]
        .into_iter()
        .flatten()
        .map(|count| count.0)
        .reduce(|one, other| one + other)
}

/// Whether there are none but those that are on their way.
pub(super) fn are_only_starting(workers: &Workers) -> Option<bool> {
    Some(serving(workers)? <= 0.0 && starting(workers)? > 0.0)
}

/// Whether somebody has a job.
pub(super) fn is_at_work(load: &Load) -> bool {
    load.in_progress.is_some_and(|jobs| jobs > 0.0)
}

/// Whether a queue has moved from some totals to others: whichever way one goes by a whole job, a job has ended, unless it
/// was only tried again. Jobs that wait for too long end too, cancelled or failed, and that moves nothing: a failure
/// counts only where somebody `worked`.
pub(super) fn has_moved(
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
    fn a_queue_moves_when_work_ends_and_not_when_clients_give_up() {
        let totals = |completed, failed, cancelled| {
            let totals = [
                (JobTotal::Completed, completed),
                (JobTotal::Failed, failed),
                (JobTotal::Cancelled, cancelled),
            ];
            BTreeMap::from(totals.map(|(row, total)| (row, Count(total))))
        };
        let moved = |after, worked| has_moved(&totals(100.0, 5.0, 2.0), &after, worked);
        assert!(moved(totals(101.0, 5.0, 2.0), false));
        assert!(moved(totals(3.0, 5.0, 2.0), false), "counters restarted");
        assert!(moved(totals(100.0, 6.0, 2.0), true));
        assert!(!moved(totals(100.0, 6.0, 2.0), false), "it waited for too long");
        assert!(!moved(totals(100.0, 5.0, 3.0), true), "its client took it back");
        assert!(!moved(totals(100.0, 5.0, 2.0), true));
    }
}
