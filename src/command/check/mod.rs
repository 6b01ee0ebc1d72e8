//! `check`: looks twice, a few seconds apart, and reports what is wrong and what to do about it.
//!
//! What is wrong is found in `diagnosis/`, ordered in `status/`, and what was typed is read in `cli/`; here it is chosen and
//! written.

pub(super) mod error;
mod json;
mod text;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;

use self::error::CheckError;
use self::json::json;
use self::text::text;
use crate::diagnosis::DiagnosedAccount;
use crate::scrape::{Scope, Scraper};
use crate::settings::Collector;
use crate::settings::Mode;
use crate::snapshot::{AccountSnapshot, CollectorReport};
use crate::status::{AccountStatus, Status, Verdict, Wanted};
use clock::Clock;

use super::failure::Failure;
use super::output::{print_to, raise_open_files};
use super::scrape::TIMEOUT;
use crate::app::App;
use crate::cli;
use crate::telemetry;

pub(super) async fn run(flags: cli::Check, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    diagnosed(flags, clock).await.map_err(|failure| Failure::Unknown(Box::new(failure)))
}

async fn diagnosed(flags: cli::Check, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    telemetry::start(&flags.log.level, flags.log.format)?;
    let app = App::new(Mode::Serve, clock, TaskTracker::new());
    app.apply(flags.settings(raise_open_files())?.accounts)?;
    let cli::Check { endpoints, account, interval, json: as_json, .. } = flags;
    let question = Question { endpoints, account, interval, patience: TIMEOUT };
    let report = look(app.scraper(), &**app.clock(), &question).await?;
    let text = if as_json { json(&report).map_err(CheckError::from)? } else { text(&report) };
    print_to(anstream::stdout(), text.as_bytes())?;
    Ok(ExitCode::from(report.verdict.code()))
}

/// What is to be looked at, and how.
#[derive(Debug, Clone, Default)]
struct Question {
    /// Endpoints by name or id; all of them if there is none.
    endpoints: Vec<String>,
    /// One account by name; all of them if there is none.
    account: Option<String>,
    /// Between the two looks.
    interval: Duration,
    /// How long one look may take.
    patience: Duration,
}

/// Looks twice and reports.
async fn look(scraper: &Arc<Scraper>, clock: &dyn Clock, question: &Question) -> Result<Status, CheckError> {
    let started = clock.elapsed();
    let names = scraper.accounts();
    let account = match &question.account {
        Some(name) => Some(
            names
                .iter()
                .find(|known| ***known == **name)
                .cloned()
                .ok_or_else(|| CheckError::Account { name: name.clone(), known: names.join(", ") })?,
        ),
        None => None,
    };
    let scope = Scope { account, collectors: None };
    scraper.scrape(scope.clone(), Instant::now() + question.patience).await?;
    sleep(question.interval).await; // rates need time to pass
    let page = scraper.scrape(scope, Instant::now() + question.patience).await?;
    let accounts = &page.result().accounts;
    is_there(accounts, &question.endpoints)?;
    let wanted = Wanted(&question.endpoints);
    let tokens = |endpoint: &str| scraper.jobs().tokens(endpoint);
    let running = clock.elapsed().saturating_sub(started);
    let mut status = Status::new(accounts, wanted, &tokens, Mode::Serve, clock.now(), running);
    if !question.endpoints.is_empty() {
        // Who asks for endpoints does not ask about accounts that have none of them.
        let answers = |account: &AccountStatus| !account.endpoints.is_empty() || !account.errors.is_empty();
        status.accounts.retain(answers);
        // Where none of them was seen, nobody can say how they are.
        if status.accounts.iter().all(|account| account.endpoints.is_empty()) {
            status.verdict = Verdict::Unknown;
        } else {
            status.verdict = Verdict::of_all(status.accounts.iter().map(|account| account.verdict));
        }
    }
    Ok(status)
}

/// Says which endpoint is not there, where every list could be read: else it may be.
fn is_there(accounts: &[Arc<DiagnosedAccount>], wanted: &[String]) -> Result<(), CheckError> {
    let accounts = || accounts.iter().map(|account| &account.snapshot);
    let endpoints = || accounts().flat_map(|account| &account.endpoints);
    let has = |name: &&String| endpoints().any(|endpoint| endpoint.name == **name || endpoint.id == **name);
    let failed =
        |report: &CollectorReport| report.collector == Collector::Endpoints && report.error.is_some();
    let lacks_its_list = |account: &AccountSnapshot| {
        !account.answered() || (account.endpoints.is_empty() && account.collectors.iter().any(failed))
    };
    let missing = wanted.iter().find(|name| !has(name));
    let Some(name) = missing.filter(|_| !accounts().any(lacks_its_list)) else { return Ok(()) };
    let known: Vec<_> = endpoints().map(|endpoint| endpoint.name.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(CheckError::Endpoint { name: name.clone(), known })
}
