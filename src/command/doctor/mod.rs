//! `doctor`: explains what the key, the APIs and this machine allow, from one scrape.

mod access;
mod collectors;
mod examine;
mod form;
mod report;
mod routes;
mod text;
mod words;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, after};
use program::log;
use program::output::{print, raise_open_files};
use program::text::visible_json;
use runpod::KeyRing;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use self::examine::Examined;
use self::report::{CollectorState, Report};
use super::check_error::CheckError;
use super::failure::Failure;
use super::logs::choose;
use super::record::progress;
use super::replay::{Upstream, upstream};
use crate::app::{self, App, StartError};
use crate::cli;
use crate::recording::Recorder;
use crate::scrape::{EncodeError, Scope};

/// Timeout of the scrape, and of each read after it.
const TIMEOUT: Duration = Duration::from_mins(1);

pub(super) async fn run(flags: cli::Doctor, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let mut account = choose(flags.settings(raise_open_files())?.accounts, flags.account.as_deref())?;
    account.reading.collectors = flags.collectors()?;
    let Upstream { mode, clock, intercept, recording } = upstream(flags.replay(), clock)?;
    let recorder = Arc::new(Recorder::new(Arc::clone(&clock)).over(intercept));
    let app = App::new(mode, Arc::clone(&clock), TaskTracker::new()).intercepted(Some(recorder.intercept()));
    app.apply(vec![account.clone()])?;
    progress("reading the account …\n");
    let result = app.scraper().scrape(Scope::default(), after(Instant::now(), TIMEOUT)).await;
    let page = result.map_err(|EncodeError| Failure::Encode)?;
    let ring = KeyRing::default();
    ring.set(app::keys(std::slice::from_ref(&account)));
    let builder = app::builder(&account, ring, Arc::new(()), clock).intercept(recorder.intercept());
    let failed = |cause| StartError::Account { account: Arc::clone(&account.name), cause };
    let runpod = builder.build().map_err(failed)?;
    if !recorder.has("rest", "openapi", "openapi.json") {
        drop(runpod.rest().balance(after(Instant::now(), TIMEOUT)).await);
    }
    // Read only while GraphQL fails.
    drop(runpod.rest().limits(after(Instant::now(), TIMEOUT)).await);
    let expected = flags.expected()?;
    let mut report = Report { recording, ..Report::default() };
    if let Some(account) = page.result().accounts.first() {
        let snapshot = &account.snapshot;
        let examined = Examined { snapshot, recorder: &recorder, runpod: &runpod, expected: &expected };
        examine::examine(&mut report, examined);
    }
    let described = runpod.rest().described_metrics(after(Instant::now(), TIMEOUT)).await;
    examine::describe(&mut report, described, &recorder.exchanges());
    let is_fine = |state: &CollectorState| !state.expected || state.is_fine();
    let complete = !report.collectors.is_empty() && report.collectors.iter().all(is_fine);
    let text = if flags.json {
        let json = serde_json::to_string_pretty(&report).map_err(CheckError::from)?;
        visible_json(&json).into_owned() + "\n"
    } else {
        text::text(&report)
    };
    print(text.as_bytes())?;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
