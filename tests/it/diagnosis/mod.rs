//! Which findings a snapshot has, with snapshots and times made by hand.

mod accounts;
mod clusters;
mod endpoints;
mod explanation;
mod jobs;
mod pods;
mod scenes;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use runpod_exporter::testing::diagnosis::{
    Diagnosis, Finding, Health, History, Moment, Name, Severity, diagnose,
};
use runpod_exporter::testing::settings::{LevelOverrides, Signal, Thresholds};
use runpod_exporter::testing::snapshot::{
    Account, AccountSnapshot, Count, Dollars, DollarsPerHour, Endpoint, EndpointState, JobTotal, OrOther,
    Workers,
};

use crate::support::{full, noon};

/// An account without problems.
fn well() -> AccountSnapshot {
    let full = Arc::unwrap_or_clone(full().accounts.remove(0)).snapshot;
    let money = Account {
        balance: Some(Dollars(100.0)),
        spend: Some(DollarsPerHour(1.0)),
        spend_limit: Some(DollarsPerHour(80.0)),
        ..Account::default()
    };
    AccountSnapshot {
        collectors: Vec::new(),
        apis: Vec::new(),
        quota: Vec::new(),
        pods: Vec::new(),
        clusters: Vec::new(),
        account: Some(money),
        endpoints: vec![endpoint()],
        ..full
    }
}

/// An endpoint without problems.
fn endpoint() -> Endpoint {
    let mut endpoint =
        Endpoint { id: "e1".into(), name: "one".into(), up: Some(true), ..Endpoint::default() };
    endpoint.facts.status = Some(EndpointState::Ready.into());
    endpoint.facts.workers_min = Some(Count(1.0));
    endpoint.facts.workers_max = Some(Count(3.0));
    endpoint.facts.workers_standby = Some(Count(1.0));
    endpoint.load.queue_depth = Some(Count(0.0));
    endpoint.load.in_progress = Some(Count(0.0));
    endpoint.load.workers = Workers {
        ready: Some(Count(1.0)),
        running: Some(Count(0.0)),
        idle: Some(Count(1.0)),
        initializing: Some(Count(0.0)),
        throttled: Some(Count(0.0)),
        unhealthy: Some(Count(0.0)),
        pending: None,
    };
    totals(&mut endpoint, 100.0, 0.0, 0.0);
    endpoint
}

fn totals(endpoint: &mut Endpoint, completed: f64, failed: f64, retried: f64) {
    let totals: std::collections::BTreeMap<_, _> = [
        (JobTotal::Completed, Count(completed)),
        (JobTotal::Failed, Count(failed)),
        (JobTotal::Retried, Count(retried)),
    ]
    .into();
    endpoint.load.totals.clone_from(&totals);
    endpoint.requests = totals;
}

/// Thresholds of the latency, which notifies only where it is configured: 5 and 10 seconds.
fn latency_threshold() -> Arc<Thresholds> {
    let levels = LevelOverrides { warning: Some(5.0), critical: Some(10.0) };
    Arc::new(Thresholds::new([(Signal::LatencyP95, levels)].into(), Vec::new()).unwrap())
}

/// The account with one of its endpoints changed.
fn with(change: impl FnOnce(&mut Endpoint)) -> AccountSnapshot {
    let mut account = well();
    change(&mut account.endpoints[0]);
    account
}

/// The diagnosis at the last of these samples, with their times in seconds.
fn seen(samples: impl IntoIterator<Item = (u64, AccountSnapshot)>) -> Diagnosis {
    with_history(History::default(), samples)
}

fn with_history(
    mut history: History,
    samples: impl IntoIterator<Item = (u64, AccountSnapshot)>,
) -> Diagnosis {
    let mut last = Diagnosis::default();
    for (at, mut account) in samples {
        let elapsed = Duration::from_secs(at);
        let now = noon() + SignedDuration::try_from(elapsed).unwrap();
        for endpoint in &mut account.endpoints {
            endpoint.load_read = Some(now);
        }
        history.record(&account, elapsed);
        last = diagnose(&account, &history, Moment { now, elapsed });
        history.remember(&last.findings, elapsed);
    }
    last
}

/// The diagnosis of a single sample.
fn once(account: AccountSnapshot) -> Diagnosis {
    seen([(0, account)])
}

/// The diagnosis of an account that stays the same for this number of minutes.
fn staying(minutes: u64, account: &AccountSnapshot) -> Diagnosis {
    seen((0..=minutes).map(|minute| (minute * 60, account.clone())))
}

fn finding(diagnosis: &Diagnosis, name: Name) -> Option<&Finding> {
    diagnosis.findings.iter().find(|finding| finding.name == name)
}

fn severity(diagnosis: &Diagnosis, name: Name) -> Option<Severity> {
    finding(diagnosis, name).map(|finding| finding.severity)
}

fn names(diagnosis: &Diagnosis) -> Vec<&'static str> {
    diagnosis.findings.iter().map(|finding| finding.name.as_str()).collect()
}

fn health(diagnosis: &Diagnosis) -> Option<Health> {
    diagnosis.health.get("e1").copied()
}

#[test]
fn an_account_without_problems_has_no_findings() {
    let account = staying(60, &well());
    assert_eq!(names(&account), <[&str; 0]>::default());
    assert_eq!(health(&account), Some(Health::Healthy));
}

#[test]
fn an_account_about_which_nothing_is_known_has_no_findings() {
    let mut account = well();
    account.account = Some(Account::default());
    account.endpoints = vec![Endpoint { id: "e1".into(), ..Endpoint::default() }];
    let account = staying(60, &account);
    assert_eq!(names(&account), <[&str; 0]>::default());
    assert_eq!(health(&account), None);
}

#[test]
fn another_status_is_not_healthy() {
    let account = once(with(|endpoint| endpoint.facts.status = Some(OrOther::Other("updating".to_owned()))));
    assert_eq!((names(&account).len(), health(&account)), (0, Some(Health::Degraded)));
}
