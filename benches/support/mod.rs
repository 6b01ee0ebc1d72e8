//! A simulator and an exporter, for most benchmarks. Measurements do not belong here.

mod account;
mod upstream;

use std::sync::Arc;

use clock::SystemClock;
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::config::Account;

use self::account::{account_at, app_by};
pub(crate) use self::upstream::{Outcome, Upstream};

impl Upstream {
    /// Its account, with the default limits of `serve`.
    pub(crate) fn account(&self, name: &str) -> Outcome<Account> {
        account_at(self.address, name)
    }
}

/// An exporter of these accounts, before its first scrape.
pub(crate) fn app(accounts: Vec<Account>) -> Outcome<Arc<App>> {
    rlimit::increase_nofile_limit(u64::MAX)?; // each connection needs a file
    app_by(accounts, Arc::new(SystemClock))
}
