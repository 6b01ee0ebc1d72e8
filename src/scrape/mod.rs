//! Scrapes of the accounts. Concurrent requests for the same scope share one scrape.
//!
//! A scrape runs in a task of its own: a client that disconnects does not cancel it for the others. A request that arrives
//! while a scrape is in flight joins it, unless the scrape's deadline is later than that of the request. Otherwise a new
//! scrape starts, within the limits of `inflight.rs`: pages are not cached.
//!
//! Each request is answered at its deadline, also if the scrape has not ended by then, for example because an account is so
//! large that its series take longer to compute: then with a page on which the accounts have not answered.

mod inflight;
mod lead;
mod page;
mod pods;
mod threads;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use clock::after;
use parking_lot::Mutex;
use program::task::{self, Task};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

use self::inflight::{Inflight, NoResult};
use self::lead::Leads;
pub(crate) use self::page::{Page, Variant};
use self::pods::PodsByAccount;
pub(crate) use self::pods::{KnownPods, PodList};
pub use self::threads::Threads;
use crate::catalog::ScrapeResult;
use crate::diagnosis::{DiagnosedAccount, History, Moment, diagnose};
use crate::gather::Gatherer;
use crate::instruments::{Instruments, Jobs};
use crate::logs::{RecentErrors, WatchedAccount};
use crate::settings::Collectors;
use crate::snapshot::AccountSnapshot;

/// Time after the deadline in which a gathering can still end: its requests end at the deadline, and their results are put
/// together.
const LATE: Duration = Duration::from_millis(100);

/// Time after the deadline at which a request is answered in any case, but at most half of the time before it. Less than the default of `--web.timeout-offset`, so that
/// Prometheus still receives the answer.
const GRACE: Duration = Duration::from_millis(250);

/// Scrapes the accounts.
#[derive(Debug)]
pub struct Scraper {
    accounts: Mutex<Vec<Arc<Gatherer>>>,
    /// Signals that accounts or keys were replaced.
    keys: watch::Sender<()>,
    instruments: Arc<Instruments>,
    tasks: TaskTracker,
    threads: Threads,
    inflight: Inflight<Scope, Arc<Page>>,
    /// The latest result by account name.
    latest: Mutex<BTreeMap<Arc<str>, Arc<DiagnosedAccount>>>,
    pods: PodsByAccount,
    /// The samples that the diagnosis compares, by account name.
    histories: Mutex<BTreeMap<Arc<str>, History>>,
    /// The sizes of the last responses.
    sizes: Mutex<HashMap<Response, usize>>,
    leads: Leads,
    /// Whether an account has answered since the start.
    answered: AtomicBool,
    /// Whether the histories of accounts are brief.
    is_brief: AtomicBool,
}

/// What the size of a response depends on: the only account of the scrape, if it had one, and the format.
type Response = (Option<Arc<str>>, Variant);

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

/// When a request with this deadline is answered in any case.
fn limit(started: Instant, deadline: Instant) -> Instant {
    let half = deadline.saturating_duration_since(started).checked_div(2).unwrap_or_default();
    after(deadline, GRACE.min(half))
}

impl Scraper {
    /// A scraper without accounts. Its scrapes are `tasks` and run on `threads`.
    pub fn new(instruments: Arc<Instruments>, tasks: TaskTracker, threads: Threads) -> Self {
        Self {
            accounts: Mutex::default(),
            keys: watch::Sender::default(),
            instruments,
            tasks,
            threads,
            inflight: Inflight::default(),
            latest: Mutex::default(),
            pods: PodsByAccount::default(),
            histories: Mutex::default(),
            sizes: Mutex::default(),
            leads: Leads::default(),
            answered: AtomicBool::new(false),
            is_brief: AtomicBool::new(false),
        }
    }

    /// Only a few samples are taken, so that states count at once that otherwise have to last.
    pub fn expect_few_samples(&self) {
        self.is_brief.store(true, Ordering::Relaxed);
    }

    /// Signals each replacement of accounts or keys.
    pub fn keys(&self) -> watch::Receiver<()> {
        self.keys.subscribe()
    }

    /// Whether Runpod rejects the keys of all accounts, according to their last scrape.
    pub fn all_keys_rejected(&self) -> bool {
        let accounts = self.accounts();
        let latest = self.latest.lock();
        let is_rejected = |name| latest.get(name).is_some_and(|account| account.snapshot.is_rejected());
        !accounts.is_empty() && accounts.iter().all(is_rejected)
    }

    /// Replaces the accounts. A scrape in flight keeps those it started with.
    pub fn set_accounts(&self, accounts: Vec<Arc<Gatherer>>) {
        let names: BTreeSet<Arc<str>> = accounts.iter().map(|account| Arc::clone(account.name())).collect();
        *self.accounts.lock() = accounts;
        self.instruments.jobs().keep(&self.accounts());
        self.latest.lock().retain(|name, _| names.contains(name));
        self.pods.keep(&names);
        self.histories.lock().retain(|name, _| names.contains(name));
        self.sizes.lock().clear();
        self.leads.clear();
        self.keys.send_replace(());
    }

