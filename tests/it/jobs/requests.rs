//! Request lists: jobs that are not reported, counted once each. And the latency percentiles that Runpod computes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use clock::ManualClock;
use jiff::SignedDuration;
use runpod::ApiKey;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Api, Operation, Options};
use serde_json::{Value, json};

use super::{completed, route, total};
use crate::support::{Exporter, Exposition, KEY, Upstream, account, fixture, stub};

async fn reading(upstream: &Upstream, collectors: &[Collector]) -> Exporter {
    let collectors = [Collector::Endpoints, Collector::Health].iter().chain(collectors).copied().collect();
    let reading = Reading { collectors, ..Reading::default() };
    let account = Account { reading, ..account(upstream.address) };
    Exporter::start(account, Arc::new(upstream.clock.clone())).await
}

fn observed(page: &Exposition, via: &str) -> f64 {
    page.sum("runpod_jobs_observed_total", &[&format!("via=\"{via}\"")])
}

/// An endpoint `e` with these successive lists and metrics; the last one is repeated.
async fn canned(
    lists: Vec<Value>,
    metrics: Value,
    collector: Collector,
) -> (Exporter, ManualClock, tokio::task::JoinSet<()>) {
    let lists = Arc::new(Mutex::new(lists));
    let list = move || async move {
        let mut lists = lists.lock().unwrap();
        if lists.len() > 1 { lists.remove(0).to_string() } else { lists[0].to_string() }
    };
    let endpoints = r#"{"data":{"myself":{"endpoints":[{"id":"e","name":"one"}]}}}"#;
    let routes = Router::new()
        .route("/graphql", post(async move || endpoints))
        .route("/v2/e/requests", get(list))
        .route("/v2/e/metrics/request_ts_v1", get(async move || metrics.to_string()));
    let (address, server) = stub(routes).await;
    let clock = ManualClock::new("2025-02-18T12:30:00Z".parse().unwrap());
    let reading =
        Reading { collectors: [Collector::Endpoints, collector].into_iter().collect(), ..Reading::default() };
    let exporter = Exporter::start(Account { reading, ..account(address) }, Arc::new(clock.clone())).await;
    (exporter, clock, server)
}

/// Null is an empty list, whatever is beside it. Jobs in the first list are not counted, because they may have finished before; later ones are
/// counted once.
#[tokio::test]
async fn the_recorded_list() {
    let whole: Value = serde_json::from_str(&fixture("synthetic_requests_list")).unwrap();
    let before = json!({"requests": [completed("before", 1, 2)]});
    let mut later = whole.clone();
    later["requests"].as_array_mut().unwrap().push(completed("before", 1, 2));
    let (exporter, clock, _server) = canned(
        vec![before, json!({"requests": null, "total": 0}), later.clone(), later],
        json!({}),
        Collector::Requests,
    )
    .await;
    let mut pages = Vec::new();
    for _ in 0..4 {
        pages.push(exporter.scrape().await);
        clock.advance(SignedDuration::from_secs(5));
    }
    assert_eq!([0, 1, 2, 3].map(|n: usize| observed(&pages[n], "requests")), [0.0, 0.0, 1.0, 1.0]);
    assert!(
        pages
            .iter()
            .all(|page| page.value("runpod_collector_success", &["collector=\"requests\""]) == Some(1.0))
    );
    let (count, sum) = total(&pages[3], "latency", &[]);
    assert_eq!((count, sum.as_millis()), (1.0, 2_300), "only the finished one");
}

/// An element that is not a request, one without an id, a status that may not be final, and odd times cost themselves.
#[tokio::test]
async fn one_odd_request_does_not_cost_the_list() {
    let list = json!({"requests": [
        completed("h-u1", 1, 2),
        "oops",
        7,
        {"status": "COMPLETED"},
        {"id": "b", "status": "ARCHIVED", "delayTime": 1, "executionTime": 2},
        {"id": "c", "status": "COMPLETED", "delayTime": -1, "executionTime": 2},
        {"id": "d", "status": "FAILED", "delayTime": "10", "executionTime": "20"},
        {"id": "e", "status": {"is": "COMPLETED"}},
        {"id": ["f"], "status": "COMPLETED"},
    ]});
    let mut later = list.clone();
    later["requests"][4]["status"] = "COMPLETED".into();
    let (exporter, clock, _server) = canned(
        vec![json!({"requests": []}), list.clone(), later.clone(), later],
        json!({}),
        Collector::Requests,
    )
    .await;
    exporter.scrape().await;
    clock.advance(SignedDuration::from_secs(5));
    let page = exporter.scrape().await;
    assert_eq!(observed(&page, "requests"), 3.0);
    assert_eq!(total(&page, "latency", &[]), (2.0, std::time::Duration::from_millis(33)));
    let unreadable =
        |page: &Exposition| page.value("runpod_api_unreadable_total", &["operation=\"requests\""]);
    assert_eq!(unreadable(&page), Some(4.0));
    assert_eq!(page.value("runpod_api_unknown_values_total", &["field=\"request.status\""]), Some(1.0));
    assert_eq!(page.value("runpod_collector_success", &["collector=\"requests\""]), Some(1.0));
    clock.advance(SignedDuration::from_secs(5));
    let page = exporter.scrape().await;
    assert_eq!((observed(&page, "requests"), unreadable(&page)), (4.0, Some(8.0)), "now it has finished");
    clock.advance(SignedDuration::from_secs(5));
    assert_eq!(observed(&exporter.scrape().await, "requests"), 4.0);
}

