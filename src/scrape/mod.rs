//! Scrapes of the accounts. Concurrent requests for the same scope share one scrape.
//!
//! A scrape runs in a task of its own: a client that disconnects does not cancel it for the others. A request that arrives
//! while a scrape is in flight joins it, unless the scrape's deadline is later than that of the request. Otherwise a new
//! scrape starts: pages are not cached.

mod inflight;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use program::task::{Task, caught, named};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use self::inflight::Inflight;
pub(crate) use self::page::Page;
use crate::catalog::ScrapeResult;
use crate::diagnosis::{DiagnosedAccount, History, Moment, diagnose};
use crate::gather::Gatherer;
use crate::instruments::{Instruments, Jobs};
use crate::logs::WatchedAccount;
use crate::settings::Collectors;
use crate::snapshot::AccountSnapshot;
use crate::{exposition, metrics};

/// Scrapes the accounts.
#[derive(Debug)]
pub struct Scraper {
    accounts: Mutex<Vec<Arc<Gatherer>>>,
    instruments: Arc<Instruments>,
    tasks: TaskTracker,
    inflight: Inflight<Scope, Arc<Page>>,
    /// The latest result by account name.
    latest: Mutex<BTreeMap<Arc<str>, Arc<DiagnosedAccount>>>,
    /// The samples that the diagnosis compares, by account name.
    histories: Mutex<BTreeMap<Arc<str>, History>>,
    /// Whether an account has answered since the start.
    answered: AtomicBool,
}

/// The accounts and collectors of a scrape. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The name of the only account, in which case metrics of the process are left out; all accounts if `None`.
    pub account: Option<Arc<str>>,
    /// The only collectors among the enabled ones; all of them if `None`.
    pub collectors: Option<Collectors>,
}

/// The metrics cannot be encoded. Errors of Runpod never cause this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot encode the scrape; see the log")]
pub struct EncodeError;

impl Scraper {
    /// A scraper without accounts. Its scrapes run on `tasks`.
    pub fn new(instruments: Arc<Instruments>, tasks: TaskTracker) -> Self {
        Self {
            accounts: Mutex::default(),
            instruments,
            tasks,
            inflight: Inflight::default(),
            latest: Mutex::default(),
            histories: Mutex::default(),
            answered: AtomicBool::new(false),
        }
    }

    /// Replaces the accounts. A scrape in flight keeps those it started with.
    pub fn set_accounts(&self, accounts: Vec<Arc<Gatherer>>) {
        let names: BTreeSet<Arc<str>> = accounts.iter().map(|account| Arc::clone(account.name())).collect();
        *self.accounts.lock() = accounts;
        self.instruments.jobs().keep(&self.accounts());
        self.latest.lock().retain(|name, _| names.contains(name));
        self.histories.lock().retain(|name, _| names.contains(name));
    }

    /// The names of the accounts, in the order of the configuration.
    pub fn accounts(&self) -> Vec<Arc<str>> {
        self.accounts.lock().iter().map(|account| Arc::clone(account.name())).collect()
    }

    /// The instruments of finished jobs.
    pub fn jobs(&self) -> &Jobs {
        self.instruments.jobs()
    }

    /// The endpoints and workers whose logs are followed, by account.
    pub fn watched(&self) -> Vec<WatchedAccount> {
        self.accounts.lock().iter().filter_map(|account| account.watched()).collect()
    }

    /// The page of a scrape that ends by `deadline`.
    pub async fn scrape(self: &Arc<Self>, scope: Scope, deadline: Instant) -> Result<Arc<Page>, EncodeError> {
        let pending = self.inflight.join(scope, deadline, |scope, result| {
            let scraper = Arc::clone(self);
            self.tasks.spawn(named(Task::Scrape, async move {
                result.send_replace(Some(scraper.gather(&scope, deadline).await));
            }));
        });
        pending.result().await.ok_or(EncodeError)
    }

    /// The latest result of each account.
    pub fn latest(&self) -> Vec<Arc<DiagnosedAccount>> {
        self.latest.lock().values().cloned().collect()
    }

    /// Whether an account has answered since the start.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    async fn gather(&self, scope: &Scope, deadline: Instant) -> Arc<Page> {
        let started = Instant::now();
        let in_scope =
            |account: &&Arc<Gatherer>| scope.account.as_ref().is_none_or(|name| name == account.name());
        let gatherers: Vec<_> = self.accounts.lock().iter().filter(in_scope).cloned().collect();
        let mut tasks = JoinSet::new();
        for (n, gatherer) in gatherers.into_iter().enumerate() {
            let collectors = scope.collectors.clone();
            tasks.spawn(named(Task::Scrape, async move {
                let gathered = caught(Task::Scrape, Box::pin(gatherer.gather(collectors.as_ref(), deadline)));
                let snapshot =
                    gathered.await.unwrap_or_else(|_panicked| gatherer.panicked(collectors.as_ref()));
                (n, snapshot, Moment::of(gatherer.clock()))
            }));
        }
        let mut results = tasks.join_all().await;
        results.sort_by_key(|(n, _, _)| *n);
        let (snapshots, moments): (Vec<_>, Vec<_>) =
            results.into_iter().map(|(_, snapshot, moment)| (snapshot, moment)).unzip();
        self.instruments.scraped(&snapshots);
        let accounts: Vec<_> = snapshots
            .into_iter()
            .zip(moments)
            .map(|(snapshot, moment)| self.diagnose(snapshot, moment))
            .collect();
        if accounts.iter().any(|account| account.snapshot.answered()) {
            self.answered.store(true, Ordering::Relaxed);
        }
        if scope.collectors.is_none() {
            let named =
                accounts.iter().map(|account| (Arc::clone(&account.snapshot.name), Arc::clone(account)));
            self.latest.lock().extend(named);
        }
        let truncated = Instant::now() >= deadline;
        let duration = started.elapsed();
        let measurements = self.instruments.measure(scope.account.as_deref());
        let result = ScrapeResult { accounts, duration, truncated, measurements };
        let text = exposition::text(metrics::families(), &result);
        Arc::new(Page::new(result, text))
    }

    /// Diagnoses an account, and adds a sample to its history.
    fn diagnose(&self, snapshot: AccountSnapshot, moment: Moment) -> Arc<DiagnosedAccount> {
        let mut histories = self.histories.lock();
        let history = histories.entry(Arc::clone(&snapshot.name)).or_default();
        history.record(&snapshot, moment.elapsed);
        for endpoint in &snapshot.endpoints {
            // This empties the list: each reported job enters the history once, at the first scrape after its report.
            let reported = self.instruments.jobs().take_recent(&endpoint.id);
            history.record_jobs(&endpoint.id, &reported, moment.elapsed);
        }
        let diagnosis = diagnose(&snapshot, history, moment);
        Arc::new(DiagnosedAccount { snapshot, diagnosis })
    }
}
