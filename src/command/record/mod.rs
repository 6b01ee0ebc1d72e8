//! `record`: keeps what Runpod answers to one scrape, without what is private, as files.
//!
//! What is private, and the folder, are in `crates/recording`; how exchanges are kept until then in `src/recording`.

mod reads;
mod report;

use std::process::ExitCode;
use std::sync::Arc;

use clock::Clock;
use program::log;
use program::output::{print, raise_open_files};
use recording::{Scrubber, Summary, prepare, write};
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use super::one_account::choose;
use super::one_scrape::{self, PATIENT};
use super::progress::progress;
use crate::app::App;
use crate::cli;
use crate::recording::{README, Recorder};
use crate::settings::Mode;
use crate::version::USER_AGENT;

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
    let page = one_scrape::scrape(&app, PATIENT).await?;
    let accounts = &page.result().accounts;
    let answered = accounts.iter().all(|account| account.snapshot.answered());
    if answered {
        reads::further(&app, &account, &recorder, accounts.first().map(|account| &account.snapshot)).await?;
    }
    let entries = write(&files, summary, &recorder.exchanges(), &scrubber, README)?;
    print(report::text(&flags.folder, &entries, &scrubber.tally()).as_bytes())?;
    if answered {
        return Ok(ExitCode::SUCCESS);
    }
    let mut reports = accounts.iter().flat_map(|account| &account.snapshot.collectors);
    let error = reports.find_map(|report| report.error.as_ref());
    Err(Failure::Unusable(error.map_or_else(|| "no collector has data".to_owned(), ToString::to_string)))
}
