//! What most benchmarks need: a simulated Runpod, and what reads it here. What is measured does not belong here.

mod account;
mod upstream;

use std::sync::Arc;

use clock::SystemClock;
use runpod_exporter::app::App;
use runpod_exporter::config::Account;

use self::account::{account_at, app_by};
pub(crate) use self::upstream::{Outcome, Upstream};

impl Upstream {
    /// It as an account, with the limits that `serve` has by default.
    pub(crate) fn account(&self, name: &str) -> Outcome<Account> {
        account_at(self.address, name)
    }
}

/// An exporter of these accounts that has read nothing yet.
pub(crate) fn app(accounts: Vec<Account>) -> Outcome<Arc<App>> {
    rlimit::increase_nofile_limit(u64::MAX)?; // a connection is a file
    app_by(accounts, Arc::new(SystemClock))
}
