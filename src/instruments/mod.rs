//! What accumulates in this process: counters and histograms that live from start to end.
//!
//! Their names and labels do not belong here: the tables in `metrics/` declare them, like those of every other family.
//! Nothing about Runpod's state belongs here either; that is read from the snapshot, scrape by scrape.

mod account;
mod connections;
mod damage;
mod distribution;
mod exemplar;
mod jobs;
mod logs;
mod measurements;
mod native;
mod process;
mod total;
mod usage;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use program::task;

pub(crate) use self::account::{AccountTotals, EndpointLines};
pub(crate) use self::connections::Cut;
pub(crate) use self::distribution::Distribution;
pub use self::exemplar::Exemplar;
pub(crate) use self::jobs::{EndpointJobs, Jobs, bound};
pub use self::logs::LogLines;
pub use self::measurements::Measurements;
pub use self::native::Native;
pub(crate) use self::native::{SCHEMA, ZERO_THRESHOLD};
pub(crate) use self::process::Build;
pub use self::process::Process;
pub use self::total::{CpuTime, Total};
pub use self::usage::Usage;
use crate::advice::PauseLog;
use crate::logs::RecentErrors;
use crate::settings::Mode;
use crate::snapshot::{AccountSnapshot, UnixTime};
use clock::Clock;
use runpod::{Damage, Exchange, Observe, Paused, Resumed};

/// What is counted by account.
type Accounts = Arc<Mutex<BTreeMap<Arc<str>, AccountTotals>>>;

/// The instruments of this process.
#[derive(Debug)]
pub struct Instruments {
    process: Arc<Mutex<Process>>,
    accounts: Accounts,
    log_lines: LogLines,
    jobs: Jobs,
    damage: damage::DamageLog,
    started: UnixTime,
}

impl Instruments {
    /// The instruments of a process that runs this command, and starts now.
    pub fn new(mode: Mode, clock: Arc<dyn Clock>) -> Self {
        let started = clock.now().into();
        let process = Arc::new(Mutex::new(Process::new(mode)));
        let accounts = Accounts::default();
        Self {
            jobs: Jobs::new(Arc::clone(&process), clock),
            log_lines: LogLines { accounts: Arc::clone(&accounts), errors: RecentErrors::default() },
            process,
            accounts,
            damage: damage::DamageLog::default(),
            started,
        }
    }

    /// The counters of finished jobs.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// The counters of log lines.
    pub fn log_lines(&self) -> &LogLines {
        &self.log_lines
    }

    /// Counts a connection to the exporter that the exporter closed.
    pub fn connection_cut(&self, cut: Cut) {
        self.process.lock().connections_cut.entry(cut.as_str()).or_default().add(1);
    }

    /// Notes how an attempt to load the configuration ended.
    pub fn reloaded(&self, success: bool, now: Timestamp) {
        let mut process = self.process.lock();
        process.reload_successful = success;
        if success {
            process.reload_time = now.into();
        }
    }

    /// Notes whether changes of the configuration's files are reported.
    pub fn watching(&self, success: bool) {
        self.process.lock().watch_successful = Some(success);
    }

    /// Counts what a scrape found, and learns from it which account has which endpoints.
    pub fn scraped(&self, accounts: &[AccountSnapshot]) {
        self.jobs.scraped(accounts);
        let mut process = self.process.lock();
        for unknown in accounts.iter().flat_map(|account| &account.unknown) {
            process.count_unknown(unknown.field);
        }
    }

    /// Counts a scrape that was answered without the result of its gathering.
    pub fn scrape_was_late(&self) {
        self.process.lock().late_scrapes.add(1);
    }

    /// What the instruments have measured up to now: all of it, or what is about one account.
    pub fn measure(&self, account: Option<&str>) -> Measurements {
        let process = account.is_none().then(|| {
            let panics = task::panics().map(|(task, panics)| (task.as_str(), Total::of(panics))).collect();
            Process { panics, usage: Usage::read(), ..self.process.lock().clone() }
        });
        let (started, accounts) = (Some(self.started), self.totals(account));
        Measurements { started, process, accounts, jobs: self.jobs.measure(account) }
    }

    fn totals(&self, account: Option<&str>) -> BTreeMap<Arc<str>, AccountTotals> {
        let accounts = self.accounts.lock();
        let Some(name) = account else { return accounts.clone() };
        let one = accounts.get_key_value(name);
        one.map(|(name, totals)| (Arc::clone(name), totals.clone())).into_iter().collect()
    }
}

impl Observe for Instruments {
    fn exchanged(&self, exchange: Exchange<'_>) {
        let Exchange { account, api, operation, outcome, server, waited, duration } = exchange;
        let (api, operation, outcome) = (api.as_str(), operation.as_str(), outcome.as_str());
        with_account(&self.accounts, account, |totals| {
            totals.requests.entry([api, operation, outcome]).or_default().add(1);
            totals.waited(server, waited);
            // From 0, so that the first value that cannot be read is an increase.
            totals.unreadable.entry([api, operation]).or_default();
        });
        self.process.lock().observe_request([api, operation], duration);
    }

    fn damaged(&self, damage: Damage<'_>) {
        with_account(&self.accounts, damage.account, |totals| totals.damaged(damage));
        self.damage.log(damage);
    }

    fn paused(&self, pause: Paused<'_>) {
        PauseLog.paused(pause);
    }

    fn resumed(&self, resume: Resumed<'_>) {
        PauseLog.resumed(resume);
    }
}

/// Changes the totals of an account, which start with its first event.
fn with_account(accounts: &Accounts, account: &str, change: impl FnOnce(&mut AccountTotals)) {
    let mut accounts = accounts.lock();
    match accounts.get_mut(account) {
        Some(totals) => change(totals),
        None => change(accounts.entry(Arc::from(account)).or_default()),
    }
}
