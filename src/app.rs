//! The composition root: it creates the instruments, the scraper, and the client and gatherer of each account.
//!
//! Where the settings come from does not belong here: see `config/` and `reload/`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use clock::Clock;
use parking_lot::Mutex;
use program::task::carried;
use runpod::{ApiKey, Builder, Intercept, KeyRing, Observe, Runpod, SetupError};
use tokio_util::task::TaskTracker;

use crate::config::Account;
use crate::gather::Gatherer;
use crate::instruments::Instruments;
use crate::scrape::{Scraper, Threads};
use crate::settings::Mode;
use crate::version::USER_AGENT;

/// The parts of a running exporter.
pub struct App {
    instruments: Arc<Instruments>,
    scraper: Arc<Scraper>,
    clock: Arc<dyn Clock>,
    /// The keys of all accounts: none of them is shown, in no account.
    ring: KeyRing,
    /// Takes part in all exchanges with Runpod.
    intercept: Option<Arc<dyn Intercept>>,
    current: Mutex<Vec<(Account, Arc<Gatherer>)>>,
}

/// What applying a list of accounts changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Nothing changed.
    Unchanged,
    /// Accounts or keys changed.
    Changed,
}

/// Why the parts cannot be created.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The client of an account cannot be created.
    #[error("account {account}: {cause}")]
    Account {
        /// The name of the account.
        account: Arc<str>,
        /// The error of the client.
        cause: SetupError,
    },
}

impl App {
    /// An exporter without accounts. Scrapes are `tasks`, on the threads of the caller.
    pub fn new(mode: Mode, clock: Arc<dyn Clock>, tasks: TaskTracker) -> Self {
        Self::on(Threads::shared(), mode, clock, tasks)
    }

    /// The same with scrapes on these threads.
    pub fn on(threads: Threads, mode: Mode, clock: Arc<dyn Clock>, tasks: TaskTracker) -> Self {
        let instruments = Arc::new(Instruments::new(mode, Arc::clone(&clock)));
        let scraper = Arc::new(Scraper::new(Arc::clone(&instruments), tasks, threads));
        let (ring, current) = Default::default();
        Self { instruments, scraper, clock, ring, intercept: None, current }
    }

    /// The same, with something that takes part in all exchanges with Runpod: see [`Intercept`].
    #[must_use]
    pub fn intercepted(self, intercept: Option<Arc<dyn Intercept>>) -> Self {
        Self { intercept, ..self }
    }

    /// The scraper of all accounts.
    pub fn scraper(&self) -> &Arc<Scraper> {
        &self.scraper
    }

    /// The metrics that accumulate in this process.
    pub fn instruments(&self) -> &Arc<Instruments> {
        &self.instruments
    }

    /// The clock of all parts.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The current accounts.
    pub fn accounts(&self) -> Vec<Account> {
        self.current.lock().iter().map(|(account, _)| account.clone()).collect()
    }

    /// Replaces the accounts. An account keeps its gatherer if nothing but its keys and its concurrency changed, and with
    /// it connections, counters and the negotiated GraphQL fields. If one account cannot be set up, nothing changes.
    pub fn apply(&self, accounts: Vec<Account>) -> Result<Applied, StartError> {
        let mut current = self.current.lock();
        self.ring.set(keys(&accounts));
        let old: BTreeMap<&str, &(Account, Arc<Gatherer>)> =
            current.iter().map(|entry| (&*entry.0.name, entry)).collect();
        let mut next = Vec::new();
        let mut rotated = Vec::new();
        for account in accounts {
            let gatherer = match old.get(&*account.name) {
                Some((before, gatherer)) if *before == account => Arc::clone(gatherer),
                Some((before, gatherer)) if before.can_become(&account) => {
                    rotated.push((Arc::clone(gatherer), account.clone()));
                    Arc::clone(gatherer)
                }
                _ => Arc::new(self.gatherer(&account)?),
            };
            next.push((account, gatherer));
        }
        for (gatherer, account) in &rotated {
            let metrics_key = account.metrics_key.as_ref().map(|(_, key)| key.clone());
            let rotation = gatherer.use_keys(account.key.clone(), metrics_key);
            rotation.map_err(|cause| StartError::Account { account: Arc::clone(&account.name), cause })?;
            gatherer.use_concurrency(account.limits.concurrency);
        }
        let unchanged = rotated.is_empty()
            && current.len() == next.len()
            && current.iter().zip(&next).all(|((_, one), (_, two))| Arc::ptr_eq(one, two));
        self.scraper.set_accounts(next.iter().map(|(_, gatherer)| Arc::clone(gatherer)).collect());
        *current = next;
        self.instruments.reloaded(true, self.clock.now());
        Ok(if unchanged { Applied::Unchanged } else { Applied::Changed })
    }

    fn gatherer(&self, account: &Account) -> Result<Gatherer, StartError> {
        let observer = Arc::clone(&self.instruments) as Arc<dyn Observe>;
        let builder = builder(account, self.ring.clone(), observer, Arc::clone(&self.clock));
        let builder = match &self.intercept {
            Some(intercept) => builder.intercept(Arc::clone(intercept)),
            None => builder,
        };
        let failed = |cause| StartError::Account { account: Arc::clone(&account.name), cause };
        let runpod = builder.build().map_err(failed)?;
        let (name, reading) = (Arc::clone(&account.name), account.reading.clone());
        Ok(Gatherer::new(name, runpod, reading, Arc::clone(&self.clock)))
    }
}

/// The keys of these accounts.
pub(crate) fn keys(accounts: &[Account]) -> Vec<ApiKey> {
    let metrics = |account: &Account| account.metrics_key.as_ref().map(|(_, key)| key.clone());
    accounts.iter().flat_map(|account| [Some(account.key.clone()), metrics(account)]).flatten().collect()
}

/// Creates the client of an account, which repeats no key of the ring.
pub fn client(
    account: &Account,
    ring: KeyRing,
    observer: Arc<dyn Observe>,
    clock: Arc<dyn Clock>,
) -> Result<Runpod, StartError> {
    let failed = |cause| StartError::Account { account: Arc::clone(&account.name), cause };
    builder(account, ring, observer, clock).build().map_err(failed)
}

/// What the client of an account is built from.
pub(crate) fn builder(
    account: &Account,
    ring: KeyRing,
    observer: Arc<dyn Observe>,
    clock: Arc<dyn Clock>,
) -> Builder {
    let Account { name, key, key_file: _, metrics_key, urls, limits, reading: _ } = account;
    let builder = Runpod::builder(urls.clone(), key.clone()).account(Arc::clone(name)).user_agent(USER_AGENT);
    let builder = builder.limits(*limits).observer(observer).clock(clock).carry(carried).ring(ring);
    match metrics_key {
        Some((_, key)) => builder.metrics_key(key.clone()),
        None => builder,
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}
