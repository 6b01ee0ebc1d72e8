//! The jobs that ended, for whoever tells of them, and what is true of those that were told.
//!
//! How they are told does not belong here.

use std::time::Duration;

use super::PAST;
use super::job::{FinishedJob, JobStatus, Totals};

/// Keeps jobs until they are taken, once somebody wants them.
#[derive(Debug, Default)]
pub(super) struct Outbox(Option<Vec<FinishedJob>>);

/// What is true of jobs. Nothing is rounded: Runpod tells of whole milliseconds, and so does this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Truth {
    /// How they ended.
    pub totals: Totals,
    /// Those that ran, however they ended.
    pub ran: u64,
    /// Milliseconds that those waited.
    pub delay: u64,
    /// Milliseconds that those ran.
    pub execution: u64,
    /// Tokens that the completed ones read.
    pub tokens_in: u64,
    /// Tokens that they wrote.
    pub tokens_out: u64,
}

// === impl Outbox ===

impl Outbox {
    pub(super) fn open(&mut self) {
        self.0.get_or_insert_default();
    }

    /// Puts a job that ended at this time of the world. What lies behind the world when it begins was told long ago.
    pub(super) fn put(&mut self, job: &FinishedJob, at: Duration) {
        if let Some(jobs) = self.0.as_mut().filter(|_| at >= PAST) {
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

/// Whole milliseconds, as Runpod tells them.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
