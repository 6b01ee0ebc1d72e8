//! `record`: keeps what Runpod answers to one scrape, without what is private, as files.

mod reads;
mod report;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, after};
use program::log;
use program::output::{print, print_to, raise_open_files};
use recording::{Scrubber, Summary, prepare, write};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use super::logs::choose;
use crate::app::App;
use crate::cli;
use crate::recording::Recorder;
use crate::scrape::{EncodeError, Scope};
use crate::settings::Mode;
use crate::version::USER_AGENT;

/// Timeout of the scrape, and of each read after it. Longer than that of a usual scrape: a recording of a slow API is wanted, too.
const TIMEOUT: Duration = Duration::from_mins(1);

pub(super) async fn run(flags: cli::Record, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let mut account = choose(flags.settings(raise_open_files())?.accounts, flags.account.as_deref())?;
    account.reading.collectors = flags.collectors()?;
    let files = prepare(&flags.folder)?;
    let scrubber = Scrubber::new().map_err(|_unspecified| Failure::NoRandom)?;
    let summary = Summary { time: clock.now(), program: USER_AGENT.to_owned() };
    let recorder = Arc::new(Recorder::new(Arc::clone(&clock)));
    progress("reading the account …\n");
    let app = App::new(Mode::Serve, clock, TaskTracker::new()).intercepted(Some(recorder.intercept()));
    app.apply(vec![account.clone()])?;
    let result = app.scraper().scrape(Scope::default(), after(Instant::now(), TIMEOUT)).await;
    let page = result.map_err(|EncodeError| Failure::Encode)?;
    let accounts = &page.result().accounts;
    let answered = accounts.iter().all(|account| account.snapshot.answered());
    if answered {
        reads::further(&app, &account, &recorder, accounts.first().map(|account| &account.snapshot)).await?;
    }
    let entries = write(&files, summary, &recorder.exchanges(), &scrubber)?;
    print(report::text(&flags.folder, &entries, &scrubber.tally()).as_bytes())?;
    Ok(if answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says on a terminal why nothing is printed yet.
pub(super) fn progress(text: &str) {
    let mut out = io::stderr();
    if out.is_terminal() {
        print_to(&mut out, text.as_bytes()).unwrap_or_default();
    }
}
