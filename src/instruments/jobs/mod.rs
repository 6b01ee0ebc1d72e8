//! Finished jobs: their latency, their number, their tokens. They outlive a scrape, because a job is reported once.
//!
//! The account and the name of an endpoint are looked up when its counts are written: a renamed endpoint is one series
//! under its new name, and its counts continue. How a job is read does not belong here (see `jobs/`).

mod owners;
mod store;
mod tally;

use std::collections::HashSet;
use std::sync::Arc;

pub(crate) use self::store::EndpointJobs;
pub(crate) use self::tally::bound;
use clock::Clock;
use parking_lot::{Mutex, MutexGuard};

use self::store::{Admission, Store};
use super::Process;
use crate::jobs::{Job, Millis, Reason, Rejection, Status, Via};
use crate::snapshot::{AccountSnapshot, Finished};

/// The counters of finished jobs. Clones count together.
#[derive(Debug, Clone)]
pub struct Jobs {
    store: Arc<Mutex<Store>>,
    process: Arc<Mutex<Process>>,
    clock: Arc<dyn Clock>,
}

impl Jobs {
    /// Rejections and unknown statuses are counted in `process`.
    pub(super) fn new(process: Arc<Mutex<Process>>, clock: Arc<dyn Clock>) -> Self {
        // Rejections start at 0, so that the first one is an increase.
        for via in [Via::Webhook, Via::Push] {
            for reason in Reason::ALL {
                process.lock().rejected_jobs.entry([reason.as_str(), via.as_str()]).or_default();
            }
        }
        Self { store: Arc::default(), process, clock }
    }

    /// Whether a job of this endpoint would be counted: if an account has it, or may have it.
    pub fn admit(&self, endpoint: &str) -> Result<(), Rejection> {
        self.store().admit(endpoint, 0).map(|_| ())
    }

    /// Counts a job, unless it was counted before. Returns whether it is new.
    pub fn observe(&self, via: Via, endpoint: &str, job: &Job) -> Result<bool, Rejection> {
        let mut store = self.store();
        store.admit(endpoint, 0)?;
        Ok(self.count(&mut store, via, endpoint, job))
    }

    /// Counts all of these jobs and returns how many are new; or counts none, and returns the position of the job that is
    /// rejected and why.
    pub fn observe_all<'a>(
        &self,
        via: Via,
        jobs: impl Iterator<Item = (&'a str, &'a Job)> + Clone,
    ) -> Result<usize, (usize, Rejection)> {
        let mut store = self.store();
        let mut unlisted = HashSet::new();
        for (position, (endpoint, _)) in jobs.clone().enumerate() {
            if unlisted.contains(endpoint) {
                continue;
            }
            let admitted =
                store.admit(endpoint, unlisted.len()).map_err(|rejection| (position, rejection))?;
            if admitted == Admission::Unlisted {
                unlisted.insert(endpoint);
            }
        }
        Ok(jobs.filter(|(endpoint, job)| self.count(&mut store, via, endpoint, job)).count())
    }

    fn count(&self, store: &mut Store, via: Via, endpoint: &str, job: &Job) -> bool {
        let new = store.count(endpoint, via, job, self.clock.now());
        if new && job.status == Status::Unknown {
            self.process.lock().count_unknown("jobs.status");
        }
        new
    }

    /// Takes the durations of the jobs that were counted since the last call, oldest first; if there were too many to keep,
    /// the last ones.
    pub fn take_recent(&self, endpoint: &str) -> Vec<Millis> {
        self.store().take_recent(endpoint)
    }

    /// The tokens that an endpoint's jobs read and generated; `None` if no job reported any.
    pub fn tokens(&self, endpoint: &str) -> Option<[u64; 2]> {
        self.store().tokens(endpoint)
    }

    /// Counts a webhook or push that was rejected.
    pub fn rejected(&self, via: Via, reason: Reason) {
        let labels = [reason.as_str(), via.as_str()];
        self.process.lock().rejected_jobs.entry(labels).or_default().add(1);
    }

    /// Replaces the accounts, in the order of the configuration.
    pub fn keep(&self, accounts: &[Arc<str>]) {
        self.store().keep(accounts);
    }

    /// Updates the owners and names of endpoints from a scrape, and counts the jobs in its request lists. Those of the first
    /// list are only remembered: before a restart, the exporter has counted them.
    pub(super) fn scraped(&self, accounts: &[AccountSnapshot]) {
        let mut store = self.store();
        store.update(accounts);
        for Finished { endpoint_id, jobs, is_first } in accounts.iter().flat_map(|account| &account.finished)
        {
            for job in jobs {
                if *is_first {
                    store.remember(endpoint_id, job, self.clock.now());
                } else {
                    self.count(&mut store, Via::Requests, endpoint_id, job);
                }
            }
        }
        let finished = accounts.iter().flat_map(|account| &account.finished);
        store.end_scrape(&finished.map(|list| &*list.endpoint_id).collect(), self.clock.now());
    }

    /// A copy of the counts of each endpoint, or of those of one account: a client that posts a job does not wait until they
    /// are written.
    pub(super) fn measure(&self, account: Option<&str>) -> Vec<EndpointJobs> {
        let mut endpoints = self.store().measure(account);
        endpoints.sort_by(|one, other| {
            (&one.account, &one.endpoint_id).cmp(&(&other.account, &other.endpoint_id))
        });
        endpoints
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock()
    }
}
