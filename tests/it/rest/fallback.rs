//! GraphQL is retired while the exporter runs: the series that stay, and those that are removed.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use clock::ManualClock;
use jiff::SignedDuration;
use runpod::Urls;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::{Api, Options, Shape};
use serde_json::{Value, json};

use crate::support::{Exporter, Exposition, Upstream, account, fixture, noon, stub};

/// The families that only GraphQL provides.
const GRAPHQL_ALONE: [&str; 8] = [
    "runpod_account_serverless_discount_ratio",
    "runpod_account_spend_component_dollars_per_hour",
    "runpod_endpoint_cost_dollars_per_hour",
    "runpod_pod_gpu_power_watts",
    "runpod_pod_gpu_temperature_celsius",
    "runpod_savings_plan_end_timestamp_seconds",
    "runpod_savings_plan_info",
    "runpod_workers_standby",
];

async fn everything(upstream: &Upstream) -> Exporter {
    let collectors =
        Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Host).collect();
    let reading = Reading { collectors, ..Reading::default() };
    let account = Account { reading, ..account(upstream.address) };
    Exporter::start(account, Arc::new(upstream.clock.clone())).await
}

fn families(page: &Exposition) -> BTreeSet<String> {
    page.names().into_iter().filter(|name| name.starts_with("runpod_")).map(str::to_owned).collect()
}

#[tokio::test]
async fn series_with_a_fallback_stay() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = everything(&upstream).await;
    exporter.scrape().await;
    let mut before = exporter.scrape().await;
    // The logs are followed outside of scrapes, with what the first lists leave of the quota of a minute.
    while before.count("runpod_collector_data_timestamp_seconds", &["collector=\"logs\""]) == 0 {
        upstream.clock.advance(SignedDuration::from_secs(10));
        before = exporter.scrape().await;
    }
    upstream.fault("graphql=gone");
    let after = exporter.scrape().await; // the first one without GraphQL
    let gone: Vec<String> = families(&before).difference(&families(&after)).cloned().collect();
    assert_eq!(gone, GRAPHQL_ALONE);
    // Added and removed series, without values: only labels that REST does not provide differ.
    let own = |page: &Exposition| -> BTreeSet<String> {
        // The lines of logs arrive in the background.
        let others = ["runpod_api_", "process_", "runpod_log_lines_"];
        let kept = |line: &String| !others.iter().any(|prefix| line.starts_with(prefix));
        page.series().into_iter().filter(kept).collect()
    };
    let (before, after) = (own(&before), own(&after));
    let changed = |sign: &str, one: &BTreeSet<String>, two: &BTreeSet<String>| -> String {
        one.difference(two).flat_map(|series| [sign, " ", series, "\n"]).collect()
    };
    insta::assert_snapshot!(changed("-", &before, &after) + &changed("+", &after, &before));
}

#[tokio::test]
async fn a_retired_api_is_requested_once_an_hour_and_used_again() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = everything(&upstream).await;
    exporter.scrape().await;
    upstream.fault("graphql=gone");
    let retired = |page: &Exposition| page.value("runpod_api_retired", &["api=\"graphql\""]);
    let page = exporter.scrape().await;
    assert_eq!(retired(&page), Some(1.0));
    for collector in ["account", "endpoints", "health", "pods", "workers", "billing", "volumes", "market"] {
        let success = page.value("runpod_collector_success", &[&format!("collector=\"{collector}\"")]);
        assert_eq!(success, Some(1.0), "{collector}");
    }
    let requests = || upstream.simulator.traffic().report().graphql.requests;
    let at_first = requests();
    for _ in 0..59 {
        upstream.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(retired(&exporter.scrape().await), Some(1.0));
    }
    assert_eq!(requests(), at_first, "no requests for an hour");
    upstream.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(retired(&exporter.scrape().await), Some(1.0));
    assert!(
        (1..=4).contains(&(requests() - at_first)),
        "one request per document: {}",
        requests() - at_first
    );
    upstream.recover();
    let page = exporter.scrape().await;
    assert_eq!(retired(&page), Some(0.0));
    assert_eq!(page.count("runpod_savings_plan_info", &[]), 1, "what only GraphQL has is back");
    let source = ["collector=\"endpoints\"", "api=\"graphql\""];
    assert_eq!(page.count("runpod_collector_data_timestamp_seconds", &source), 1);
}