    /// The names of the accounts, in the order of the configuration.
    pub fn accounts(&self) -> Vec<Arc<str>> {
        self.accounts.lock().iter().map(|account| Arc::clone(account.name())).collect()
    }

    /// The instruments of finished jobs.
    pub fn jobs(&self) -> &Jobs {
        self.instruments.jobs()
    }

    /// The last error lines of the workers whose logs are followed.
    pub fn errors(&self) -> &RecentErrors {
        self.instruments.log_lines().errors()
    }

    /// The endpoints and workers whose logs are followed, by account.
    pub fn watched(&self) -> Vec<WatchedAccount> {
        self.accounts.lock().iter().filter_map(|account| account.watched()).collect()
    }

    /// The page of a scrape that ends by `deadline`.
    pub async fn scrape(self: &Arc<Self>, scope: Scope, deadline: Instant) -> Result<Arc<Page>, EncodeError> {
        let started = Instant::now();
        match self.join(&scope, deadline, limit(started, deadline)).await {
            Ok(page) => Ok(page),
            Err(NoResult::Panicked) => Err(EncodeError),
            Err(NoResult::Late) => self.unanswered(&scope, started).await,
        }
    }

    /// The metrics of a scrape that ends by `deadline`.
    pub(crate) async fn metrics(
        self: &Arc<Self>,
        scope: Scope,
        deadline: Instant,
        variant: Variant,
    ) -> Result<Bytes, EncodeError> {
        let started = Instant::now();
        let limit = limit(started, deadline);
        match self.join(&scope, deadline, limit).await {
            Ok(page) => {
                let begin = Instant::now();
                if let Ok(body) = timeout_at(limit, self.body(&page, &scope, variant)).await {
                    return body;
                }
                self.leads.encoded(&scope, begin.elapsed());
            }
            Err(NoResult::Panicked) => return Err(EncodeError),
            Err(NoResult::Late) => {}
        }
        let page = self.unanswered(&scope, started).await?;
        self.body(&page, &scope, variant).await
    }

    async fn body(&self, page: &Arc<Page>, scope: &Scope, variant: Variant) -> Result<Bytes, EncodeError> {
        let about = (scope.account.clone(), variant);
        let (last, started) = (self.sizes.lock().get(&about).copied().unwrap_or_default(), Instant::now());
        // A little more, so that an endpoint that was created since does not make the buffer grow.
        let body = page.body(variant, last + last / 16).await?;
        self.sizes.lock().insert(about, body.len());
        self.leads.encoded(scope, started.elapsed());
        Ok(body)
    }

    /// The page of a scrape, if it is there by `limit`. Starts a scrape that ends by `deadline`, unless one is in flight. If that one
    /// had too little time for the whole account, and most of the own time is left, there is another one.
    async fn join(
        self: &Arc<Self>,
        scope: &Scope,
        deadline: Instant,
        limit: Instant,
    ) -> Result<Arc<Page>, NoResult> {
        let started = Instant::now();
        loop {
            let mut is_own = false;
            let pending = self.inflight.join(scope.clone(), deadline, |scope, finish| {
                is_own = true;
                let scraper = Arc::clone(self);
                self.threads.run(&self.tasks, async move {
                    if let Ok(page) = scraper.gather(&scope, deadline).await {
                        finish.with(page);
                    }
                });
            });
            let page = pending.result(limit).await?;
            let is_enough = started.elapsed() > deadline.saturating_duration_since(Instant::now());
            if is_own || is_enough || !page.result().truncated {
                return Ok(page);
            }
        }
    }

    /// The latest result of each account.
    pub fn latest(&self) -> Vec<Arc<DiagnosedAccount>> {
        self.latest.lock().values().cloned().collect()
    }

    /// What is known about the pods of an account; `None` before its first scrape.
    pub(crate) fn pods(&self, account: &str) -> Option<KnownPods> {
        self.pods.of(account)
    }

