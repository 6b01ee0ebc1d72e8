//! Whether an exporter on this machine has already read what a check would read.
//!
//! It has if it reads the same accounts: their endpoints or pods have the same ids, which are unique at Runpod. Names of accounts
//! and keys do not prove it: a demo has an account of the usual name, and a person rarely has the key of the exporter.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::report::{Account, Report};

/// Time from which an exporter has seen more than a check: by then, every state counts that has to last.
const WATCHED: Duration = Duration::from_mins(10);

/// Age from which data is too old to be used unless the exporter was named.
const OLD: SignedDuration = SignedDuration::from_mins(5);

/// What an exporter on this machine knows of the accounts that a check reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knowledge {
    /// It reads other accounts.
    Other,
    /// It reads the same accounts, but was started a moment ago, or nobody scrapes it.
    Less,
    /// It has watched the same accounts for long enough.
    More,
}

/// What the exporter with this report knows of the accounts of `own`.
pub(super) fn knowledge(exporter: &Report, own: &Report, now: Timestamp) -> Knowledge {
    let is_recent = |account: &Account| account.taken.is_some_and(|taken| now.duration_since(taken) <= OLD);
    let others = |account: &Account| {
        let ids = ids(account);
        let same = exporter.accounts.iter().filter(move |other| !ids.is_disjoint(&self::ids(other)));
        same.map(is_recent).collect::<Vec<_>>()
    };
    let known: Vec<Vec<bool>> = own.accounts.iter().map(others).collect();
    if known.is_empty() || known.iter().any(Vec::is_empty) {
        Knowledge::Other
    } else if exporter.running_seconds.is_some_and(|running| running >= WATCHED.as_secs_f64())
        && known.iter().flatten().all(|recent| *recent)
    {
        Knowledge::More
    } else {
        Knowledge::Less
    }
}

/// The ids of the endpoints and pods of an account.
fn ids(account: &Account) -> BTreeSet<&str> {
    let endpoints = account.endpoints.iter().map(|endpoint| endpoint.id.as_str());
    endpoints.chain(account.pods.iter().map(|pod| pod.id.as_str())).collect()
}

/// The accounts of `own` that the exporter reads: the name under which it knows each, and the configured name.
pub(super) fn names(exporter: &Report, own: &Report) -> Vec<(String, String)> {
    let configured = |other: &Account| {
        let ids = ids(other);
        let mut same = own.accounts.iter().filter(|account| !ids.is_disjoint(&self::ids(account)));
        Some((other.name.clone(), same.next()?.name.clone()))
    };
    exporter.accounts.iter().filter_map(configured).collect()
}

#[cfg(test)]
mod tests {
    use super::super::report::{Endpoint, Pod};
    use super::*;

    fn account(name: &str, endpoints: &[&str], pods: &[&str]) -> Account {
        let taken = Some("2026-11-22T12:00:00Z".parse().unwrap());
        let endpoints = endpoints.iter().map(|id| Endpoint { id: (*id).to_owned(), ..Endpoint::default() });
        let pods = pods.iter().map(|id| Pod { id: (*id).to_owned(), ..Pod::default() });
        Account {
            name: name.to_owned(),
            taken,
            endpoints: endpoints.collect(),
            pods: pods.collect(),
            ..Account::default()
        }
    }

    #[test]
    fn the_same_ids_are_the_same_account() {
        let now = "2026-11-22T12:01:00Z".parse().unwrap();
        let report =
            |running, accounts| Report { running_seconds: Some(running), accounts, ..Report::default() };
        let exporter = report(600.0, vec![account("prod", &["e1", "e2"], &[]), account("dev", &[], &["p1"])]);
        for (own, known) in [
            (vec![account("default", &["e2"], &[])], Knowledge::More),
            (vec![account("default", &["e2"], &[]), account("other", &[], &["p1", "p2"])], Knowledge::More),
            (vec![account("prod", &["e3"], &[])], Knowledge::Other),
            (vec![account("prod", &["e1"], &[]), account("x", &["e3"], &[])], Knowledge::Other),
            (vec![account("prod", &[], &[])], Knowledge::Other),
            (Vec::new(), Knowledge::Other),
        ] {
            assert_eq!(knowledge(&exporter, &report(0.0, own.clone()), now), known, "{own:?}");
        }
        let own = report(0.0, vec![account("default", &["e2"], &[])]);
        assert_eq!(names(&exporter, &own), [("prod".to_owned(), "default".to_owned())]);
        let young = report(599.0, exporter.accounts.clone());
        assert_eq!(knowledge(&young, &own, now), Knowledge::Less, "it has seen less");
        let later = "2026-11-22T12:10:00Z".parse().unwrap();
        assert_eq!(knowledge(&exporter, &own, later), Knowledge::Less, "nobody scrapes it");
    }
}
