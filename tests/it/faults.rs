//! Faults of the upstream: the failed part is missing and reported, everything else is complete.

use std::time::Duration;

use runpod_simulator::Options;

use crate::support::{Exposition, Upstream, default_collectors};

/// Each fault, and the outcome that is counted for it.
const FAULTS: [(&str, &str); 14] = [
    ("unauthorized", "unauthorized"),
    ("front-door", "forbidden"),
    ("forbidden", "forbidden"),
    ("not-found", "not_found"),
    ("gone", "retired"),
    ("rate-limited(7)", "rate_limited"),
    ("bad-gateway", "server_error"),
    ("hang", "timeout"),
    ("truncated", "decode"),
    ("garbage", "decode"),
    ("reset", "connect"),
    ("reset-body", "connect"),
    ("endless", "too_large"),
    ("echo-key", "server_error"),
];

/// Faults that only GraphQL has.
const GRAPHQL_FAULTS: [(&str, &str); 3] =
    [("partial-errors", "graphql_error"), ("null-data", "graphql_error"), ("no-identity", "unauthorized")];

/// Short, because some faults take all of it, but long enough for a busy machine to read the other 49 endpoints.
const PATIENCE: f64 = 2.0;

async fn fifty() -> Upstream {
    Upstream::start(Options { endpoints: 50, ..Options::default() }).await
}

fn outcomes(page: &Exposition, api: &str, outcome: &str) -> f64 {
    page.sum("runpod_api_requests_total", &[&format!("api=\"{api}\""), &format!("outcome=\"{outcome}\"")])
}

fn success(page: &Exposition, collector: &str) -> Option<f64> {
    page.value("runpod_collector_success", &[&format!("collector=\"{collector}\"")])
}

/// Whether the fault lasts until the deadline.
fn takes_all_the_time(fault: &str) -> f64 {
    f64::from(fault == "hang")
}

#[tokio::test]
async fn one_failing_endpoint_does_not_affect_the_other_49() {
    for (fault, outcome) in FAULTS {
        let upstream = fifty().await;
        let exporter = upstream.exporter().await;
        exporter.scrape().await;
        let ids = upstream.ids();
        upstream.fault(&format!("health:{}={fault}", ids[7]));
        let page = exporter.scrape_within(PATIENCE).await;
        for (n, id) in ids.iter().enumerate() {
            let id = format!("endpoint_id=\"{id}\"");
            let well = n != 7;
            // While the server requests a pause, the last response is exported.
            let shown = well || outcome == "rate_limited";
            assert_eq!(page.value("runpod_endpoint_up", &[&id]), Some(f64::from(well)), "{fault}: {id}");
            assert_eq!(page.count("runpod_queue_depth", &[&id]), usize::from(shown), "{fault}: {id}");
            for totals in ["runpod_requests_total", "runpod_reported_requests"] {
                assert_eq!(page.count(totals, &[&id]), if shown { 3 } else { 0 }, "{fault}");
            }
            assert_eq!(page.count("runpod_endpoint_info", &[&id]), 1, "{fault}: its configuration is known");
        }
        for collector in ["endpoints", "pods", "account"] {
            assert_eq!(success(&page, collector), Some(1.0), "{fault}: {collector}");
        }
        assert_eq!(success(&page, "health"), Some(0.0), "{fault}: one of its parts failed");
        let parts = |outcome: &str| {
            page.value("runpod_collector_parts", &["collector=\"health\"", &format!("outcome=\"{outcome}\"")])
        };
        assert_eq!((parts("ok"), parts(outcome)), (Some(49.0), Some(1.0)), "{fault}");
        assert!(outcomes(&page, "jobs", outcome) >= 1.0, "{fault}: not counted as {outcome}");
        assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(takes_all_the_time(fault)), "{fault}");
        upstream.recover();
        assert_eq!(exporter.scrape().await.sum("runpod_endpoint_up", &[]), 50.0, "{fault}: it is over");
    }
}

#[tokio::test]
async fn a_failing_job_api_affects_only_the_load() {
    for (fault, outcome) in FAULTS {
        let upstream = fifty().await;
        let exporter = upstream.exporter().await;
        let before = exporter.scrape().await;
        upstream.fault(&format!("jobs={fault}"));
        let page = exporter.scrape_within(PATIENCE).await;
        assert_eq!(page.count("runpod_endpoint_up", &[]), 50, "{fault}");
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 0.0, "{fault}");
        let shown = if outcome == "rate_limited" { 50 } else { 0 };
        assert_eq!(page.count("runpod_queue_depth", &[]), shown, "{fault}");
        assert_eq!(success(&page, "health"), Some(0.0), "{fault}");
        for family in [
            "runpod_endpoint_info",
            "runpod_workers_max",
            "runpod_pod_info",
            "runpod_account_balance_dollars",
        ] {
            assert_eq!(page.count(family, &[]), before.count(family, &[]), "{fault}: {family}");
        }
        for collector in ["endpoints", "pods", "account"] {
            assert_eq!(success(&page, collector), Some(1.0), "{fault}: {collector}");
        }
        assert!(outcomes(&page, "jobs", outcome) >= 50.0, "{fault}: not counted as {outcome}");
        assert_eq!(page.value("runpod_up", &[]), Some(1.0), "{fault}");
    }
}

