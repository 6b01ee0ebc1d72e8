//! Whether an exporter on this machine has already read what a check would read.
//!
//! It has if it reads the same accounts: their endpoints or pods have the same ids, which are unique at Runpod. Names of accounts
//! and keys are no proof: a demo has an account of the usual name, and a person rarely has the key of the exporter.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::report::{Account, Report};

/// Age from which data is too old to be used unless the exporter was named.
const OLD: SignedDuration = SignedDuration::from_mins(5);

/// Whether the exporter with this report has read the accounts of `own` recently, and has watched them for longer than `watched`.
pub(super) fn knows_more(exporter: &Report, own: &Report, watched: Duration, now: Timestamp) -> bool {
    let is_recent = |account: &Account| account.taken.is_some_and(|taken| now.duration_since(taken) <= OLD);
    let same = |account: &Account| {
        let ids = ids(account);
        exporter.accounts.iter().any(|other| is_recent(other) && !ids.is_disjoint(&self::ids(other)))
    };
    exporter.running_seconds > watched.as_secs_f64()
        && !own.accounts.is_empty()
        && own.accounts.iter().all(same)
}

/// The ids of the endpoints and pods of an account.
fn ids(account: &Account) -> BTreeSet<&str> {
    let endpoints = account.endpoints.iter().map(|endpoint| endpoint.id.as_str());
    endpoints.chain(account.pods.iter().map(|pod| pod.id.as_str())).collect()
}

/// The names under which the exporter knows the accounts of `own`.
pub(super) fn names(exporter: &Report, own: &Report) -> Vec<String> {
    let known = |other: &&Account| own.accounts.iter().any(|account| !ids(account).is_disjoint(&ids(other)));
    exporter.accounts.iter().filter(known).map(|account| account.name.clone()).collect()
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
        let report = |running_seconds, accounts| Report { running_seconds, accounts, ..Report::default() };
        let exporter = report(60.0, vec![account("prod", &["e1", "e2"], &[]), account("dev", &[], &["p1"])]);
        let watched = Duration::from_secs(15);
        for (own, same) in [
            (vec![account("default", &["e2"], &[])], true),
            (vec![account("default", &["e2"], &[]), account("other", &[], &["p1", "p2"])], true),
            (vec![account("prod", &["e3"], &[])], false),
            (vec![account("prod", &["e1"], &[]), account("x", &["e3"], &[])], false),
            (vec![account("prod", &[], &[])], false),
            (Vec::new(), false),
        ] {
            assert_eq!(knows_more(&exporter, &report(0.0, own.clone()), watched, now), same, "{own:?}");
        }
        let own = report(0.0, vec![account("default", &["e2"], &[])]);
        assert_eq!(names(&exporter, &own), ["prod"]);
        let young = report(5.0, exporter.accounts.clone());
        assert!(!knows_more(&young, &own, watched, now), "it has seen less");
        let later = "2026-11-22T12:10:00Z".parse().unwrap();
        assert!(!knows_more(&exporter, &own, watched, later), "nobody scrapes it");
    }
}
