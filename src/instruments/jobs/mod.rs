//! Finished jobs: their latency, their number, their tokens. They outlive a scrape, for a job is told once.
//!
//! The account and the name of an endpoint are looked up when the text is written: a renamed endpoint is one series under
//! its new name, and its counts go on. How a job is read does not belong here (see `jobs/`).

mod roster;
mod store;
mod tally;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus::core::{Collector, Desc};
use prometheus::proto::{LabelPair, Metric, MetricFamily, MetricType};
use prometheus::{IntCounterVec, Opts};

use self::store::{Admission, Line, Store};
use self::tally::pair;
use crate::catalog::Kind;
use crate::jobs::{Job, Millis, Reason, Rejection, Status, Via};
use crate::snapshot::{AccountSnapshot, Finished};

/// What a family of jobs says of an endpoint.
type Read = fn(&Line, &[LabelPair]) -> Vec<Metric>;

/// Name, help, type, labels of its own, and its series.
const FAMILIES: [(&str, &str, Kind, &[&str], Read); 5] = [
    (
        "runpod_request_latency_seconds",
        "Time from the arrival of a job to its end, of finished jobs reported to the exporter (webhook, push, job API requests).",
        Kind::Histogram,
        &[],
        |line, identity| line.tally.latency.series(identity).into_iter().collect(),
    ),
    (
        "runpod_request_delay_seconds",
        "Time that a job waited for a worker, of finished jobs reported to the exporter that ran (delayTime).",
        Kind::Histogram,
        &[],
        |line, identity| line.tally.delay.series(identity).into_iter().collect(),
    ),
    (
        "runpod_request_execution_seconds",
        "Time that a worker spent on a job, of finished jobs reported to the exporter that ran (executionTime).",
        Kind::Histogram,
        &[],
        |line, identity| line.tally.execution.series(identity).into_iter().collect(),
    ),
    (
        "runpod_jobs_observed_total",
        "Finished jobs reported to the exporter, each counted once, by channel and status.",
        Kind::Counter,
        &["via", "status"],
        |line, identity| line.tally.jobs(identity),
    ),
    (
        "runpod_tokens_total",
        "Tokens that finished jobs read (in) and generated (out), as reported in their output or a push.",
        Kind::Counter,
        &["direction"],
        |line, identity| line.tally.tokens(identity),
    ),
];

/// The labels that say which endpoint.
const IDENTITY: [&str; 3] = ["account", "endpoint_id", "endpoint_name"];

/// What is counted of finished jobs. Clones count together.
#[derive(Debug, Clone)]
pub struct Jobs {
    store: Arc<Mutex<Store>>,
    descs: Arc<[Desc]>,
    rejected: IntCounterVec,
    unknown_values: IntCounterVec,
}

impl Jobs {
    /// A status that is not known is counted among `unknown_values`.
    pub(super) fn new(unknown_values: IntCounterVec) -> prometheus::Result<Self> {
        let desc = |(name, help, _, own, _): &(&str, &str, Kind, &[&str], Read)| {
            let labels = IDENTITY.iter().chain(*own).map(|label| (*label).to_owned()).collect();
            Desc::new((*name).to_owned(), (*help).to_owned(), labels, HashMap::new())
        };
        let rejected = IntCounterVec::new(
            Opts::new(
                "runpod_jobs_rejected_total",
                "Webhooks and pushes that were rejected, by channel and reason.",
            ),
            &["via", "reason"],
        )?;
        // From nought on: the first rejection is an increase.
        for via in [Via::Webhook, Via::Push] {
            for reason in Reason::ALL {
                rejected.with_label_values(&[via.as_str(), reason.as_str()]);
            }
        }
        let descs = FAMILIES.iter().map(desc).collect::<prometheus::Result<_>>()?;
        Ok(Self { store: Arc::default(), descs, rejected, unknown_values })
    }

    /// Whether a job of this endpoint would be counted: if an account has it, or may have it.
    pub fn admit(&self, endpoint: &str) -> Result<(), Rejection> {
        self.store().admit(endpoint, 0).map(|_| ())
    }

