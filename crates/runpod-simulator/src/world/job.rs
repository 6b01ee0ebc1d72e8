//! One job: what it waits for, and what is kept of it once it is over.
//!
//! Which worker takes a job, and when, is decided in [`super::load`].

use std::collections::VecDeque;
use std::time::Duration;

/// How many finished jobs an endpoint remembers. Enough for a steady 99th percentile and for a minute of the busiest
/// character, and a few megabytes in a world of hundreds of endpoints.
const REMEMBERED: usize = 300;

/// A job on its way. Times are on the endpoint's own axis.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) serial: u64,
    pub(super) arrived: Duration,
    /// When its client gives up, if it is still in the queue.
    pub(super) patience: Duration,
    /// How often a worker died under it.
    pub(super) retries: u32,
}

/// How a job ended. A retry is not an end: the job goes back to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    /// It returned an output.
    Completed,
    /// Its handler raised an error, or workers died under it too often.
    Failed,
    /// Its client took it back.
    Cancelled,
    /// It ran, or waited, longer than it was allowed to.
    TimedOut,
}

impl JobStatus {
    /// Runpod's word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::TimedOut => "TIMED_OUT",
        }
    }
}

/// A job that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedJob {
    /// Counts the jobs of the endpoint; `Configuration::job_id` makes an id of it.
    pub serial: u64,
    /// The worker that had it last, if it ever had one.
    pub worker: Option<u64>,
    /// How it ended.
    pub status: JobStatus,
    /// When it arrived, on the endpoint's own axis.
    pub arrived: Duration,
    /// When it ended, on the endpoint's own axis.
    pub finished: Duration,
    /// How long it waited for a worker.
    pub delay: Duration,
    /// How long it ran; zero if it never did.
    pub execution: Duration,
    /// How often it went back to the queue.
    pub retries: u32,
}

/// What has become of all jobs since the endpoint was made. These numbers only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Jobs that came in.
    pub arrived: u64,
    /// Jobs that returned an output.
    pub completed: u64,
    /// Jobs that failed.
    pub failed: u64,
    /// Times that a job went back to the queue because its worker died.
    pub retried: u64,
    /// Jobs taken back by their clients.
    pub cancelled: u64,
    /// Jobs that took too long.
    pub timed_out: u64,
}

/// The jobs that ended last, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent(VecDeque<FinishedJob>);

// === impl Totals ===

impl Totals {
    /// Jobs that are over.
    pub fn finished(&self) -> u64 {
        self.completed + self.failed + self.cancelled + self.timed_out
    }

    pub(super) fn count(&mut self, status: JobStatus) {
        match status {
            JobStatus::Completed => self.completed += 1,
            JobStatus::Failed => self.failed += 1,
            JobStatus::Cancelled => self.cancelled += 1,
            JobStatus::TimedOut => self.timed_out += 1,
        }
    }
}

// === impl Recent ===

impl Recent {
    pub(super) fn push(&mut self, job: FinishedJob) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(job);
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &FinishedJob> {
        self.0.iter()
    }
}