#[tokio::test]
async fn a_failing_graphql_api_affects_only_its_own_data() {
    for (fault, outcome) in FAULTS.into_iter().chain(GRAPHQL_FAULTS) {
        let upstream = fifty().await;
        let exporter = upstream.exporter().await;
        exporter.scrape().await;
        upstream.fault(&format!("graphql={fault}"));
        let page = exporter.scrape_within(PATIENCE).await;
        // REST is the fallback for a retired or forbidden API. During a pause, the last response is exported.
        let steps_in = ["retired", "forbidden"].contains(&outcome) && fault != "front-door";
        for collector in ["endpoints", "pods", "account"] {
            assert_eq!(success(&page, collector), Some(f64::from(steps_in)), "{fault}: {collector}");
        }
        assert_eq!(success(&page, "health"), Some(1.0), "{fault}");
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 50.0, "{fault}: the queue is not blind");
        assert_eq!(page.count("runpod_queue_depth", &[]), 50, "{fault}");
        assert!(outcomes(&page, "graphql", outcome) >= 3.0, "{fault}: not counted as {outcome}");
        let retired = page.value("runpod_api_retired", &["api=\"graphql\""]);
        assert_eq!(retired, Some(f64::from(fault == "gone")), "{fault}");
        let shown = steps_in || outcome == "rate_limited";
        if fault != "partial-errors" {
            let pods = if shown { 8 } else { 0 };
            assert_eq!(page.count("runpod_pod_info", &[]), pods, "{fault}");
            assert_eq!(page.count("runpod_account_balance_dollars", &[]), usize::from(shown), "{fault}");
        }
        upstream.recover();
        let page = exporter.scrape().await;
        assert_eq!(page.sum("runpod_collector_success", &[]), default_collectors(), "{fault}: it is over");
        assert_eq!(page.value("runpod_api_retired", &["api=\"graphql\""]), Some(0.0), "{fault}: it is over");
    }
}

#[tokio::test]
async fn partial_data_is_used() {
    let upstream = fifty().await;
    let exporter = upstream.exporter().await;
    let before = exporter.scrape().await;
    upstream.fault("Pods=partial-errors");
    let page = exporter.scrape().await;
    assert_eq!(success(&page, "pods"), Some(0.0));
    let (some, all) = (page.sum("runpod_pod_info", &[]), before.sum("runpod_pod_info", &[]));
    assert!(some > 0.0 && some <= all, "{some} of {all} pods");
}

#[tokio::test]
async fn one_failing_document_does_not_affect_others() {
    for (operation, collector) in [("Account", "account"), ("Pods", "pods")] {
        let upstream = fifty().await;
        let exporter = upstream.exporter().await;
        exporter.scrape().await;
        upstream.fault(&format!("{operation}=bad-gateway"));
        let page = exporter.scrape_within(PATIENCE).await;
        for other in ["endpoints", "health", "pods", "account"] {
            assert_eq!(success(&page, other), Some(f64::from(other != collector)), "{operation}: {other}");
        }
    }
}

/// A failure that a retry fixes is visible only in the request counters.
#[tokio::test]
async fn a_temporary_failure_is_retried_once() {
    for fault in ["bad-gateway*1", "reset*1", "reset-body*1"] {
        let upstream = fifty().await;
        let exporter = upstream.exporter().await;
        exporter.scrape().await;
        upstream.fault(&format!("Account={fault}"));
        upstream.simulator.traffic().reset();
        let page = exporter.scrape().await;
        assert_eq!(success(&page, "account"), Some(1.0), "{fault}");
        assert_eq!(upstream.simulator.traffic().report().graphql.operations["Account"], 2, "{fault}");
    }
}

/// At most one retry, and none if the server requests a pause beyond the deadline.
#[tokio::test]
async fn a_lasting_failure_is_retried_only_once() {
    for (fault, tries) in [
        ("bad-gateway", 2),
        ("reset", 2),
        ("reset-body", 2),
        ("rate-limited(7)", 1),
        ("unauthorized", 1),
        ("garbage", 1),
    ] {
        let upstream = fifty().await;
        let exporter = upstream.exporter().await;
        exporter.scrape().await;
        upstream.fault(&format!("Account={fault}"));
        upstream.simulator.traffic().reset();
        exporter.scrape_within(2.0).await;
        assert_eq!(upstream.simulator.traffic().report().graphql.operations["Account"], tries, "{fault}");
    }
}

/// A slow upstream is not a failure before the deadline.
#[tokio::test]
async fn a_delay_is_not_a_failure() {
    let upstream =
        Upstream::start(Options { endpoints: 50, delay: Duration::from_millis(200), ..Options::default() })
            .await;
    let exporter = upstream.exporter().await;
    let page = exporter.scrape().await;
    assert_eq!(page.sum("runpod_endpoint_up", &[]), 50.0);
    assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(0.0));
}
