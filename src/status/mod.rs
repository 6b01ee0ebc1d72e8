//! The status document: what `check` prints, `/api/v1/status` returns and the page `/` shows.
//!
//! It is made from the latest snapshots, without requests. The fields are a public API, documented in `docs/status.md`: all
//! of them are always present, and null if the value is unknown. Detecting problems does not belong here (see
//! `diagnosis/`), nor does the output as text, JSON or HTML.

mod cluster;
mod commands;
mod endpoint;
mod failure;
mod pod;
mod verdict;

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

pub(crate) use self::cluster::ClusterStatus;
pub(crate) use self::commands::Commands;
pub(crate) use self::endpoint::{EndpointStatus, Workers};
pub(crate) use self::failure::Failure;
pub(crate) use self::pod::PodStatus;
pub(crate) use self::verdict::Verdict;
use crate::advice::explained_for;
use crate::alerts::{Alert, Alerts};
use crate::diagnosis::{DiagnosedAccount, Diagnosis, Finding, Impact, Name, Severity, Subject};
use crate::logs::RecentErrors;
use crate::settings::Collector;
use crate::settings::Mode;
use crate::snapshot::{Account, AccountSnapshot, BillingMode, CollectorReport, OrOther, Unit};
use runpod::RequestError;

/// Returns the input and output tokens of an endpoint, if there are any.
pub(crate) type TokensOf<'a> = &'a dyn Fn(&str) -> Option<[u64; 2]>;

/// The runbook of an account that did not answer, if no finding says why.
pub(crate) const UNANSWERED: &str = "RunpodAccountDown";

/// The status of all accounts.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// When this was made. The age of the data is that of each account.
    pub timestamp: Timestamp,
    /// Seconds since the exporter was started.
    pub running_seconds: f64,
    /// The exporter's version.
    pub version: &'static str,
    /// `serve`, `demo` if the account is simulated, or `replay` if it is a recording.
    pub mode: &'static str,
    /// The overall verdict.
    pub verdict: Verdict,
    /// How reading alerts ended; null without Alertmanager, and before the first read.
    pub alertmanager: Option<AlertmanagerStatus>,
    /// The accounts.
    pub accounts: Vec<AccountStatus>,
}

/// How reading alerts from Alertmanager ended.
#[derive(Debug, Clone, Serialize)]
pub struct AlertmanagerStatus {
    /// When they were read.
    pub read: Timestamp,
    /// Why they could not be read; null if they could.
    pub error: Option<String>,
}

/// The status of an account.
#[derive(Debug, Clone, Serialize)]
pub struct AccountStatus {
    /// Its name in the configuration.
    pub account: String,
    /// The verdict on the account.
    pub verdict: Verdict,
    /// Whether Runpod answered for it.
    pub answered: bool,
    /// When it was read.
    pub taken: Timestamp,
    /// The collectors that failed, each with its error.
    pub errors: Vec<String>,
    /// Prepaid credit; of a post-paid account what Runpod reports instead.
    pub balance_dollars: Option<f64>,
    /// How the account pays: `prepaid` or `postpaid`; null if unknown.
    pub billing_mode: Option<OrOther<BillingMode>>,
    /// Current cost of everything that runs and is stored.
    pub spend_dollars_per_hour: Option<f64>,
    /// Maximum spend.
    pub spend_limit_dollars_per_hour: Option<f64>,
    /// Time until the balance is used up at the current spend; null if the spend is 0 or the account is post-paid.
    pub runway_hours: Option<f64>,
    /// The result of each collector.
    pub collectors: Vec<CollectorStatus>,
    /// The alerts about the account as a whole; null if unknown.
    pub alerts: Option<Vec<Alert>>,
    /// The same errors, each once. For the page.
    #[serde(skip)]
    pub failures: Vec<Failure>,
    /// Findings about the account, its pods and its clusters, worst first.
    pub findings: Vec<Finding>,
    /// The endpoints, worst first.
    pub endpoints: Vec<EndpointStatus>,
    /// The pods, worst first, then the most expensive.
    pub pods: Vec<PodStatus>,
    /// The clusters, the most expensive first.
    pub clusters: Vec<ClusterStatus>,
}

/// The result of a collector.
#[derive(Debug, Clone, Serialize)]
pub struct CollectorStatus {
    /// Its name.
    pub collector: &'static str,
    /// Whether it succeeded completely.
    pub ok: bool,
    /// The API that returned its data; null without data.
    pub api: Option<&'static str>,
    /// When the oldest part of its data was read.
    pub read: Option<Timestamp>,
    /// When it last succeeded completely.
    pub last_success: Option<Timestamp>,
}

