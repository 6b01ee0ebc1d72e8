//! What the overlapping counts of workers say together.

use crate::snapshot::Workers;

/// Workers that have a job or could take one: the largest of the counts that overlap. `None` if none of them is known.
pub(super) fn serving(workers: &Workers) -> Option<f64> {
    [workers.ready, workers.running, workers.idle].into_iter().flatten().reduce(f64::max)
}

/// Workers that are on their way. `None` if nothing is known of that.
pub(super) fn starting(workers: &Workers) -> Option<f64> {
    [workers.initializing, workers.pending].into_iter().flatten().reduce(|one, other| one + other)
}

/// Whether there are none but those that are on their way.
pub(super) fn are_only_starting(workers: &Workers) -> Option<bool> {
    Some(serving(workers)? <= 0.0 && starting(workers)? > 0.0)
}
