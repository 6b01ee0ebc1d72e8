//! `scrape`: prints one scrape.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, after};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use super::replay::{Upstream, upstream};
use crate::app::App;
use crate::cli::Scrape;
use crate::scrape::{EncodeError, Scope};
use program::log;
use program::output::{print, raise_open_files};
use program::text::visible_lines;

/// Timeout of a scrape that Prometheus did not request.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) async fn run(flags: Scrape, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let Upstream { mode, clock, intercept, .. } = upstream(flags.replay(), clock)?;
    let app = App::new(mode, clock, TaskTracker::new()).intercepted(intercept);
    app.apply(flags.settings(raise_open_files())?.accounts)?;
    let result = app.scraper().scrape(Scope::default(), after(Instant::now(), TIMEOUT)).await;
    let page = result.map_err(|EncodeError| Failure::Encode)?;
    let text = page.text().map_err(|EncodeError| Failure::Encode)?;
    if io::stdout().is_terminal() {
        print(visible_lines(&String::from_utf8_lossy(&text)).as_bytes())?;
    } else {
        print(&text)?; // a program reads it: the names are data
    }
    let all_answered = page.result().accounts.iter().all(|account| account.snapshot.answered());
    Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