/// The endpoints to include, by name or id. If there are none, everything is included.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'a>(pub &'a [String]);

impl Selection<'_> {
    fn includes(self, id: &str, name: &str) -> bool {
        self.is_everything() || self.0.iter().any(|selected| selected == id || selected == name)
    }

    fn is_everything(self) -> bool {
        self.0.is_empty()
    }
}

impl Status {
    /// The status of these accounts, made at `timestamp` by an exporter that has been running for `running`.
    pub fn new(
        accounts: &[Arc<DiagnosedAccount>],
        selection: Selection<'_>,
        tokens: TokensOf<'_>,
        mode: Mode,
        timestamp: Timestamp,
        running: Duration,
    ) -> Self {
        let accounts: Vec<_> =
            accounts.iter().map(|account| AccountStatus::new(account, selection, tokens)).collect();
        Self {
            timestamp,
            running_seconds: running.as_secs_f64(),
            version: crate::version::VERSION,
            mode: mode.as_str(),
            verdict: Verdict::of_all(accounts.iter().map(|account| account.verdict)),
            alertmanager: None,
            accounts,
        }
    }

    /// Adds the last error lines of the endpoints of the accounts whose logs are followed.
    pub fn add_errors(&mut self, errors: &RecentErrors) {
        let follows = |account: &AccountStatus| {
            account.collectors.iter().any(|collector| collector.collector == Collector::Logs.as_str())
        };
        for account in self.accounts.iter_mut().filter(|account| follows(account)) {
            for endpoint in &mut account.endpoints {
                endpoint.last_errors = Some(errors.of(&account.account, &endpoint.id));
            }
        }
    }

    /// Adds the alerts, or why they could not be read.
    pub fn add_alerts(&mut self, alerts: &Alerts) {
        let error = alerts.result.as_ref().err().cloned();
        self.alertmanager = Some(AlertmanagerStatus { read: alerts.read, error });
        let Ok(alerts) = &alerts.result else { return };
        let chosen = |is_about: &dyn Fn(&Alert) -> bool| -> Option<Vec<Alert>> {
            let mut chosen: Vec<_> = alerts.iter().filter(|alert| is_about(alert)).cloned().collect();
            chosen.sort_by(|one, other| (one.state, &one.name).cmp(&(other.state, &other.name)));
            Some(chosen)
        };
        for account in &mut self.accounts {
            let name = &account.account;
            account.alerts = chosen(&|alert| alert.is_about_account(name));
            for endpoint in &mut account.endpoints {
                endpoint.alerts = chosen(&|alert| alert.is_about(name, &endpoint.id));
            }
        }
    }

    /// Links the findings to their runbooks at the exporter with this URL.
    pub fn link(&mut self, exporter: &str) {
        let exporter = exporter.trim_end_matches('/');
        for account in &mut self.accounts {
            let endpoints = account.endpoints.iter_mut().flat_map(|endpoint| &mut endpoint.findings);
            for finding in account.findings.iter_mut().chain(endpoints) {
                let page = finding.runbook.trim_end_matches(".md");
                finding.runbook_url = Some(format!("{exporter}/{page}"));
            }
        }
    }
}

impl AccountStatus {
    /// Whether the account is known to pay by invoice.
    pub fn is_postpaid(&self) -> bool {
        self.billing_mode.as_ref().is_some_and(|mode| *mode == BillingMode::Postpaid)
    }

