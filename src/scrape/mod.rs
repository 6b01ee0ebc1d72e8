//! One gathering for all who ask at the same moment.
//!
//! A gathering is a task of its own: a client that hangs up does not cancel it for the others. Who asks while one is in
//! flight joins it, unless it may last longer than they can wait. When there is none, one begins: nothing is cached.

mod page;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

pub use page::Page;

use crate::instruments::Instruments;
use crate::snapshot::{AccountSnapshot, Gatherer, Snapshot};
use crate::{exposition, metrics};

/// Makes scrapes of every account.
#[derive(Debug)]
pub struct Scraper {
    accounts: Vec<Arc<Gatherer>>,
    instruments: Arc<Instruments>,
    tasks: TaskTracker,
    flight: Mutex<Option<Flight>>,
    latest: Mutex<Option<Arc<Page>>>,
    /// Whether any account ever answered.
    answered: AtomicBool,
}

#[derive(Debug)]
struct Flight {
    deadline: Instant,
    landing: watch::Receiver<Option<Arc<Page>>>,
}

/// The exporter itself could not make a page; what the upstream does is never a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the scrape could not be encoded; the log says why")]
pub struct NoPage;

impl Scraper {
    /// A scraper whose gatherings run on `tasks`.
    pub fn new(accounts: Vec<Gatherer>, instruments: Arc<Instruments>, tasks: TaskTracker) -> Self {
        let accounts = accounts.into_iter().map(Arc::new).collect();
        let (flight, latest, answered) = Default::default();
        Self { accounts, instruments, tasks, flight, latest, answered }
    }

    /// The page of a gathering that is over by `deadline`.
    pub async fn scrape(self: &Arc<Self>, deadline: Instant) -> Result<Arc<Page>, NoPage> {
        let mut landing = self.board(deadline);
        let landed = landing.wait_for(Option::is_some).await;
        // The sender is gone without a page if the gathering panicked or could not be encoded.
        landed.ok().and_then(|page| page.clone()).ok_or(NoPage)
    }

    /// The page of the last gathering that is over.
    pub fn latest(&self) -> Option<Arc<Page>> {
        lock(&self.latest).clone()
    }

    /// Whether any account ever answered.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    fn board(self: &Arc<Self>, deadline: Instant) -> watch::Receiver<Option<Arc<Page>>> {
        let mut flight = lock(&self.flight);
        let in_time = |flight: &&Flight| flight.is_in_the_air() && flight.deadline <= deadline;
        if let Some(flight) = flight.as_ref().filter(in_time) {
            return flight.landing.clone();
        }
        let (land, landing) = watch::channel(None);
        let scraper = Arc::clone(self);
        self.tasks.spawn(async move {
            if let Some(page) = scraper.gather(deadline).await {
                land.send_replace(Some(page));
            }
        });
        *flight = Some(Flight { deadline, landing: landing.clone() });
        landing
    }

    async fn gather(&self, deadline: Instant) -> Option<Arc<Page>> {
        let started = Instant::now();
        let mut gatherings = JoinSet::new();
        for (n, account) in self.accounts.iter().enumerate() {
            let account = Arc::clone(account);
            gatherings.spawn(async move { (n, Box::pin(account.gather(deadline)).await) });
        }
        let mut accounts: Vec<(usize, AccountSnapshot)> = gatherings.join_all().await;
        accounts.sort_by_key(|(n, _)| *n);
        let accounts: Vec<_> = accounts.into_iter().map(|(_, account)| account).collect();
        if accounts.iter().any(AccountSnapshot::answered) {
            self.answered.store(true, Ordering::Relaxed);
        }
        let truncated = Instant::now() >= deadline;
        let snapshot = Snapshot { accounts, duration: started.elapsed(), truncated };
        self.instruments.scraped(&snapshot);
        let instruments = match self.instruments.text() {
            Ok(instruments) => instruments,
            Err(error) => {
                tracing::error!(%error, "the instruments cannot be encoded; please report this");
                return None;
            }
        };
        let text = exposition::text(metrics::families(), &snapshot) + &instruments;
        let page = Arc::new(Page::new(snapshot, text));
        *lock(&self.latest) = Some(Arc::clone(&page));
        Some(page)
    }
}

impl Flight {
    fn is_in_the_air(&self) -> bool {
        self.landing.borrow().is_none() && self.landing.has_changed().is_ok()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
