//! The checks of an account.

use std::time::Duration;

use jiff::SignedDuration;
use runpod::{Api, Operation, QuotaWindow, Reason, RequestError};
use runpod_exporter::testing::diagnosis::{Diagnosis, History, Name, Severity};
use runpod_exporter::testing::settings::Collector;
use runpod_exporter::testing::snapshot::{
    ApiReport, BillingMode, CollectorReport, Count, Dollars, DollarsPerHour, Parts, Provenance, Workers,
};

use super::{finding, names, once, seen, severity, well, with, with_history};
use crate::support::noon;

fn money(balance: f64, spend: f64, limit: f64) -> Diagnosis {
    let mut account = well();
    let money = account.account.as_mut().unwrap();
    (money.balance, money.spend, money.spend_limit) =
        (Some(Dollars(balance)), Some(DollarsPerHour(spend)), Some(DollarsPerHour(limit)));
    once(account)
}

fn failing(collector: Collector, reason: Reason, minutes_ago: i64) -> Diagnosis {
    let error = RequestError { api: Api::Rest, operation: Operation::Billing, peer: "peer".into(), reason };
    let read = noon() - SignedDuration::from_mins(minutes_ago);
    let mut account = well();
    account.collectors = vec![CollectorReport {
        parts: Parts::default(),
        collector,
        error: Some(error),
        answered: false,
        duration: Duration::ZERO,
        last_success: None,
        source: Some(Provenance { api: Api::Rest, read }),
    }];
    once(account)
}

#[test]
fn a_key_that_may_not_read_metrics_is_not_rejected() {
    let found = |key_rejected: Option<bool>, metrics_key_rejected: Option<bool>| {
        let mut account = well();
        let api = Api::Jobs;
        account.apis = vec![ApiReport {
            api,
            retired: None,
            key_rejected,
            metrics_key_rejected,
            unsupported_fields: None,
        }];
        names(&once(account))
    };
    let nothing: [&str; 0] = [];
    assert_eq!(found(None, None), nothing);
    assert_eq!(found(Some(false), Some(false)), nothing);
    assert_eq!(found(Some(true), None), ["key_rejected"]);
    assert_eq!(found(Some(false), Some(true)), ["metrics_key_rejected"]);
    assert_eq!(found(None, Some(true)), ["metrics_key_rejected"]);
    assert_eq!(found(Some(true), Some(true)), ["key_rejected"], "one cause");
}

#[test]
fn the_runway_counts_at_its_threshold_and_below() {
    let runway = |balance| severity(&money(balance, 2.0, 80.0), Name::BalanceRunwayShort);
    let warning = Some(Severity::Warning);
    let critical = Some(Severity::Critical);
    assert_eq!(
        [48.1, 48.0, 8.1, 8.0, 0.1, 0.0].map(runway),
        [None, warning, warning, critical, critical, None]
    );
    assert_eq!(names(&money(1.0, 0.0, 80.0)), <[&str; 0]>::default(), "without spend, the balance lasts");
}

#[test]
fn an_account_without_a_balance_may_be_postpaid() {
    let postpaid = money(0.0, 2.0, 80.0);
    let found = finding(&postpaid, Name::BalanceGone).unwrap();
    assert_eq!(found.message, "balance $0.00; it has not been above 0 since the exporter was started");
    assert_eq!(found.recommendations, ["Add credit. If the account is post-paid, ignore this."]);
    let mut account = well();
    let money = account.account.as_mut().unwrap();
    (money.balance, money.billing_mode) = (Some(Dollars(0.0)), Some(BillingMode::Prepaid.into()));
    let brief = with_history(History::brief(), [(0, account)]);
    let found = finding(&brief, Name::BalanceGone).unwrap();
    assert_eq!(found.message, "balance $0.00; whether it was above 0 before is unknown");
    assert_eq!(found.recommendations, ["Add credit: without a balance, Runpod runs nothing."]);
}

/// Runpod reports any amount, and stops nothing.
#[test]
fn the_balance_of_a_postpaid_account_is_no_finding() {
    for balance in [1.0, 0.0, -50.0] {
        let paying = |mode: BillingMode| {
            let mut account = well();
            let money = account.account.as_mut().unwrap();
            (money.balance, money.spend) = (Some(Dollars(balance)), Some(DollarsPerHour(2.0)));
            money.billing_mode = Some(mode.into());
            once(account)
        };
        for name in [Name::BalanceGone, Name::BalanceRunwayShort] {
            assert!(finding(&paying(BillingMode::Postpaid), name).is_none(), "{name:?} at {balance}");
        }
        let name = if balance > 0.0 { Name::BalanceRunwayShort } else { Name::BalanceGone };
        assert!(finding(&paying(BillingMode::Prepaid), name).is_some(), "{name:?} at {balance}");
    }
}

