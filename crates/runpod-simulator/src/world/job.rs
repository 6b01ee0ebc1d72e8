//! A job, queued and finished, and the totals of finished jobs.
//!
//! Which worker takes a job, and when, does not belong here.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use strum::IntoStaticStr;

use super::request::JobRequest;

/// How many finished jobs an endpoint keeps. Enough for a stable 99th percentile and for a minute of the busiest kind,
/// and a few megabytes in a world of hundreds of endpoints.
const REMEMBERED: usize = 300;

/// How long the times of finished jobs are kept for the metrics of an endpoint: two whole buckets of five minutes. The busiest kind
/// has a few thousand jobs in this time.
const METRICS_KEPT: Duration = Duration::from_mins(15);

/// A job that is not finished. Times are on the endpoint's own axis.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) serial: u64,
    pub(super) arrived: Duration,
    /// How long its client waits while it is queued.
    pub(super) patience: Duration,
    /// How it ends when that time is over.
    pub(super) abandoned: JobStatus,
    /// How often its worker crashed.
    pub(super) retries: u32,
    /// What the client sent; `None` for a simulated client.
    pub(super) request: Option<Arc<JobRequest>>,
}

/// How a job ended. A retried job has not ended: it goes back to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum JobStatus {
    /// It returned an output.
    Completed,
    /// Its handler raised an error, or its workers crashed too often.
    Failed,
    /// Its client canceled it.
    Cancelled,
    /// It exceeded its execution timeout, or its time to live in the queue.
    TimedOut,
}

impl JobStatus {
    /// The status as Runpod writes it.
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

/// A finished job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedJob {
    /// The number of the job at its endpoint; `Configuration::job_id` makes an id of it.
    pub serial: u64,
    /// Its last worker; `None` if it never ran.
    pub worker: Option<u64>,
    /// How it ended.
    pub status: JobStatus,
    /// When it arrived, on the endpoint's own axis.
    pub arrived: Duration,
    /// When it finished, on the endpoint's own axis.
    pub finished: Duration,
    /// How long it waited for a worker.
    pub delay: Duration,
    /// How long it ran; zero if it never ran.
    pub execution: Duration,
    /// How often it went back to the queue.
    pub retries: u32,
    /// What the client sent; `None` for a simulated client.
    pub(crate) request: Option<Arc<JobRequest>>,
}

/// Totals of all jobs since the endpoint was made. They never decrease.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Jobs that arrived.
    pub arrived: u64,
    /// Jobs that completed.
    pub completed: u64,
    /// Jobs that failed.
    pub failed: u64,
    /// How often a job went back to the queue because its worker crashed.
    pub retried: u64,
    /// Jobs that their clients canceled.
    pub cancelled: u64,
    /// Jobs that timed out.
    pub timed_out: u64,
}

/// The last finished jobs, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent(VecDeque<FinishedJob>);

/// What the metrics of an endpoint need of a finished job.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndedJob {
    /// When it finished, on the world's axis.
    pub(crate) finished: Duration,
    pub(crate) status: JobStatus,
    pub(crate) delay: Duration,
    pub(crate) execution: Duration,
    pub(crate) retries: u32,
}

/// The jobs of the last minutes, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended(VecDeque<EndedJob>);

// === impl Ended ===

impl Ended {
    pub(super) fn push(&mut self, job: EndedJob) {
        let is_old = |old: &EndedJob| job.finished.saturating_sub(old.finished) > METRICS_KEPT;
        while self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
        self.0.push_back(job);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = EndedJob> {
        self.0.iter().copied()
    }
}

// === impl Totals ===

impl Totals {
    /// Finished jobs.
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
