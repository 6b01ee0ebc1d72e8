//! Values derived from the overlapping worker states, and from the job totals.

use std::collections::BTreeMap;

use crate::snapshot::{Count, JobTotal, Load, Workers};

/// Workers that run a job or could take one: the largest of the overlapping states. `None` if unknown: of the workers that are
/// ready, some are idle and the others run, so that one of these two alone does not show that there is none.
pub(super) fn serving(workers: &Workers) -> Option<f64> {
    let Workers { ready, running, idle, .. } = workers;
    let most = [ready, running, idle].into_iter().flatten().map(|count| count.0).reduce(f64::max)?;
    (most > 0.0 || ready.is_some() || (running.is_some() && idle.is_some())).then_some(most)
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
    Some(throttled && serving(workers)? <= 0.0 && starting(workers)? <= 0.0)
}

/// Whether workers crash, rather than wait for a GPU. A worker that starts may be one that was replaced after a crash. `None` if
/// that depends on what is unknown.
pub(super) fn are_crashing(workers: &Workers) -> Option<bool> {
    let Count(unhealthy) = workers.unhealthy?;
    if unhealthy <= 0.0 {
        return Some(false);
    }
    prevail(unhealthy, workers.initializing, workers.throttled)
}

/// Whether a number of broken workers, with those that start, is at least that of the throttled ones.
pub(super) fn prevail(broken: f64, initializing: Option<Count>, throttled: Option<Count>) -> Option<bool> {
    let Count(throttled) = throttled?;
    if broken >= throttled { Some(true) } else { Some(broken + initializing?.0 >= throttled) }
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
    fn workers_that_are_unknown_are_not_zero() {
        let count = |number| Some(Count(number));
        let none = Workers { ready: count(0.0), ..Workers::default() };
        assert_eq!(serving(&none), Some(0.0));
        assert_eq!(serving(&Workers { idle: count(0.0), ..Workers::default() }), None, "some may run a job");
        assert_eq!(serving(&Workers { running: count(0.0), ..Workers::default() }), None, "some may be idle");
        let both = Workers { running: count(0.0), idle: count(0.0), ..Workers::default() };
        assert_eq!(serving(&both), Some(0.0));
        assert_eq!(serving(&Workers { running: count(2.0), ..Workers::default() }), Some(2.0));
        let throttled = Workers { throttled: count(2.0), ..none };
        assert_eq!(is_starved(&throttled), None, "some may be starting");
        assert_eq!(is_starved(&Workers { initializing: count(0.0), ..throttled }), Some(true));
        let crashing = Workers { unhealthy: count(1.0), ..none };
        assert_eq!(are_crashing(&crashing), None, "more may wait for a GPU");
        assert_eq!(are_crashing(&Workers { throttled: count(1.0), ..crashing }), Some(true));
        assert_eq!(
            are_crashing(&Workers { throttled: count(2.0), ..crashing }),
            None,
            "some may be starting"
        );
        assert_eq!(are_crashing(&none), None);
    }

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
