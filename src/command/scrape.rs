//! `scrape`: one scrape, on standard output.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use super::output::{print, raise_open_files};
use crate::app::App;
use crate::cli::Scrape;
use crate::scrape::{NoPage, Scope};
use crate::settings::Mode;
use crate::telemetry;

/// How long a scrape may take when no Prometheus says so.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) async fn run(flags: Scrape, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    telemetry::start(&flags.log.level, flags.log.format)?;
    let app = App::new(Mode::Serve, clock, TaskTracker::new());
    app.apply(flags.settings(raise_open_files())?.accounts)?;
    let page = app.scraper().scrape(Scope::default(), Instant::now() + TIMEOUT).await;
    let page = page.map_err(|NoPage| Failure::NoPage)?;
    print(&page.text())?;
    let all_answered = page.result().accounts.iter().all(|account| account.snapshot.answered());
    Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