/// The documented shape lacks fields that REST has, so both are requested and merged.
#[tokio::test]
async fn a_rejected_field_is_read_from_rest() {
    let upstream = Upstream::start(Options { shape: Shape::Documented, ..Options::default() }).await;
    let exporter = everything(&upstream).await;
    let page = exporter.scrape().await;
    assert_eq!(page.count("runpod_endpoint_info", &["scaler=\"queue_delay\""]), 5);
    assert_eq!(page.count("runpod_endpoint_info", &["template_id=\"\""]), 0, "which only GraphQL has");
    assert_eq!(page.count("runpod_pod_cpu_utilization_ratio", &[]), 5, "which only REST has here");
    assert_eq!(page.count("runpod_account_spend_limit_dollars_per_hour", &[]), 1);
    let source = ["collector=\"pods\"", "api=\"graphql\""];
    assert_eq!(page.count("runpod_collector_data_timestamp_seconds", &source), 1, "GraphQL counts first");
}

/// The API description of Runpod, with two operations added under other paths.
#[tokio::test]
async fn balance_and_limits_are_found_in_the_description() {
    let answer = |properties: &[&str]| {
        let properties: Value = properties.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        json!({"get": {"responses": {"200": {"content": {"application/json": {"schema": {"properties": properties}}}}}}})
    };
    let mut document: Value = serde_json::from_str(&fixture("openapi/rest-v2")).unwrap();
    document["paths"]["/v2/users/me/wallet"] = answer(&["billingMode", "balanceAmount"]);
    document["paths"]["/v2/users/me/ceilings"] = answer(&["serverlessWorkers", "spendRate", "pods"]);
    let document = document.to_string();
    let routes = Router::new()
        .route("/v2/openapi.json", get(async move || document))
        .route("/v2/users/me/wallet", get(async || r#"{"balanceAmount": 12.5, "billingMode": "PREPAID"}"#))
        .route(
            "/v2/users/me/ceilings",
            get(async || r#"{"spendRate": 80, "serverlessWorkers": {"limit": 30}}"#),
        );
    let (address, _server) = stub(routes).await;
    let url = |path: &str| format!("http://{address}{path}").parse().unwrap();
    // Without GraphQL, its fallback is requested.
    let (gone, _gone) = stub(Router::new().fallback(async || axum::http::StatusCode::GONE)).await;
    let graphql = format!("http://{gone}/graphql").parse().unwrap();
    let urls = Urls { graphql, jobs: url("/jobs"), rest: url("/v2") };
    let account = Account { urls, ..account(address) };
    let page = Exporter::start(account, Arc::new(ManualClock::new(noon()))).await.scrape().await;
    assert_eq!(page.value("runpod_account_balance_dollars", &[]), Some(12.5));
    assert_eq!(page.value("runpod_account_spend_limit_dollars_per_hour", &[]), Some(80.0));
    assert_eq!(page.value("runpod_account_workers_quota", &[]), Some(30.0));
    assert_eq!(page.count("runpod_account_spend_dollars_per_hour", &[]), 0, "a bare number is the limit");
    let requests = |operation: &str| {
        let labels = [format!("operation=\"{operation}\""), "outcome=\"ok\"".to_owned()];
        page.value("runpod_api_requests_total", &labels.each_ref().map(String::as_str))
    };
    assert_eq!([requests("openapi"), requests("account_limits")], [Some(1.0); 2]);
    assert_eq!(
        requests("balance"),
        Some(2.0),
        "for how the account pays, before GraphQL was known to be gone"
    );
}

/// A path is looked up once, and again after it returns 404.
#[tokio::test]
async fn the_description_is_read_once() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("graphql=gone");
    let exporter = everything(&upstream).await;
    for _ in 0..5 {
        let page = exporter.scrape().await;
        assert_eq!(page.count("runpod_account_balance_dollars", &[]), 1);
        assert_eq!(page.count("runpod_account_spend_dollars_per_hour", &[]), 1);
        upstream.clock.advance(SignedDuration::from_mins(1));
    }
    let requests = |operation| upstream.simulator.traffic().operation(Api::Rest, operation);
    // The first one was for how the account pays, before GraphQL was known to be gone.
    assert_eq!((requests("openapi"), requests("balance"), requests("limits")), (1, 6, 5));
    upstream.fault("rest.balance=not-found*1");
    exporter.scrape().await;
    upstream.clock.advance(SignedDuration::from_mins(1));
    exporter.scrape().await;
    assert_eq!(requests("openapi"), 2);
}
