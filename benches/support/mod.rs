//! What most benchmarks need: a simulated Runpod, and what reads it here. What is measured does not belong here.

mod account;
mod upstream;

use std::sync::Arc;

use clock::SystemClock;
use runpod_exporter::config::Account;
use runpod_exporter::reload::Reloader;

use self::account::{account_at, reader_by};
pub(crate) use self::upstream::{Outcome, Upstream};

impl Upstream {
    /// It as an account, with the limits that `serve` has by default.
    pub(crate) fn account(&self, name: &str) -> Outcome<Account> {
        account_at(self.address, name)
    }
}

/// What reads these accounts and has not done so yet.
pub(crate) fn reader(accounts: Vec<Account>) -> Outcome<Arc<Reloader>> {
    rlimit::increase_nofile_limit(u64::MAX)?; // a connection is a file
    reader_by(accounts, Arc::new(SystemClock))
}