    /// Counts a job, unless it was told before. Answers whether it is new.
    pub fn observe(&self, via: Via, endpoint: &str, job: &Job) -> Result<bool, Rejection> {
        let mut store = self.store();
        store.admit(endpoint, 0)?;
        Ok(self.count(&mut store, via, endpoint, job))
    }

    /// Counts these jobs, or none of them: then it answers which is refused, and why. Answers how many are new.
    pub fn observe_all<'a>(
        &self,
        via: Via,
        jobs: impl Iterator<Item = (&'a str, &'a Job)> + Clone,
    ) -> Result<usize, (usize, Rejection)> {
        let mut store = self.store();
        let mut strangers = HashSet::new();
        for (position, (endpoint, _)) in jobs.clone().enumerate() {
            if strangers.contains(endpoint) {
                continue;
            }
            let admitted =
                store.admit(endpoint, strangers.len()).map_err(|rejection| (position, rejection))?;
            if admitted == Admission::Stranger {
                strangers.insert(endpoint);
            }
        }
        Ok(jobs.filter(|(endpoint, job)| self.count(&mut store, via, endpoint, job)).count())
    }

    fn count(&self, store: &mut Store, via: Via, endpoint: &str, job: &Job) -> bool {
        let new = store.count(endpoint, via, job);
        if new && job.status == Status::Unknown {
            self.unknown_values.with_label_values(&["jobs.status"]).inc();
        }
        new
    }

    /// What the jobs took that were counted since this was asked last, oldest first; the last ones, if they were many.
    pub fn take_told(&self, endpoint: &str) -> Vec<Millis> {
        self.store().take_told(endpoint)
    }

    /// Tokens that an endpoint's jobs read and wrote; `None` where none was told of.
    pub fn tokens(&self, endpoint: &str) -> Option<[u64; 2]> {
        self.store().tokens(endpoint)
    }

    /// Counts something that was refused.
    pub fn rejected(&self, via: Via, reason: Reason) {
        self.rejected.with_label_values(&[via.as_str(), reason.as_str()]).inc();
    }

    /// Knows these accounts from now on, in the order of the configuration.
    pub fn keep(&self, accounts: &[Arc<str>]) {
        self.store().keep(accounts);
    }

    /// Takes what a scrape says of the endpoints: their names, whose they are, and who is gone. Counts the jobs that their
    /// lists have, but for those of the first look: an exporter that was restarted has counted them before.
    pub(super) fn scraped(&self, accounts: &[AccountSnapshot]) {
        let mut store = self.store();
        store.update(accounts);
        for Finished { endpoint_id, jobs, is_first } in accounts.iter().flat_map(|account| &account.finished)
        {
            for job in jobs {
                if *is_first {
                    store.remember(endpoint_id, job);
                } else {
                    self.count(&mut store, Via::Requests, endpoint_id, job);
                }
            }
        }
    }

    pub(super) fn rejections(&self) -> &IntCounterVec {
        &self.rejected
    }

    /// The types of the families, in the order in which they describe themselves.
    pub(super) fn kinds() -> impl Iterator<Item = Kind> {
        FAMILIES.iter().map(|(_, _, kind, _, _)| *kind)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collector for Jobs {
    fn desc(&self) -> Vec<&Desc> {
        self.descs.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // A copy: whoever posts a job does not wait until the text is made.
        let lines = self.store().lines();
        let identities: Vec<_> = lines
            .iter()
            .map(|Line { endpoint_id, owner, .. }| {
                let values = [&*owner.account, endpoint_id, &*owner.name];
                IDENTITY.iter().zip(values).map(|(name, value)| pair(name, value)).collect::<Vec<_>>()
            })
            .collect();
        let family = |(name, help, kind, _, read): &(&str, &str, Kind, &[&str], Read)| {
            let series = lines.iter().zip(&identities).flat_map(|(line, identity)| read(line, identity));
            let mut family = MetricFamily::default();
            family.set_name((*name).to_owned());
            family.set_help((*help).to_owned());
            family.set_field_type(match kind {
                Kind::Histogram => MetricType::HISTOGRAM,
                _ => MetricType::COUNTER,
            });
            family.set_metric(series.collect());
            family
        };
        FAMILIES.iter().map(family).collect()
    }
}
