//! `scrape`: prints one scrape.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;

use clock::Clock;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use super::one_scrape;
use super::replay::{Upstream, upstream};
use crate::app::App;
use crate::cli::Scrape;
use crate::scrape::EncodeError;
use program::log;
use program::output::{print, raise_open_files};
use program::text::visible_lines;

pub(super) async fn run(flags: Scrape, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let Upstream { mode, clock, intercept, .. } = upstream(flags.replay(), clock)?;
    let app = App::new(mode, clock, TaskTracker::new()).intercepted(intercept);
    app.apply(flags.settings(raise_open_files())?.accounts)?;
    let page = one_scrape::scrape(&app, one_scrape::TIMEOUT).await?;
    let text = page.text().map_err(|EncodeError| Failure::Encode)?;
    if io::stdout().is_terminal() {
        print(visible_lines(&String::from_utf8_lossy(&text)).as_bytes())?;
    } else {
        print(&text)?; // a program reads it: the names are data
    }
    let all_answered = page.result().accounts.iter().all(|account| account.snapshot.answered());
    Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
