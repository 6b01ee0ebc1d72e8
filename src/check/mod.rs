//! `check`: looks twice, a few seconds apart, and reports what is wrong and what to do about it.
//!
//! What is wrong is found in `diagnosis/`, and what was typed is read in `cli/`; here it is chosen, ordered and written.

mod json;
mod text;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep};

pub use json::json;
pub use text::text;

use crate::diagnosis::{Finding, Health, Severity, Subject};
use crate::scrape::{NoPage, Scope, Scraper};
use crate::snapshot::{AccountSnapshot, Collector};

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

/// How it is, all in all. The order is that of the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is wrong.
    Healthy,
    /// Something is, and it serves.
    Degraded,
    /// Something cannot serve.
    Unhealthy,
    /// Nobody could say.
    CouldNotLook,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// All in all.
    pub verdict: Verdict,
    /// By account, in the order of the configuration.
    pub accounts: Vec<AccountReport>,
}

/// What was found of an account.
#[derive(Debug, Clone, Serialize)]
pub struct AccountReport {
    /// Its name in the configuration.
    pub account: String,
    /// All in all.
    pub verdict: Verdict,
    /// What could not be read, and why.
    pub errors: Vec<String>,
    /// About the account and its pods.
    pub findings: Vec<Finding>,
    /// The endpoints, the worst first.
    pub endpoints: Vec<EndpointReport>,
}

/// What was found of an endpoint.
#[derive(Debug, Clone, Serialize)]
pub struct EndpointReport {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it is; `None` if nothing is known of it.
    pub health: Option<Health>,
    /// Its status, where the API has one.
    pub status: Option<String>,
    /// About it, the worst first.
    pub findings: Vec<Finding>,
}

/// The question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum NoLook {
    /// The exporter's own fault.
    #[error("cannot encode the metrics; please report this")]
    NoPage,
    /// An account that is not configured.
    #[error("no account is called \"{name}\"; the configuration has: {known}")]
    Account {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// An endpoint that is not there.
    #[error("no endpoint is called \"{name}\" or has that id; there are: {known}")]
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
pub async fn look(scraper: &Arc<Scraper>, question: &Question) -> Result<Report, NoLook> {
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
    report(&page.snapshot().accounts, &question.endpoints)
}

fn report(accounts: &[Arc<AccountSnapshot>], wanted: &[String]) -> Result<Report, NoLook> {
    let endpoints = || accounts.iter().flat_map(|account| &account.endpoints);
    let is_there =
        |name: &&String| endpoints().any(|endpoint| endpoint.name == **name || endpoint.id == **name);
    let all_listed = accounts.iter().all(|account| !lacks_its_list(account));
    // Where the list could not be read, nobody can say that it is not there.
    if let Some(name) = wanted.iter().find(|name| !is_there(name)).filter(|_| all_listed) {
        let known: Vec<_> = endpoints().map(|endpoint| endpoint.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(NoLook::Endpoint { name: name.clone(), known });
    }
    let accounts: Vec<_> = accounts
        .iter()
        .map(|account| AccountReport::new(account, wanted))
        // Who asks for endpoints does not ask about accounts that have none of them.
        .filter(|report| {
            wanted.is_empty() || !report.endpoints.is_empty() || report.verdict == Verdict::CouldNotLook
        })
        .collect();
    let verdict = accounts.iter().map(|account| account.verdict).max().unwrap_or(Verdict::CouldNotLook);
    Ok(Report { verdict, accounts })
}

/// Whether nothing is known of an account's endpoints that should be.
fn lacks_its_list(account: &AccountSnapshot) -> bool {
    let failed = account
        .collectors
        .iter()
        .any(|report| report.collector == Collector::Endpoints && report.error.is_some());
    !account.answered() || (failed && account.endpoints.is_empty())
}

impl AccountReport {
    fn new(account: &AccountSnapshot, wanted: &[String]) -> Self {
        let is_wanted =
            |id: &String, name: &String| wanted.is_empty() || wanted.contains(id) || wanted.contains(name);
        let about = |id: &str| -> Vec<Finding> {
            let is_about =
                |finding: &&Finding| matches!(&finding.subject, Subject::Endpoint { id: of, .. } if of == id);
            worst_first(account.findings.iter().filter(is_about).cloned())
        };
        let mut endpoints: Vec<_> = account
            .endpoints
            .iter()
            .filter(|endpoint| is_wanted(&endpoint.id, &endpoint.name))
            .map(|endpoint| EndpointReport {
                id: endpoint.id.clone(),
                name: endpoint.name.clone(),
                health: account.health.get(&endpoint.id).copied(),
                status: endpoint.facts.status.clone(),
                findings: about(&endpoint.id),
            })
            .collect();
        endpoints.sort_by_key(|endpoint| std::cmp::Reverse(verdict(endpoint.health)));
        let findings = worst_first(
            account
                .findings
                .iter()
                .filter(|finding| match finding.subject {
                    Subject::Account => true,
                    Subject::Pod { .. } => wanted.is_empty(),
                    Subject::Endpoint { .. } => false,
                })
                .cloned(),
        );
        let errors = account
            .collectors
            .iter()
            .filter_map(|report| Some(format!("{}: {}", report.collector.as_str(), report.error.as_ref()?)));
        let found = findings.iter().any(|finding| finding.severity > Severity::Info);
        let own = match (lacks_its_list(account), found) {
            (true, _) => Verdict::CouldNotLook,
            (false, true) => Verdict::Degraded,
            (false, false) => Verdict::Healthy,
        };
        let verdict = endpoints.iter().map(|endpoint| verdict(endpoint.health)).fold(own, Verdict::max);
        Self { account: account.name.to_string(), verdict, errors: errors.collect(), findings, endpoints }
    }
}

/// Nothing known is not healthy.
fn verdict(health: Option<Health>) -> Verdict {
    match health {
        Some(Health::Healthy) => Verdict::Healthy,
        Some(Health::Degraded) => Verdict::Degraded,
        Some(Health::Unhealthy) => Verdict::Unhealthy,
        None => Verdict::CouldNotLook,
    }
}

fn worst_first(findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut findings: Vec<_> = findings.collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

impl Verdict {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
            Self::CouldNotLook => "could not look",
        }
    }

    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Degraded => 1,
            Self::Unhealthy => 2,
            Self::CouldNotLook => 3,
        }
    }
}
