//! A simulated account, and an exporter for it.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use clock::Clock;
use runpod::{ApiKey, Limits, Urls};
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::Mode;
use runpod_exporter::testing::settings::Reading;
use tokio_util::task::TaskTracker;
use url::Url;

/// Errors end a benchmark and are printed.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The account of the simulator at this address, with the default limits of `serve`.
pub(crate) fn account_at(upstream: SocketAddr, name: &str) -> Outcome<Account> {
    let url = |path: &str| Url::parse(&format!("http://{upstream}{path}"));
    Ok(Account {
        name: Arc::from(name),
        key: ApiKey::parse("rpa_benchmark")?,
        key_file: None,
        metrics_key: None,
        urls: Urls { graphql: url("/graphql")?, jobs: url("/v2")?, rest: url("/rest/v2")? },
        limits: Limits::default(),
        reading: Reading::default(),
    })
}

/// An exporter of these accounts with this clock, before its first scrape.
pub(crate) fn app_by(accounts: Vec<Account>, clock: Arc<dyn Clock>) -> Outcome<Arc<App>> {
    let app = App::new(Mode::Serve, clock, TaskTracker::new());
    app.apply(accounts)?;
    Ok(Arc::new(app))
}
