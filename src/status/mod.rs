//! How everything is, for people and programs: what `check` prints, `/api/v1/status` answers and the page `/` shows.
//!
//! Made of the last snapshots, without asking anybody; what is wrong is found in `diagnosis/`, and how this is written
//! (text, JSON, HTML) belongs to those who write it. The fields are the project's public API, described in
//! `docs/status.md`: all of them are always there, and null where the value is not known.

mod endpoint;
mod pod;
mod verdict;

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

pub use self::endpoint::{EndpointStatus, Quantiles, Reported, Requests, Tokens, Workers};
pub use self::pod::PodStatus;
pub use self::verdict::Verdict;
use crate::advice::WithAdvice;
use crate::diagnosis::{DiagnosedAccount, Diagnosis, Finding, Severity, Subject};
use crate::settings::Collector;
use crate::settings::Mode;
use crate::snapshot::{AccountSnapshot, CollectorReport};

/// What is known of an endpoint's tokens: read and written.
pub type TokensOf<'a> = &'a dyn Fn(&str) -> Option<[u64; 2]>;

/// How everything is.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// When this was made. How old the numbers are, each account says.
    pub timestamp: Timestamp,
    /// Seconds since the exporter was started.
    pub running_seconds: f64,
    /// The exporter's version.
    pub version: &'static str,
    /// `serve`, or `demo` if the account is simulated.
    pub mode: &'static str,
    /// All in all.
    pub verdict: Verdict,
    /// By account.
    pub accounts: Vec<AccountStatus>,
}

/// How an account is.
#[derive(Debug, Clone, Serialize)]
pub struct AccountStatus {
    /// Its name in the configuration.
    pub account: String,
    /// All in all.
    pub verdict: Verdict,
    /// When it was read.
    pub taken: Timestamp,
    /// What could not be read, and why.
    pub errors: Vec<String>,
    /// Prepaid credit.
    pub balance_dollars: Option<f64>,
    /// What everything costs that runs.
    pub spend_dollars_per_hour: Option<f64>,
    /// The cap on that.
    pub spend_limit_dollars_per_hour: Option<f64>,
    /// How long the balance lasts at this spend; null where nothing is spent.
    pub runway_hours: Option<f64>,
    /// What is read, and how that went.
    pub collectors: Vec<CollectorStatus>,
    /// What is wrong with the account and its pods, the worst first.
    pub findings: Vec<Finding>,
    /// The endpoints, the worst first.
    pub endpoints: Vec<EndpointStatus>,
    /// The pods, the worst first, then the most expensive.
    pub pods: Vec<PodStatus>,
}

/// How a collector fared.
#[derive(Debug, Clone, Serialize)]
pub struct CollectorStatus {
    /// Its name.
    pub collector: &'static str,
    /// Whether it came through whole.
    pub ok: bool,
    /// Whose answer it shows; null if it shows nothing.
    pub api: Option<&'static str>,
    /// When that was read; the oldest part of it.
    pub read: Option<Timestamp>,
    /// When it last came through whole.
    pub last_success: Option<Timestamp>,
}

/// What of the accounts is wanted: some endpoints by name or id; everything without any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a>(pub &'a [String]);

impl Wanted<'_> {
    fn has(self, id: &str, name: &str) -> bool {
        self.is_everything() || self.0.iter().any(|wanted| wanted == id || wanted == name)
    }

    fn is_everything(self) -> bool {
        self.0.is_empty()
    }
}

impl Status {
    /// How these accounts were found, as it is told at `timestamp` by an exporter that has run for so long.
    pub fn new(
        accounts: &[Arc<DiagnosedAccount>],
        wanted: Wanted<'_>,
        tokens: TokensOf<'_>,
        mode: Mode,
        timestamp: Timestamp,
        running: Duration,
    ) -> Self {
        let accounts: Vec<_> =
            accounts.iter().map(|account| AccountStatus::new(account, wanted, tokens)).collect();
        Self {
            timestamp,
            running_seconds: running.as_secs_f64(),
            version: crate::version::VERSION,
            mode: mode.as_str(),
            verdict: Verdict::of_all(accounts.iter().map(|account| account.verdict)),
            accounts,
        }
    }
}