/// Runpod retries a failed job under the same id: each ending counts, whatever reports it first.
/// Taken as an empty list, it would be the base, and every job of the next one would count as new.
#[tokio::test]
async fn an_answer_without_a_list_fails_and_is_no_base() {
    for none in [json!({"requests": "x"}), json!({"requests": {}}), json!({"error": "internal"})] {
        let list = json!({"requests": [completed("before", 1, 2)]});
        let (exporter, clock, _server) =
            canned(vec![none.clone(), list], Value::Null, Collector::Requests).await;
        let page = exporter.scrape().await;
        assert_eq!(page.value("runpod_collector_success", &["collector=\"requests\""]), Some(0.0), "{none}");
        clock.advance(SignedDuration::from_mins(1));
        let page = exporter.scrape().await;
        assert_eq!(page.value("runpod_collector_success", &["collector=\"requests\""]), Some(1.0), "{none}");
        assert_eq!(observed(&page, "requests"), 0.0, "{none}");
    }
}

#[tokio::test]
async fn a_job_that_is_retried_counts_in_the_list_too() {
    let ended = |status: &str, time: u64| json!({"requests": [{"id": "a", "status": status, "delayTime": 1, "executionTime": time}]});
    let lists = vec![
        json!({"requests": []}),
        ended("FAILED", 900),
        ended("IN_PROGRESS", 0),
        ended("COMPLETED", 3_000),
    ];
    let (exporter, clock, _server) = canned(lists, json!({}), Collector::Requests).await;
    for _ in 0..5 {
        exporter.scrape().await;
        clock.advance(SignedDuration::from_secs(5));
    }
    let late = json!({"id": "a", "status": "FAILED", "delayTime": 1, "executionTime": 900}).to_string();
    assert_eq!(exporter.post(&route("e"), late).await, (200, "already counted\n".to_owned()));
    let page = exporter.scrape().await;
    assert_eq!((observed(&page, "requests"), observed(&page, "webhook")), (2.0, 0.0));
}

#[tokio::test]
async fn a_job_that_is_reported_through_several_channels_is_counted_once() {
    let list = json!({"requests": [completed("one", 10, 20)]});
    let (exporter, clock, _server) =
        canned(vec![json!({"requests": []}), list], json!({}), Collector::Requests).await;
    exporter.scrape().await;
    assert_eq!(exporter.post(&route("e"), completed("one", 10, 20).to_string()).await.0, 200);
    clock.advance(SignedDuration::from_secs(5));
    let page = exporter.scrape().await;
    assert_eq!((observed(&page, "webhook"), observed(&page, "requests")), (1.0, 0.0));
}

/// Two servers that scrape every second: Runpod allows ten requests in ten seconds.
#[tokio::test]
async fn no_endpoint_is_requested_more_often_than_allowed() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = reading(&upstream, &[Collector::Requests]).await;
    for _ in 0..60 {
        exporter.scrape().await;
        upstream.clock.advance(SignedDuration::from_millis(500));
    }
    let page = exporter.scrape().await;
    assert_eq!(page.sum("runpod_api_requests_total", &["outcome=\"rate_limited\""]), 0.0);
    let requests = upstream.simulator.traffic().operation(Api::Jobs, "requests");
    assert_eq!(requests, 6 * 7, "every five seconds, for thirty seconds");
}

