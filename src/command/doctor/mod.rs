//! `doctor`: explains what the key, the APIs and this machine allow, from one scrape.
//!
//! What is wrong with the account itself, its endpoints and pods, is not found here but by `check`, in `src/diagnosis`.

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

use clock::{Clock, after};
use program::log;
use program::output::{print, raise_open_files};
use program::text::visible_json;
use runpod::{Api, Operation};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use self::examine::Examined;
use self::report::{CollectorState, Report};
use super::check_error::CheckError;
use super::failure::Failure;
use super::one_account::{self, choose};
use super::one_scrape::{self, PATIENT};
use super::progress::progress;
use super::replay::{Upstream, upstream};
use crate::app::App;
use crate::cli;
use crate::recording::Recorder;

pub(super) async fn run(flags: cli::Doctor, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let mut account = choose(flags.settings(raise_open_files())?.accounts, flags.account.as_deref())?;
    account.reading.collectors = flags.collectors()?;
    let Upstream { mode, clock, intercept, recording } = upstream(flags.replay(), clock)?;
    let recorder = Arc::new(Recorder::new(Arc::clone(&clock)).over(intercept));
    let app = App::new(mode, Arc::clone(&clock), TaskTracker::new()).intercepted(Some(recorder.intercept()));
    app.apply(vec![account.clone()])?;
    progress("reading the account …\n");
    let page = one_scrape::scrape(&app, PATIENT).await?;
    let runpod = one_account::client(&account, clock, recorder.intercept())?;
    if !recorder.has(Api::Rest, Operation::Openapi, "openapi.json") {
        drop(runpod.rest().balance(after(Instant::now(), PATIENT)).await);
    }
    // Read only while GraphQL fails.
    drop(runpod.rest().limits(after(Instant::now(), PATIENT)).await);
    let expected = flags.expected()?;
    let mut report = Report { recording, ..Report::default() };
    if let Some(account) = page.result().accounts.first() {
        let snapshot = &account.snapshot;
        let examined = Examined { snapshot, recorder: &recorder, runpod: &runpod, expected: &expected };
        examine::examine(&mut report, examined);
    }
    let described = runpod.rest().described_metrics(after(Instant::now(), PATIENT)).await;
    examine::describe(&mut report, described, &recorder.exchanges(), &runpod);
    let is_enough = |state: &CollectorState| !state.expected || state.is_read_or_deferred();
    let complete = !report.collectors.is_empty() && report.collectors.iter().all(is_enough);
    let text = if flags.json {
        let json = serde_json::to_string_pretty(&report).map_err(CheckError::from)?;
        visible_json(&json).into_owned() + "\n"
    } else {
        text::text(&report)
    };
    print(text.as_bytes())?;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