impl AccountStatus {
    /// How an account was found.
    pub fn new(account: &DiagnosedAccount, wanted: Wanted<'_>, tokens: TokensOf<'_>) -> Self {
        let DiagnosedAccount { snapshot: account, diagnosis } = account;
        let wanted_endpoints =
            account.endpoints.iter().filter(|endpoint| wanted.has(&endpoint.id, &endpoint.name));
        let mut endpoints: Vec<_> =
            wanted_endpoints.map(|endpoint| EndpointStatus::new(diagnosis, endpoint, tokens)).collect();
        endpoints.sort_by(|one, other| other.trouble().total_cmp(&one.trouble()));
        let everything = wanted.is_everything();
        let mut pods: Vec<_> = account.pods.iter().map(|pod| PodStatus::new(diagnosis, pod)).collect();
        pods.retain(|_| everything);
        pods.sort_by(|one, other| {
            let cost = |pod: &PodStatus| pod.cost_dollars_per_hour.unwrap_or_default();
            other.worst().cmp(&one.worst()).then(cost(other).total_cmp(&cost(one)))
        });
        let findings = worst_first(diagnosis, |subject| match subject {
            Subject::Account => true,
            Subject::Pod { .. } => everything,
            Subject::Endpoint { .. } => false,
        });
        let of_endpoints = endpoints.iter().map(|endpoint| Verdict::of(endpoint.health));
        let verdict = of_endpoints.fold(own_verdict(account, &findings), Verdict::max);
        // An account that answered was looked at, whatever it did not say.
        let verdict = if account.answered() { verdict.min(Verdict::Unhealthy) } else { Verdict::Unknown };
        let money = account.account.as_ref();
        let (balance, spend) = (money.and_then(|money| money.balance), money.and_then(|money| money.spend));
        Self {
            account: account.name.to_string(),
            verdict,
            taken: account.taken,
            errors: errors(account).collect(),
            balance_dollars: balance,
            spend_dollars_per_hour: spend,
            spend_limit_dollars_per_hour: money.and_then(|money| money.spend_limit),
            runway_hours: balance
                .zip(spend.filter(|spend| *spend > 0.0))
                .map(|(balance, spend)| (balance / spend).max(0.0)),
            collectors: account.collectors.iter().map(CollectorStatus::new).collect(),
            findings,
            endpoints,
            pods,
        }
    }

    /// Everything that is wrong, the worst first.
    pub fn all_findings(&self) -> Vec<&Finding> {
        let endpoints = self.endpoints.iter().flat_map(|endpoint| &endpoint.findings);
        let mut findings: Vec<_> = self.findings.iter().chain(endpoints).collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        findings
    }
}

impl CollectorStatus {
    fn new(report: &CollectorReport) -> Self {
        Self {
            collector: report.collector.as_str(),
            ok: report.error.is_none(),
            api: report.source.map(|source| source.api.as_str()),
            read: report.source.map(|source| source.read),
            last_success: report.last_success,
        }
    }
}

/// What could not be read, and why.
fn errors(account: &AccountSnapshot) -> impl Iterator<Item = String> {
    let failed = |report: &CollectorReport| {
        Some(format!("{}: {}", report.collector.as_str(), WithAdvice(report.error.as_ref()?)))
    };
    account.collectors.iter().filter_map(failed)
}

/// How the account is without its endpoints.
fn own_verdict(account: &AccountSnapshot, findings: &[Finding]) -> Verdict {
    let has_no_list = account.endpoints.is_empty()
        && account
            .collectors
            .iter()
            .any(|report| report.collector == Collector::Endpoints && report.error.is_some());
    if has_no_list {
        Verdict::Unhealthy // its endpoints could not be read
    } else if findings.iter().any(|finding| finding.severity > Severity::Info) {
        Verdict::Degraded
    } else {
        Verdict::Healthy
    }
}

/// What was found about these, the worst first.
fn worst_first(diagnosis: &Diagnosis, about: impl Fn(&Subject) -> bool) -> Vec<Finding> {
    let mut findings: Vec<_> =
        diagnosis.findings.iter().filter(|finding| about(&finding.subject)).cloned().collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    findings
}
