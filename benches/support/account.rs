//! A simulated Runpod as an account, and what reads it.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use clock::Clock;
use runpod::{ApiKey, Limits, Urls};
use runpod_exporter::app::App;
use runpod_exporter::config::Account;
use runpod_exporter::settings::Mode;
use runpod_exporter::settings::Reading;
use tokio_util::task::TaskTracker;
use url::Url;

/// What ends a benchmark early is told, and nothing else is done about it.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The account behind a simulated Runpod at this address, with the limits that `serve` has by default.
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

/// An exporter of these accounts by this clock, which has read nothing yet.
pub(crate) fn app_by(accounts: Vec<Account>, clock: Arc<dyn Clock>) -> Outcome<Arc<App>> {
    let app = App::new(Mode::Serve, clock, TaskTracker::new());
    app.apply(accounts)?;
    Ok(Arc::new(app))
}