#[test]
fn a_retired_api_is_named() {
    let mut account = well();
    let report = |api, retired| ApiReport {
        api,
        retired,
        key_rejected: None,
        metrics_key_rejected: None,
        unsupported_fields: None,
    };
    account.apis = vec![report(Api::Graphql, Some(true)), report(Api::Rest, Some(false))];
    let account = once(account);
    let found = finding(&account, Name::ApiRetired).unwrap();
    assert_eq!(found.message, "retired by Runpod (410 Gone): graphql");
    // Its page is served by the exporter; a path in the repository is not.
    assert!(found.recommendations.concat().contains("/docs/apis.md of the exporter"), "{found:?}");
}

#[test]
fn the_spend_limit_is_near_at_four_fifths() {
    let spend = |spend| severity(&money(10_000.0, spend, 80.0), Name::SpendNearLimit);
    assert_eq!([63.9, 64.0, 76.0].map(spend), [None, Some(Severity::Warning), Some(Severity::Critical)]);
}

#[test]
fn a_rejected_key_and_a_rate_limited_api_are_found() {
    let limited = Reason::RateLimited { retry_after: None };
    let account = failing(Collector::Pods, limited, 0);
    assert_eq!(names(&account), ["api_rationed"]);
    assert_eq!(account.findings[0].message, "REST v2 rejects requests as too many (429): pods");
    assert!(account.findings[0].recommendations.concat().contains("--runpod.rest-quota-share"));
    assert_eq!(names(&failing(Collector::Pods, Reason::NotFound, 0)), <[&str; 0]>::default());
}

#[test]
fn a_quota_that_is_nearly_used_up_is_found() {
    let left = |remaining| {
        let mut account = well();
        let name = "minute".to_owned();
        account.quota = vec![QuotaWindow { name, limit: Some(100.0), remaining }];
        once(account)
    };
    assert_eq!(names(&left(Some(11.0))), <[&str; 0]>::default());
    assert_eq!(names(&left(None)), <[&str; 0]>::default());
    let account = left(Some(10.0));
    assert_eq!(account.findings[0].message, "10 of 100 requests left in the minute window (10%)");
}

#[test]
fn a_retired_api_is_found() {
    let retired = |retired| {
        let mut account = well();
        account.apis = vec![ApiReport {
            api: Api::Graphql,
            retired,
            key_rejected: None,
            metrics_key_rejected: None,
            unsupported_fields: None,
        }];
        once(account)
    };
    assert_eq!(names(&retired(Some(true))), ["api_retired"]);
    assert_eq!(names(&retired(Some(false))), <[&str; 0]>::default());
    assert_eq!(names(&retired(None)), <[&str; 0]>::default());
}

#[test]
fn data_that_cannot_be_read_is_old_after_a_while() {
    let timeout = || Reason::Timeout { after: Duration::from_secs(10) };
    assert_eq!(names(&failing(Collector::Health, timeout(), 14)), <[&str; 0]>::default());
    assert_eq!(names(&failing(Collector::Health, timeout(), 15)), ["data_old"]);
    assert_eq!(names(&failing(Collector::Workers, timeout(), 179)), <[&str; 0]>::default());
    assert_eq!(names(&failing(Collector::Billing, timeout(), 179)), <[&str; 0]>::default());
    assert_eq!(names(&failing(Collector::Billing, timeout(), 180)), ["data_old"]);
}

#[test]
fn a_balance_that_is_used_up_explains_why_no_worker_starts() {
    let with_balance = |balance| {
        let mut account = with(|endpoint| {
            endpoint.load.queue_depth = Some(Count(20.0));
            endpoint.load.workers = Workers { ready: Some(Count(0.0)), ..Workers::default() };
        });
        account.account.as_mut().unwrap().balance = Some(Dollars(balance));
        account.account.as_mut().unwrap().spend = Some(DollarsPerHour(0.0));
        account
    };
    let gone = seen([(0, with_balance(3.0)), (60, with_balance(0.0)), (120, with_balance(-0.5))]);
    assert_eq!(severity(&gone, Name::BalanceGone), Some(Severity::Critical));
    assert_eq!(finding(&gone, Name::BalanceGone).unwrap().message, "balance -$0.50");
    assert_eq!(severity(&gone, Name::BalanceRunwayShort), None);
    assert_eq!(gone.causes["e1"], Name::BalanceGone);
    let own = gone.findings.iter().filter(|finding| !finding.is_symptom());
    assert_eq!(own.map(|finding| finding.name).collect::<Vec<_>>(), [Name::BalanceGone]);
    let afterwards = once(with_balance(0.0));
    assert_eq!(severity(&afterwards, Name::BalanceGone), Some(Severity::Info), "it may be billed afterwards");
}
