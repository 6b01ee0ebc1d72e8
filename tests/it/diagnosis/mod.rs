//! What is found in which snapshot, and what is not. Snapshots are made by hand, and so is the time that passes.

mod accounts;
mod check;
mod endpoints;
mod jobs;
mod pods;
mod scenes;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use runpod_exporter::diagnosis::{Finding, Health, History, Moment, Name, Severity, diagnose};
use runpod_exporter::snapshot::{Account, AccountSnapshot, Endpoint, Snapshot, Workers};

use crate::support::{full, noon};

/// An account in which nothing is wrong.
fn well() -> AccountSnapshot {
    let Snapshot { accounts, .. } = full();
    let full = Arc::unwrap_or_clone(accounts.into_iter().next().unwrap());
    let (collectors, apis, quota, pods) = Default::default();
    let money =
        Account { balance: Some(100.0), spend: Some(1.0), spend_limit: Some(80.0), ..Account::default() };
    AccountSnapshot {
        collectors,
        apis,
        quota,
        pods,
        account: Some(money),
        endpoints: vec![endpoint()],
        ..full
    }
}

/// An endpoint in which nothing is wrong.
fn endpoint() -> Endpoint {
    let mut endpoint =
        Endpoint { id: "e1".to_owned(), name: "one".to_owned(), up: Some(true), ..Endpoint::default() };
    endpoint.facts.status = Some("ready".to_owned());
    endpoint.facts.workers_min = Some(1.0);
    endpoint.facts.workers_max = Some(3.0);
    endpoint.facts.workers_standby = Some(1.0);
    endpoint.load.queue_depth = Some(0.0);
    endpoint.load.in_progress = Some(0.0);
    endpoint.load.workers = Workers {
        ready: Some(1.0),
        running: Some(0.0),
        idle: Some(1.0),
        initializing: Some(0.0),
        throttled: Some(0.0),
        unhealthy: Some(0.0),
        pending: None,
    };
    totals(&mut endpoint, 100.0, 0.0, 0.0);
    endpoint
}

fn totals(endpoint: &mut Endpoint, completed: f64, failed: f64, retried: f64) {
    let totals: std::collections::BTreeMap<_, _> =
        [("completed", completed), ("failed", failed), ("retried", retried)].into();
    endpoint.load.totals.clone_from(&totals);
    endpoint.requests = totals;
}

/// The account with one of its endpoints changed.
fn with(change: impl FnOnce(&mut Endpoint)) -> AccountSnapshot {
    let mut account = well();
    change(&mut account.endpoints[0]);
    account
}

/// What an account is found to be, looked at again and again, so many seconds after the beginning each time.
fn seen(looks: impl IntoIterator<Item = (u64, AccountSnapshot)>) -> AccountSnapshot {
    let mut history = History::default();
    let mut last = well();
    for (at, account) in looks {
        let elapsed = Duration::from_secs(at);
        let now = noon() + SignedDuration::try_from(elapsed).unwrap();
        last = account;
        for endpoint in &mut last.endpoints {
            endpoint.load_read = Some(now);
        }
        history.note(&last, elapsed);
        diagnose(&mut last, &history, Moment { now, elapsed });
    }
    last
}

/// What is found at one look.
fn once(account: AccountSnapshot) -> AccountSnapshot {
    seen([(0, account)])
}

/// What is found where it stays like this for so many minutes.
fn staying(minutes: u64, account: &AccountSnapshot) -> AccountSnapshot {
    seen((0..=minutes).map(|minute| (minute * 60, account.clone())))
}

fn finding(account: &AccountSnapshot, name: Name) -> Option<&Finding> {
    account.findings.iter().find(|finding| finding.name == name)
}

fn severity(account: &AccountSnapshot, name: Name) -> Option<Severity> {
    finding(account, name).map(|finding| finding.severity)
}

fn names(account: &AccountSnapshot) -> Vec<&'static str> {
    account.findings.iter().map(|finding| finding.name.as_str()).collect()
}

fn health(account: &AccountSnapshot) -> Option<Health> {
    account.health.get("e1").copied()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let account = staying(60, &well());
    assert_eq!(names(&account), <[&str; 0]>::default());
    assert_eq!(health(&account), Some(Health::Healthy));
}

#[test]
fn nothing_is_found_where_nothing_is_known() {
    let mut account = well();
    account.account = Some(Account::default());
    account.endpoints = vec![Endpoint { id: "e1".to_owned(), ..Endpoint::default() }];
    let account = staying(60, &account);
    assert_eq!(names(&account), <[&str; 0]>::default());
    assert_eq!(health(&account), None);
}

#[test]
fn another_status_is_not_healthy() {
    let account = once(with(|endpoint| endpoint.facts.status = Some("updating".to_owned())));
    assert_eq!((names(&account).len(), health(&account)), (0, Some(Health::Degraded)));
}
