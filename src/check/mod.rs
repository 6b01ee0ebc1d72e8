//! `check`: looks twice, a few seconds apart, and reports what is wrong and what to do about it.
//!
//! What is wrong is found in `diagnosis/`, ordered in `status/`, and what was typed is read in `cli/`; here it is chosen and
//! written.

mod json;
mod text;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

pub use json::json;
pub use text::text;

use crate::clock::Clock;
use crate::instruments::Mode;
use crate::scrape::{NoPage, Scope, Scraper};
use crate::snapshot::{AccountSnapshot, Collector, CollectorReport};
use crate::status::{AccountStatus, Status, Verdict, Wanted};

/// What is to be looked at, and how.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Endpoints by name or id; all of them if there is none.
    pub endpoints: Vec<String>,
    /// One account by name; all of them if there is none.
    pub account: Option<String>,
    /// Between the two looks.
    pub interval: Duration,
    /// How long one look may take.
    pub patience: Duration,
}

/// The question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum NoLook {
    /// The exporter's own fault.
    #[error("cannot encode the metrics; please report this")]
    NoPage,
    /// An account that is not configured.
    #[error("unknown account \"{name}\"; configured accounts: {known}")]
    Account {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// An endpoint that is not there.
    #[error("no endpoint with the name or id \"{name}\"; known endpoints: {known}")]
    Endpoint {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

impl From<NoPage> for NoLook {
    fn from(NoPage: NoPage) -> Self {
        Self::NoPage
    }
}

/// Looks twice and reports.
pub async fn look(scraper: &Arc<Scraper>, clock: &dyn Clock, question: &Question) -> Result<Status, NoLook> {
    let started = clock.elapsed();
    let names = scraper.accounts();
    let account = match &question.account {
        Some(name) => Some(
            names
                .iter()
                .find(|known| ***known == **name)
                .cloned()
                .ok_or_else(|| NoLook::Account { name: name.clone(), known: names.join(", ") })?,
        ),
        None => None,
    };
    let scope = Scope { account, collectors: None };
    scraper.scrape(scope.clone(), Instant::now() + question.patience).await?;
    sleep(question.interval).await; // rates need time to pass
    let page = scraper.scrape(scope, Instant::now() + question.patience).await?;
    let accounts = &page.snapshot().accounts;
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
fn is_there(accounts: &[Arc<AccountSnapshot>], wanted: &[String]) -> Result<(), NoLook> {
    let endpoints = || accounts.iter().flat_map(|account| &account.endpoints);
    let has = |name: &&String| endpoints().any(|endpoint| endpoint.name == **name || endpoint.id == **name);
    let failed =
        |report: &CollectorReport| report.collector == Collector::Endpoints && report.error.is_some();
    let lacks_its_list = |account: &Arc<AccountSnapshot>| {
        !account.answered() || (account.endpoints.is_empty() && account.collectors.iter().any(failed))
    };
    let missing = wanted.iter().find(|name| !has(name));
    let Some(name) = missing.filter(|_| !accounts.iter().any(lacks_its_list)) else { return Ok(()) };
    let known: Vec<_> = endpoints().map(|endpoint| endpoint.name.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(NoLook::Endpoint { name: name.clone(), known })
}