    /// Whether an account has answered since the start.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// Gathers the accounts, and makes the page.
    async fn gather(self: &Arc<Self>, scope: &Scope, deadline: Instant) -> Result<Arc<Page>, EncodeError> {
        let started = Instant::now();
        let end = self.leads.end_of_requests(scope, started, deadline, limit(started, deadline));
        let gather = |gatherer: Arc<Gatherer>| {
            let (account, collectors) = (Arc::clone(&gatherer), scope.collectors.clone());
            let task = self.threads.run(&self.tasks, async move {
                let snapshot = account.gather_in_turn(collectors.as_ref(), end).await;
                (snapshot, Instant::now() >= after(end, account.assembled()))
            });
            (gatherer, task)
        };
        let tasks: Vec<_> = self.in_scope(scope).into_iter().map(gather).collect();
        let (mut snapshots, mut assembled, mut truncated) = (Vec::new(), Duration::ZERO, false);
        for (gatherer, task) in tasks {
            // A gathering that is late or panicked costs its own account. It goes on alone: what it read is in its memory.
            let wanted = scope.collectors.as_ref();
            let snapshot = match timeout_at(after(deadline, LATE), task).await {
                Ok(Ok((snapshot, is_truncated))) => {
                    assembled = assembled.max(gatherer.assembled());
                    truncated |= is_truncated;
                    snapshot
                }
                Ok(Err(_panicked)) => gatherer.panicked(wanted, started.elapsed()),
                Err(_elapsed) => {
                    self.instruments.scrape_was_late();
                    assembled = assembled.max(end.elapsed());
                    truncated = true;
                    gatherer.late(wanted, started.elapsed())
                }
            };
            snapshots.push((snapshot, Moment::of(gatherer.clock())));
        }
        self.leads.gathered(scope, assembled);
        let (scraper, scope) = (Arc::clone(self), scope.clone());
        // The diagnosis of thousands of endpoints takes milliseconds: other requests must not wait for it.
        let page = task::blocking(Task::Scrape, move || {
            let (gathered, begin) = (started.elapsed(), Instant::now());
            let page = scraper.page(snapshots, &scope, truncated, gathered);
            scraper.leads.diagnosed(&scope, begin.elapsed());
            page
        });
        page.await.map_err(|_panicked| EncodeError)
    }

    fn in_scope(&self, scope: &Scope) -> Vec<Arc<Gatherer>> {
        let is_in_scope =
            |account: &&Arc<Gatherer>| scope.account.as_ref().is_none_or(|name| name == account.name());
        self.accounts.lock().iter().filter(is_in_scope).cloned().collect()
    }

    /// Counts and diagnoses what was gathered, and makes the page of it.
    fn page(
        &self,
        snapshots: Vec<(AccountSnapshot, Moment)>,
        scope: &Scope,
        truncated: bool,
        duration: Duration,
    ) -> Arc<Page> {
        let (snapshots, moments): (Vec<_>, Vec<_>) = snapshots.into_iter().unzip();
        self.instruments.scraped(&snapshots);
        let accounts: Vec<_> = snapshots
            .into_iter()
            .zip(moments)
            .map(|(snapshot, moment)| self.diagnose(snapshot, moment))
            .collect();
        if accounts.iter().any(|account| account.snapshot.answered()) {
            self.answered.store(true, Ordering::Relaxed);
        }
        for account in &accounts {
            self.pods.record(account, scope.collectors.is_none());
        }
        if scope.collectors.is_none() {
            let named =
                accounts.iter().map(|account| (Arc::clone(&account.snapshot.name), Arc::clone(account)));
            self.latest.lock().extend(named);
        }
        self.render(scope, accounts, truncated, duration)
    }

    fn render(
        &self,
        scope: &Scope,
        accounts: Vec<Arc<DiagnosedAccount>>,
        truncated: bool,
        duration: Duration,
    ) -> Arc<Page> {
        let measurements = self.instruments.measure(scope.account.as_deref());
        let result = ScrapeResult { accounts, duration, truncated, measurements };
        Arc::new(Page::new(result))
    }

    /// The page of a scrape that did not end in time. It is not a sample of the accounts, so that it enters no history.
    async fn unanswered(self: &Arc<Self>, scope: &Scope, started: Instant) -> Result<Arc<Page>, EncodeError> {
        self.instruments.scrape_was_late();
        let (scraper, scope, duration) = (Arc::clone(self), scope.clone(), started.elapsed());
        let page = task::blocking(Task::Scrape, move || {
            let account = |gatherer: Arc<Gatherer>| {
                let snapshot = gatherer.late(scope.collectors.as_ref(), duration);
                let diagnosis = diagnose(&snapshot, &History::default(), Moment::of(gatherer.clock()));
                Arc::new(DiagnosedAccount { snapshot, diagnosis })
            };
            let accounts = scraper.in_scope(&scope).into_iter().map(account).collect();
            scraper.render(&scope, accounts, true, duration)
        });
        page.await.map_err(|_panicked| EncodeError)
    }

    fn new_history(&self) -> History {
        if self.is_brief.load(Ordering::Relaxed) { History::brief() } else { History::default() }
    }

    /// Diagnoses an account, and adds a sample to its history.
    fn diagnose(&self, snapshot: AccountSnapshot, moment: Moment) -> Arc<DiagnosedAccount> {
        let mut histories = self.histories.lock();
        let history = histories.entry(Arc::clone(&snapshot.name)).or_insert_with(|| self.new_history());
        history.record(&snapshot, moment.elapsed);
        for endpoint in &snapshot.endpoints {
            // This empties the list: each reported job enters the history once, at the first scrape after its report.
            let reported = self.instruments.jobs().take_recent(&endpoint.id);
            history.record_jobs(&endpoint.id, &reported, moment.elapsed);
        }
        let diagnosis = diagnose(&snapshot, history, moment);
        history.remember(&diagnosis.findings, moment.elapsed);
        Arc::new(DiagnosedAccount { snapshot, diagnosis })
    }
}
