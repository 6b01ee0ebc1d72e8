//! Finished jobs that wait to be reported, and exact totals of those that were.
//!
//! How they are reported does not belong here.

use std::time::Duration;

use super::axis::WARM_UP;
use super::job::{FinishedJob, JobStatus, Totals};

/// Keeps finished jobs until they are taken. It is closed at first, because without webhooks
/// nothing takes them.
#[derive(Debug, Default)]
pub(super) struct Outbox(Option<Vec<FinishedJob>>);

/// Exact totals of finished jobs. Like Runpod's reports, times are in whole milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Truth {
    /// Jobs by how they ended.
    pub totals: Totals,
    /// Jobs that ran, whether they succeeded or not.
    pub ran: u64,
    /// Milliseconds that these waited.
    pub delay: u64,
    /// Milliseconds that these ran.
    pub execution: u64,
    /// Input tokens of completed jobs.
    pub tokens_in: u64,
    /// Output tokens of completed jobs.
    pub tokens_out: u64,
}

// === impl Outbox ===

impl Outbox {
    pub(super) fn open(&mut self) {
        self.0.get_or_insert_default();
    }

    /// Adds a job that finished at this time on the world's axis. Jobs of the warm-up are not reported.
    pub(super) fn put(&mut self, job: &FinishedJob, at: Duration) {
        if let Some(jobs) = self.0.as_mut().filter(|_| at >= WARM_UP) {
            jobs.push(FinishedJob { finished: at, ..job.clone() });
        }
    }

    pub(super) fn take(&mut self) -> Vec<FinishedJob> {
        self.0.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

// === impl Truth ===

impl Truth {
    pub(super) fn count(&mut self, job: &FinishedJob, tokens: Option<(u64, u64)>) {
        self.totals.count(job.status);
        if job.worker.is_some() {
            self.ran += 1;
            self.delay += millis(job.delay);
            self.execution += millis(job.execution);
        }
        if let Some((read, written)) = tokens.filter(|_| job.status == JobStatus::Completed) {
            self.tokens_in += read;
            self.tokens_out += written;
        }
    }
}

/// Whole milliseconds, as Runpod reports them.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