/// Without webhooks: the share of finished jobs in the histograms.
#[tokio::test]
async fn most_jobs_are_counted_at_an_interval_of_fifteen_seconds() {
    let upstream = Upstream::start(Options { endpoints: 12, ..Options::default() }).await;
    let exporter = reading(&upstream, &[Collector::Requests]).await;
    exporter.scrape().await;
    let ended = || -> u64 {
        let world = upstream.simulator.world();
        let queued = world.endpoints().into_iter().filter(|endpoint| !endpoint.configuration().load_balanced);
        queued.map(|endpoint| world.counts(&endpoint).totals.finished()).sum()
    };
    let before = ended();
    for _ in 0..40 {
        upstream.clock.advance(SignedDuration::from_secs(15));
        exporter.scrape().await;
    }
    let page = exporter.scrape().await;
    let truth = Exposition::new(format!("ended {}", ended() - before)).value("ended", &[]).unwrap();
    let caught = observed(&page, "requests");
    println!("caught {caught} of {truth} jobs in ten minutes: {:.1} %", 100.0 * caught / truth);
    assert!(caught <= truth, "{caught} of {truth}: none twice");
    assert!(caught > 0.95 * truth, "{caught} of {truth}");
    assert_eq!(total(&page, "latency", &[]).0, page.sum("runpod_request_latency_seconds_count", &[]));
}

#[tokio::test]
async fn runpods_percentiles_are_a_summary_while_they_are_current() {
    let metrics: Value = serde_json::from_str(&fixture("synthetic_request_ts_v1")).unwrap();
    let (exporter, clock, _server) = canned(vec![json!({})], metrics, Collector::Latency).await;
    insta::assert_snapshot!(exporter.scrape().await.about("runpod_reported_"));
    clock.advance(SignedDuration::from_hours(2));
    let page = exporter.scrape().await;
    assert_eq!(page.about("runpod_reported_"), "", "two hours later it says nothing of now");
    assert_eq!(page.value("runpod_collector_success", &["collector=\"latency\""]), Some(1.0));
}

#[tokio::test]
async fn metrics_may_need_a_separate_key() {
    let metrics_key = "rm_FOR0METRICS0ALONE".to_owned();
    // Without the scope for the metrics of REST, which need no key of their own.
    let rest = RestOptions { forbidden: [Operation::Metrics].into(), ..RestOptions::default() };
    let options = Options { metrics_key: Some(metrics_key.clone()), rest, ..Options::default() };
    let upstream = Upstream::start(options).await;
    upstream.clock.advance(SignedDuration::from_mins(10)); // into the hour
    let page = reading(&upstream, &[Collector::Latency]).await.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"latency\""]), Some(0.0));
    assert_eq!(
        page.value("runpod_collector_success", &["collector=\"health\""]),
        Some(1.0),
        "other collectors succeed"
    );
    let collectors = [Collector::Endpoints, Collector::Health, Collector::Latency].into_iter().collect();
    let key = ApiKey::parse(&metrics_key).unwrap();
    let account = Account {
        metrics_key: Some(("somewhere".into(), key)),
        reading: Reading { collectors, ..Reading::default() },
        ..account(upstream.address)
    };
    let page = Exporter::start(account, Arc::new(upstream.clock.clone())).await.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"latency\""]), Some(1.0));
    assert_eq!(
        page.count("runpod_reported_delay_seconds", &["quantile=\"0.95\""]),
        5,
        "of those with a queue"
    );
}

/// Neither key is sent to an API of the other.
#[tokio::test]
async fn each_key_is_sent_only_to_its_api() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &'static str, body: &'static str| {
        let seen = Arc::clone(&seen);
        move |headers: HeaderMap| async move {
            let bearer = headers["authorization"].to_str().unwrap().to_owned();
            seen.lock().unwrap().push((what, bearer));
            (StatusCode::OK, body)
        }
    };
    let routes = Router::new()
        .route("/graphql", post(note("graphql", r#"{"data":{"myself":{"endpoints":[{"id":"e"}]}}}"#)))
        .route("/v2/e/health", get(note("health", r#"{"jobs":{"inQueue":1},"workers":{}}"#)))
        .route("/v2/e/metrics/request_ts_v1", get(note("metrics", r#"{"data":[]}"#)));
    let (address, _server) = stub(routes).await;
    let collectors = [Collector::Endpoints, Collector::Health, Collector::Latency].into_iter().collect();
    let account = Account {
        metrics_key: Some(("somewhere".into(), ApiKey::parse("rm_ALONE").unwrap())),
        reading: Reading { collectors, ..Reading::default() },
        ..account(address)
    };
    Exporter::start(account, Arc::new(ManualClock::new(crate::support::noon()))).await.scrape().await;
    for (what, bearer) in &*seen.lock().unwrap() {
        let expected = if *what == "metrics" { "rm_ALONE" } else { KEY };
        assert_eq!(*bearer, format!("Bearer {expected}"), "{what}");
    }
    assert!(seen.lock().unwrap().len() >= 3);
}