    /// The status of an account.
    pub fn new(account: &DiagnosedAccount, selection: Selection<'_>, tokens: TokensOf<'_>) -> Self {
        let DiagnosedAccount { snapshot: account, diagnosis } = account;
        let selected =
            account.endpoints.iter().filter(|endpoint| selection.includes(&endpoint.id, &endpoint.name));
        let mut endpoints: Vec<_> =
            selected.map(|endpoint| EndpointStatus::new(diagnosis, endpoint, tokens)).collect();
        endpoints.sort_by(|one, other| other.priority().total_cmp(&one.priority()));
        let everything = selection.is_everything();
        let mut pods: Vec<_> = account.pods.iter().map(|pod| PodStatus::new(diagnosis, pod)).collect();
        pods.retain(|_| everything);
        pods.sort_by(|one, other| {
            let cost = |pod: &PodStatus| pod.cost_dollars_per_hour.unwrap_or_default();
            other.worst().cmp(&one.worst()).then(cost(other).total_cmp(&cost(one)))
        });
        let mut clusters: Vec<_> = account.clusters.iter().map(ClusterStatus::new).collect();
        clusters.retain(|_| everything);
        clusters.sort_by(|one, other| {
            let cost = |cluster: &ClusterStatus| cluster.cost_dollars_per_hour.unwrap_or_default();
            cost(other).total_cmp(&cost(one))
        });
        let findings = worst_first(diagnosis, None, |subject| match subject {
            Subject::Account => true,
            Subject::Pod { .. } | Subject::Cluster { .. } => everything,
            Subject::Endpoint { .. } => false,
        });
        let of_endpoints = endpoints.iter().map(EndpointStatus::verdict);
        let own = own_verdict(account, &findings);
        let answered = account.answered();
        let verdict = if answered { Verdict::of_account(own, of_endpoints) } else { Verdict::Unknown };
        let money = account.account.as_ref();
        let credit = number(money.and_then(Account::credit));
        let spend = number(money.and_then(|money| money.spend));
        Self {
            account: account.name.to_string(),
            verdict,
            answered,
            taken: account.taken,
            errors: errors(account).collect(),
            balance_dollars: number(money.and_then(|money| money.balance)),
            billing_mode: money.and_then(|money| money.billing_mode.clone()),
            spend_dollars_per_hour: spend,
            spend_limit_dollars_per_hour: number(money.and_then(|money| money.spend_limit)),
            runway_hours: credit
                .zip(spend.filter(|spend| *spend > 0.0))
                .map(|(balance, spend)| (balance / spend).max(0.0)),
            collectors: account.collectors.iter().map(CollectorStatus::new).collect(),
            alerts: None,
            failures: failure::failures(account),
            findings,
            endpoints,
            pods,
            clusters,
        }
    }

    /// The name of a cluster; its id if the cluster is not listed.
    pub fn cluster_name<'a>(&'a self, id: &'a str) -> &'a str {
        let found = self.clusters.iter().find(|cluster| *cluster.id == *id);
        found.map_or(id, |cluster| &cluster.name)
    }

    /// All findings, worst first; symptoms last.
    pub fn all_findings(&self) -> Vec<&Finding> {
        let endpoints = self.endpoints.iter().flat_map(|endpoint| &endpoint.findings);
        let mut findings: Vec<_> = self.findings.iter().chain(endpoints).collect();
        findings.sort_by_key(|finding| urgency(finding));
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

/// A value without its unit, which the name of its field has.
fn number<U: Unit>(value: Option<U>) -> Option<f64> {
    value.map(U::number)
}

/// What could not be read, and why.
fn errors(account: &AccountSnapshot) -> impl Iterator<Item = String> {
    let failed = |report: &CollectorReport| {
        let RequestError { api, operation, peer, reason } = report.error.as_ref()?;
        let request = format!("{} {} at {peer}", api.as_str(), operation.as_str());
        let collector = report.collector;
        Some(format!("{}: {request}: {}", collector.as_str(), explained_for(collector, reason)))
    };
    account.collectors.iter().filter_map(failed)
}

/// The verdict on the account without its endpoints.
fn own_verdict(account: &AccountSnapshot, findings: &[Finding]) -> Verdict {
    let has_no_list = account.endpoints.is_empty()
        && account
            .collectors
            .iter()
            .any(|report| report.collector == Collector::Endpoints && report.error.is_some());
    if has_no_list {
        Verdict::Unhealthy // the endpoints could not be listed
    } else {
        match findings.iter().map(|finding| finding.impact).max().unwrap_or_default() {
            Impact::Stops => Verdict::Unhealthy,
            Impact::Delays => Verdict::Degraded,
            Impact::None => Verdict::Healthy,
        }
    }
}

/// The findings about these subjects: the cause, then others, then symptoms; each worst first.
fn worst_first(diagnosis: &Diagnosis, cause: Option<Name>, about: impl Fn(&Subject) -> bool) -> Vec<Finding> {
    let mut findings: Vec<_> =
        diagnosis.findings.iter().filter(|finding| about(&finding.subject)).cloned().collect();
    findings.sort_by_key(|finding| (Some(finding.name) != cause, urgency(finding)));
    findings
}

/// The order of findings: symptoms after those that need attention, and the worst first.
fn urgency(finding: &Finding) -> (bool, Reverse<Severity>) {
    (finding.is_symptom(), Reverse(finding.severity))
}
