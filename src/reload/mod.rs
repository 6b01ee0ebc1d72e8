//! Reading the configuration again while the exporter runs. A broken one is refused, and the old one stays.
//!
//! An account that did not change keeps its gatherer, and with it its connections, what it learned of GraphQL and its
//! counters; one whose key alone changed keeps them too and uses the new key from its next request on.

mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch as channel;
use tokio_util::task::TaskTracker;

pub use self::watch::{on_file_change, on_hangup};
use crate::clock::Clock;
use crate::config::{Account, ConfigError, Settings, Webhook};
use crate::instruments::{Instruments, Mode};
use crate::scrape::Scraper;
use crate::serve::ServeError;
use crate::snapshot::Gatherer;

/// Reads the settings from where they are.
pub type Load = Box<dyn Fn() -> Result<Settings, ConfigError> + Send + Sync>;

/// Keeps a scraper's accounts as they are configured.
pub struct Reloader {
    load: Load,
    /// The file that names the accounts, if they are in one.
    file: Option<PathBuf>,
    current: Mutex<Vec<(Account, Arc<Gatherer>)>>,
    webhook: channel::Sender<Arc<Webhook>>,
    scraper: Arc<Scraper>,
    instruments: Arc<Instruments>,
    clock: Arc<dyn Clock>,
}

/// What a reload did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    /// Nothing: everything is as it was.
    Unchanged,
    /// The accounts are others, or some key is.
    Changed,
}

/// Why a reload was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An account's client.
    #[error(transparent)]
    Setup(#[from] ServeError),
}

impl Reloader {
    /// Loads for the first time. The scraper's gatherings run on `tasks`.
    pub fn start(
        load: Load,
        file: Option<PathBuf>,
        mode: Mode,
        clock: Arc<dyn Clock>,
        tasks: TaskTracker,
    ) -> Result<Self, ReloadError> {
        let instruments = Arc::new(Instruments::new(mode).map_err(ServeError::from)?);
        let scraper = Arc::new(Scraper::new(Arc::clone(&instruments), tasks));
        let Settings { accounts, webhook } = load()?;
        let (webhook, _) = channel::channel(Arc::new(webhook));
        let reloader = Self { load, file, current: Mutex::default(), webhook, scraper, instruments, clock };
        reloader.apply(accounts)?;
        reloader.instruments.reloaded(true, reloader.clock.now());
        Ok(reloader)
    }

    /// The scraper whose accounts are kept.
    pub fn scraper(&self) -> &Arc<Scraper> {
        &self.scraper
    }

    /// How finished jobs are taken, now and after each reload.
    pub fn webhook(&self) -> channel::Receiver<Arc<Webhook>> {
        self.webhook.subscribe()
    }

    /// The instruments that its accounts have in common.
    pub fn instruments(&self) -> &Arc<Instruments> {
        &self.instruments
    }

    /// What time it is to its accounts.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Reads the configuration again. If it is broken, everything stays as it is.
    pub fn reload(&self) -> Result<Reloaded, ReloadError> {
        let result = (self.load)().map_err(ReloadError::from).and_then(|settings| {
            let reloaded = self.apply(settings.accounts)?;
            // Whether it is another, nobody can tell: a token is not compared but with what a sender gives.
            self.webhook.send_replace(Arc::new(settings.webhook));
            Ok(reloaded)
        });
        self.instruments.reloaded(result.is_ok(), self.clock.now());
        match &result {
            Ok(Reloaded::Changed) => tracing::info!(accounts = self.names(), "configuration reloaded"),
            Ok(Reloaded::Unchanged) => tracing::debug!("configuration reloaded: no changes"),
            Err(error) => tracing::error!("configuration reload failed; keeping the previous one: {error}"),
        }
        result
    }

    /// The files whose change calls for a reload: the configuration, and every key and token that is in a file.
    pub fn files(&self) -> Vec<PathBuf> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = current.iter().flat_map(|(account, _)| {
            let metrics = account.metrics_key.as_ref().map(|(file, _)| file.clone());
            account.key_file.clone().into_iter().chain(metrics)
        });
        let token = self.webhook.borrow().token_file.clone();
        self.file.iter().cloned().chain(keys).chain(token).collect()
    }

    fn names(&self) -> String {
        self.scraper.accounts().join(", ")
    }

    fn apply(&self, accounts: Vec<Account>) -> Result<Reloaded, ReloadError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let old: BTreeMap<&str, &(Account, Arc<Gatherer>)> =
            current.iter().map(|kept| (&*kept.0.name, kept)).collect();
        let mut next = Vec::new();
        let mut rotated = Vec::new();
        for account in accounts {
            let gatherer = match old.get(&*account.name) {
                Some((before, gatherer)) if *before == account => Arc::clone(gatherer),
                Some((before, gatherer)) if before.same_but_for_the_key(&account) => {
                    rotated.push((Arc::clone(gatherer), account.key.clone()));
                    Arc::clone(gatherer)
                }
                _ => Arc::new(self.gatherer(account.clone())?),
            };
            next.push((account, gatherer));
        }
        // Nothing above has changed anything: an account that cannot be set up leaves all as it was.
        for (gatherer, key) in &rotated {
            let setup = |cause| ServeError::Setup { account: Arc::clone(gatherer.name()), cause };
            gatherer.use_key(key.clone()).map_err(setup)?;
        }
        let same = rotated.is_empty()
            && current.len() == next.len()
            && current.iter().zip(&next).all(|((_, one), (_, two))| Arc::ptr_eq(one, two));
        self.scraper.read(next.iter().map(|(_, gatherer)| Arc::clone(gatherer)).collect());
        *current = next;
        Ok(if same { Reloaded::Unchanged } else { Reloaded::Changed })
    }

    fn gatherer(&self, account: Account) -> Result<Gatherer, ServeError> {
        let name = Arc::clone(&account.name);
        let gatherer = account.gatherer(Arc::clone(&self.instruments) as _, Arc::clone(&self.clock));
        gatherer.map_err(|cause| ServeError::Setup { account: name, cause })
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader").field("file", &self.file).finish_non_exhaustive()
    }
}
