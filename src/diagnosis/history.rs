//! What a diagnosis compares the current values with: the samples of the last minutes, and when findings began.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::checks::{Finding, Name};
use super::samples::{Samples, Track};
use super::starts::Starts;
use super::subject::Subject;
use crate::jobs::Millis;
use crate::snapshot::AccountSnapshot;

/// The recent history of an account.
#[derive(Debug, Default)]
pub struct History {
    samples: Samples,
    starts: Starts,
    is_brief: bool,
}

impl History {
    /// A history of a few seconds, in which states count at once that otherwise have to last: there is no later diagnosis.
    pub fn brief() -> Self {
        Self { is_brief: true, ..Self::default() }
    }

    pub(super) const fn is_brief(&self) -> bool {
        self.is_brief
    }

    /// Adds a sample.
    pub fn record(&mut self, account: &AccountSnapshot, now: Duration) {
        self.samples.record(account, now);
    }

    /// Adds the jobs of an endpoint that were reported since the last sample.
    pub fn record_jobs(&mut self, endpoint: &Arc<str>, jobs: &[Millis], now: Duration) {
        self.samples.record_jobs(endpoint, jobs, now);
    }

    /// Remembers when the states behind these findings began.
    pub fn remember(&mut self, findings: &[Finding], now: Duration) {
        self.starts.remember(findings, now);
    }

    /// When the state behind a finding began, if it was found before.
    pub(super) fn start(&self, subject: &Subject, name: Name) -> Option<Timestamp> {
        self.starts.of(subject, name)
    }

    pub(super) const fn had_balance(&self) -> bool {
        self.samples.had_balance()
    }

    pub(super) fn endpoint(&self, id: &str) -> Option<&Track> {
        self.samples.endpoint(id)
    }

    /// How long a pod has been idle.
    pub(super) fn idle(&self, id: &str, now: Duration) -> Option<Duration> {
        self.samples.idle(id, now)
    }

    /// How long a cluster has lacked pods.
    pub(super) fn incomplete(&self, id: &str, now: Duration) -> Option<Duration> {
        self.samples.incomplete(id, now)
    }
}
