//! What most benchmarks need: a simulated Runpod, and what reads it here. What is measured does not belong here.

mod upstream;

use std::sync::Arc;
use std::time::Duration;

use runpod_exporter::clock::{Clock, SystemClock};
use runpod_exporter::config::Account;
use runpod_exporter::instruments::Mode;
use runpod_exporter::reload::Reloader;
use runpod_exporter::runpod::{ApiKey, Limits, Urls};
use runpod_exporter::snapshot::{Collectors, Filter};
use tokio_util::task::TaskTracker;
use url::Url;

pub(crate) use self::upstream::{Outcome, Upstream};

impl Upstream {
    /// It as an account, with the limits that `serve` has by default.
    pub(crate) fn account(&self, name: &str) -> Outcome<Account> {
        let url = |path: &str| Url::parse(&format!("http://{}{path}", self.address));
        Ok(Account {
            name: Arc::from(name),
            key: ApiKey::parse("rpa_benchmark")?,
            key_file: None,
            urls: Urls { graphql: url("/graphql")?, jobs: url("/v2")? },
            collectors: Collectors::default(),
            limits: Limits { timeout: Duration::from_secs(10), concurrency: 1024, body: 32 * 1024 * 1024 },
            endpoints: Filter::default(),
            pods: Filter::default(),
        })
    }
}

/// What reads these accounts and has not done so yet.
pub(crate) fn reader(accounts: Vec<Account>) -> Outcome<Arc<Reloader>> {
    rlimit::increase_nofile_limit(u64::MAX)?; // a connection is a file
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let load = Box::new(move || Ok(accounts.clone()));
    Ok(Arc::new(Reloader::start(load, None, Mode::Serve, clock, TaskTracker::new())?))
}
