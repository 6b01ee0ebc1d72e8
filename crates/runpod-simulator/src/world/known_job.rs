//! Where a job is, for a client that reads its id.

use std::time::Duration;

use super::job::FinishedJob;

/// Where a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JobState {
    /// In the queue.
    Queued,
    /// At a worker.
    Running {
        /// The worker.
        worker: u64,
        /// How long it was queued.
        delay: Duration,
    },
    /// Finished.
    Finished(FinishedJob),
}

/// A job with the number that makes its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownJob {
    /// The number of the job at its endpoint.
    pub(crate) serial: u64,
    /// Where it is.
    pub(crate) state: JobState,
}
