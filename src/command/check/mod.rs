//! `check`: takes two samples, a few seconds apart, and reports the findings.
//!
//! Findings are made in `diagnosis/` and sorted in `status/`; this selects and prints them.

mod json;
mod text;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;

use self::json::json;
use self::text::text;
use super::check_error::CheckError;
use crate::diagnosis::DiagnosedAccount;
use crate::scrape::{Scope, Scraper};
use crate::settings::Collector;
use crate::settings::Mode;
use crate::snapshot::{AccountSnapshot, CollectorReport};
use crate::status::{AccountStatus, Selection, Status, Verdict};
use clock::{Clock, after};

use super::failure::Failure;
use super::scrape::TIMEOUT;
use crate::app::App;
use crate::cli;
use program::log;
use program::output::{print_to, raise_open_files};

pub(super) async fn run(flags: cli::Check, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    diagnosed(flags, clock).await.map_err(|failure| Failure::Unknown(Box::new(failure)))
}

async fn diagnosed(flags: cli::Check, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let app = App::new(Mode::Serve, clock, TaskTracker::new());
    app.apply(flags.settings(raise_open_files())?.accounts)?;
    let cli::Check { endpoints, account, interval, json: as_json, .. } = flags;
    let request = Request { endpoints, account, interval, timeout: TIMEOUT };
    let report = check(app.scraper(), &**app.clock(), &request).await?;
    let text = if as_json { json(&report).map_err(CheckError::from)? } else { text(&report) };
    print_to(anstream::stdout(), text.as_bytes())?;
    Ok(ExitCode::from(report.verdict.code()))
}

/// What to check.
#[derive(Debug, Clone, Default)]
struct Request {
    /// Endpoints by name or id; all of them if empty.
    endpoints: Vec<String>,
    /// Account by name; all accounts if `None`.
    account: Option<String>,
    /// Interval between the two samples.
    interval: Duration,
    /// Timeout of each sample.
    timeout: Duration,
}

/// Takes both samples and returns the report.
async fn check(scraper: &Arc<Scraper>, clock: &dyn Clock, request: &Request) -> Result<Status, CheckError> {
    let started = clock.elapsed();
    let names = scraper.accounts();
    let account = match &request.account {
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
    scraper.scrape(scope.clone(), after(Instant::now(), request.timeout)).await?;
    sleep(request.interval).await; // rates are computed over this time
    let page = scraper.scrape(scope, after(Instant::now(), request.timeout)).await?;
    let accounts = &page.result().accounts;
    require_endpoints(accounts, &request.endpoints)?;
    let selection = Selection(&request.endpoints);
    let tokens = |endpoint: &str| scraper.jobs().tokens(endpoint);
    let running = clock.elapsed().saturating_sub(started);
    let mut status = Status::new(accounts, selection, &tokens, Mode::Serve, clock.now(), running);
    if !request.endpoints.is_empty() {
        // Accounts without the requested endpoints are left out, unless they may have them but could not be read.
        let is_relevant =
            |account: &AccountStatus| !account.endpoints.is_empty() || !account.errors.is_empty();
        status.accounts.retain(is_relevant);
        // If no account lists the endpoints, their health is unknown.
        if status.accounts.iter().all(|account| account.endpoints.is_empty()) {
            status.verdict = Verdict::Unknown;
        } else {
            status.verdict = Verdict::of_all(status.accounts.iter().map(|account| account.verdict));
        }
    }
    Ok(status)
}

/// Fails if an endpoint does not exist. If an account's endpoints could not be listed, it may exist there.
fn require_endpoints(accounts: &[Arc<DiagnosedAccount>], names: &[String]) -> Result<(), CheckError> {
    let accounts = || accounts.iter().map(|account| &account.snapshot);
    let endpoints = || accounts().flat_map(|account| &account.endpoints);
    let has = |name: &&String| endpoints().any(|endpoint| endpoint.name == **name || endpoint.id == **name);
    let failed =
        |report: &CollectorReport| report.collector == Collector::Endpoints && report.error.is_some();
    let has_no_list = |account: &AccountSnapshot| {
        !account.answered() || (account.endpoints.is_empty() && account.collectors.iter().any(failed))
    };
    let missing = names.iter().find(|name| !has(name));
    let Some(name) = missing.filter(|_| !accounts().any(has_no_list)) else { return Ok(()) };
    let list: Vec<_> = endpoints().map(|endpoint| endpoint.name.as_str()).collect();
    let known = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    Err(CheckError::Endpoint { name: name.clone(), known })
}
