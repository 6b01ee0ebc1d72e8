//! One gathering for all who ask for the same at the same moment.
//!
//! A gathering is a task of its own: a client that hangs up does not cancel it for the others. Who asks while one is in
//! flight joins it, unless it may last longer than they can wait. When there is none, one begins: nothing is cached.

mod flights;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use self::flights::Flights;
pub use self::page::Page;
use crate::catalog::ScrapeResult;
use crate::diagnosis::{DiagnosedAccount, History, Moment, diagnose};
use crate::gather::Gatherer;
use crate::instruments::{Instruments, Jobs};
use crate::logs::Watch;
use crate::settings::Collectors;
use crate::snapshot::AccountSnapshot;
use crate::{exposition, metrics};

/// Makes scrapes of the accounts.
#[derive(Debug)]
pub struct Scraper {
    accounts: Mutex<Vec<Arc<Gatherer>>>,
    instruments: Arc<Instruments>,
    tasks: TaskTracker,
    flights: Flights<Scope, Arc<Page>>,
    /// How each account was found last, by name.
    latest: Mutex<BTreeMap<Arc<str>, Arc<DiagnosedAccount>>>,
    /// What is remembered of each account to judge it by, by name.
    histories: Mutex<BTreeMap<Arc<str>, History>>,
    /// Whether any account ever answered.
    answered: AtomicBool,
}

/// What a scrape is about. The default is everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// One account, by name, and without what is said of the process; else all of them.
    pub account: Option<Arc<str>>,
    /// Of the collectors that are switched on, only these.
    pub collectors: Option<Collectors>,
}

/// The exporter itself could not make a page; what the upstream does is never a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot encode the scrape; see the log")]
pub struct NoPage;

impl Scraper {
    /// A scraper whose gatherings run on `tasks`. It reads nothing yet.
    pub fn new(instruments: Arc<Instruments>, tasks: TaskTracker) -> Self {
        let (accounts, flights, latest, histories, answered) = Default::default();
        Self { accounts, instruments, tasks, flights, latest, histories, answered }
    }

    /// Reads these accounts from now on. A gathering in flight ends as it began.
    pub fn read(&self, accounts: Vec<Arc<Gatherer>>) {
        let names: BTreeSet<Arc<str>> = accounts.iter().map(|account| Arc::clone(account.name())).collect();
        *lock(&self.accounts) = accounts;
        self.instruments.jobs().keep(&self.accounts());
        lock(&self.latest).retain(|name, _| names.contains(name));
        lock(&self.histories).retain(|name, _| names.contains(name));
    }

    /// The names of the accounts, in the order of the configuration.
    pub fn accounts(&self) -> Vec<Arc<str>> {
        lock(&self.accounts).iter().map(|account| Arc::clone(account.name())).collect()
    }

    /// What is counted of finished jobs.
    pub fn jobs(&self) -> &Jobs {
        self.instruments.jobs()
    }

    /// The endpoints and workers whose logs are followed, by account.
    pub fn watches(&self) -> Vec<Watch> {
        lock(&self.accounts).iter().filter_map(|account| account.watch()).collect()
    }

    /// The page of a gathering that is over by `deadline`.
    pub async fn scrape(self: &Arc<Self>, scope: Scope, deadline: Instant) -> Result<Arc<Page>, NoPage> {
        let mut landing = self.flights.board(scope, deadline, |scope, land| {
            let scraper = Arc::clone(self);
            self.tasks.spawn(async move {
                land.send_replace(Some(scraper.gather(&scope, deadline).await));
            });
        });
        let landed = landing.wait_for(Option::is_some).await;
        landed.ok().and_then(|page| page.clone()).ok_or(NoPage)
    }

    /// How each account was found last.
    pub fn latest(&self) -> Vec<Arc<DiagnosedAccount>> {
        lock(&self.latest).values().cloned().collect()
    }

    /// Whether any account ever answered.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    async fn gather(&self, scope: &Scope, deadline: Instant) -> Arc<Page> {
        let started = Instant::now();
        let mut gatherings = JoinSet::new();
        let wanted =
            |account: &&Arc<Gatherer>| scope.account.as_ref().is_none_or(|name| name == account.name());
        let accounts: Vec<_> = lock(&self.accounts).iter().filter(wanted).cloned().collect();
        for (n, account) in accounts.into_iter().enumerate() {
            let collectors = scope.collectors.clone();
            gatherings.spawn(async move {
                let found = Box::pin(account.gather(collectors.as_ref(), deadline)).await;
                (n, found, Moment::of(account.clock()))
            });
        }
        let mut accounts = gatherings.join_all().await;
        accounts.sort_by_key(|(n, _, _)| *n);
        let (accounts, moments): (Vec<_>, Vec<_>) =
            accounts.into_iter().map(|(_, account, moment)| (account, moment)).unzip();
        self.instruments.scraped(&accounts);
        let accounts: Vec<_> =
            accounts.into_iter().zip(moments).map(|(account, moment)| self.judge(account, moment)).collect();
        if accounts.iter().any(|account| account.snapshot.answered()) {
            self.answered.store(true, Ordering::Relaxed);
        }
        if scope.collectors.is_none() {
            let named =
                accounts.iter().map(|account| (Arc::clone(&account.snapshot.name), Arc::clone(account)));
            lock(&self.latest).extend(named);
        }
        let truncated = Instant::now() >= deadline;
        let duration = started.elapsed();
        let measurements = self.instruments.measure(scope.account.as_deref());
        let result = ScrapeResult { accounts, duration, truncated, measurements };
        let text = exposition::text(metrics::families(), &result);
        Arc::new(Page::new(result, text))
    }

    /// Looks what is wrong with an account, and remembers what there is to compare with the next time.
    fn judge(&self, account: AccountSnapshot, moment: Moment) -> Arc<DiagnosedAccount> {
        let mut histories = lock(&self.histories);
        let history = histories.entry(Arc::clone(&account.name)).or_default();
        history.record(&account, moment.elapsed);
        for endpoint in &account.endpoints {
            let recent = self.instruments.jobs().take_recent(&endpoint.id);
            history.record_jobs(&endpoint.id, &recent, moment.elapsed);
        }
        let diagnosis = diagnose(&account, history, moment);
        Arc::new(DiagnosedAccount { snapshot: account, diagnosis })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
