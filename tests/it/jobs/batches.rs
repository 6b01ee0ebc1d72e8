//! Batches of an endpoint (beta): a list whose shape is not documented.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use clock::ManualClock;
use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::{Api, Options};
use serde_json::{Value, json};

use crate::support::{Exporter, Exposition, Upstream, account, noon, stub};

async fn reading(account: Account, clock: ManualClock) -> Exporter {
    let collectors = [Collector::Endpoints, Collector::Batches].into_iter().collect();
    let account = Account { reading: Reading { collectors, ..Reading::default() }, ..account };
    Exporter::start(account, Arc::new(clock)).await
}

/// An endpoint with this status and list.
async fn canned(
    answer: (u16, Value),
) -> (Exporter, Arc<Mutex<(u16, Value)>>, ManualClock, tokio::task::JoinSet<()>) {
    let answer = Arc::new(Mutex::new(answer));
    let shown = Arc::clone(&answer);
    let list = move || async move {
        let (status, list) = shown.lock().unwrap().clone();
        (StatusCode::from_u16(status).unwrap(), list.to_string())
    };
    let endpoints = r#"{"data":{"myself":{"endpoints":[{"id":"e","name":"one"}]}}}"#;
    let routes =
        Router::new().route("/graphql", post(async move || endpoints)).route("/v2/e/batch", get(list));
    let (address, server) = stub(routes).await;
    let clock = ManualClock::new(noon());
    (reading(account(address), clock.clone()).await, answer, clock, server)
}

async fn page(list: Value) -> Exposition {
    let (exporter, _answer, _clock, _server) = canned((200, list)).await;
    exporter.scrape().await
}

fn success(page: &Exposition) -> Option<f64> {
    page.value("runpod_collector_success", &["collector=\"batches\""])
}

fn batch(status: &str, [total, in_progress, completed, failed]: [u64; 4]) -> Value {
    json!({
        "id": "b", "endpointId": "e", "status": status, "requestTotal": total, "requestInProgress": in_progress,
        "requestCompleted": completed, "requestFailed": failed, "createdAt": 1_790_000_000_000_u64,
    })
}

#[tokio::test]
async fn batches_are_counted_by_status_and_requests_of_running_ones_by_state() {
    let list = json!([
        batch("DRAFT", [7, 0, 0, 0]),
        batch("FINALIZED", [100, 10, 40, 2]),
        batch("FINALIZED", [10, 1, 0, 0]),
        batch("FINALIZED", [50, 0, 49, 1]),
        batch("CANCELLED", [5, 0, 1, 0]),
        batch("ARCHIVED", [5, 0, 5, 0]),
    ]);
    for shape in [list.clone(), json!({"batches": list}), json!({"data": list, "count": 6})] {
        let page = page(shape).await;
        let of = |status: &str| page.value("runpod_endpoint_batches", &[&format!("status=\"{status}\"")]);
        let statuses = ["draft", "finalized", "done", "failed", "cancelled", "archived"].map(of);
        assert_eq!(statuses, [1.0, 2.0, 1.0, 0.0, 1.0, 1.0].map(Some));
        let of = |state: &str| page.value("runpod_endpoint_batch_requests", &[&format!("state=\"{state}\"")]);
        assert_eq!(
            ["waiting", "in_progress", "completed", "failed"].map(of),
            [57.0, 11.0, 40.0, 2.0].map(Some)
        );
        assert_eq!(page.value("runpod_api_unknown_values_total", &["field=\"batch.status\""]), Some(1.0));
        assert_eq!(success(&page), Some(1.0));
    }
}

#[tokio::test]
async fn an_empty_list_is_zero_batches() {
    let page = page(json!({"batches": []})).await;
    assert_eq!(page.count("runpod_endpoint_batches", &[]), 5);
    assert_eq!(page.sum("runpod_endpoint_batches", &[]), 0.0);
    assert_eq!(page.count("runpod_endpoint_batch_requests", &[]), 4);
}

/// A count without the batches that cannot be read would be too low.
#[tokio::test]
async fn numbers_that_would_be_wrong_are_unknown() {
    let good = batch("FINALIZED", [10, 1, 0, 0]);
    let mut without = good.clone();
    without["requestFailed"] = Value::Null;
    for (odd, unreadable) in
        [(json!(7), 1.0), (json!({"id": "c"}), 1.0), (without, 0.0), (batch("FINALIZED", [10, 9, 9, 9]), 0.0)]
    {
        let page = page(json!([good, odd])).await;
        assert_eq!(page.count("runpod_endpoint_batches", &[]), 0, "{odd}");
        assert_eq!(page.count("runpod_endpoint_batch_requests", &[]), 0, "{odd}");
        assert_eq!(
            page.value("runpod_api_unreadable_total", &["operation=\"batches\""]),
            Some(unreadable),
            "{odd}"
        );
    }
}

#[tokio::test]
async fn a_failure_costs_only_the_batches() {
    for answer in [
        (404, json!({"error": "not found"})),
        (500, json!({})),
        (200, json!({"error": "internal"})),
        (200, json!({"a": [], "b": []})),
        (200, json!({"batches": [], "hasMore": true})),
    ] {
        let (exporter, _answer, _clock, _server) = canned(answer.clone()).await;
        let page = exporter.scrape().await;
        assert_eq!(page.count("runpod_endpoint_batches", &[]), 0, "{answer:?}");
        assert_eq!(success(&page), Some(0.0), "{answer:?}");
        assert_eq!(
            page.value("runpod_collector_success", &["collector=\"endpoints\""]),
            Some(1.0),
            "{answer:?}"
        );
    }
    let (exporter, answer, clock, _server) = canned((200, json!([batch("DRAFT", [1, 0, 0, 0])]))).await;
    exporter.scrape().await;
    *answer.lock().unwrap() = (500, json!({}));
    clock.advance(SignedDuration::from_mins(1));
    let page = exporter.scrape().await;
    assert_eq!(
        (page.sum("runpod_endpoint_batches", &[]), success(&page)),
        (1.0, Some(0.0)),
        "the last list stays"
    );
    clock.advance(SignedDuration::from_mins(10));
    assert_eq!(exporter.scrape().await.count("runpod_endpoint_batches", &[]), 0);
}

#[tokio::test]
async fn each_endpoint_is_requested_once_a_minute() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = reading(account(upstream.address), upstream.clock.clone()).await;
    for _ in 0..12 {
        exporter.scrape().await;
        upstream.clock.advance(SignedDuration::from_secs(15));
    }
    assert_eq!(upstream.simulator.traffic().operation(Api::Jobs, "batches"), 6 * 3);
    let page = exporter.scrape().await;
    assert_eq!(success(&page), Some(1.0));
    assert_eq!(
        page.sum("runpod_endpoint_batches", &["status=\"draft\""]),
        5.0,
        "the load-balanced one has none"
    );
    assert!(page.sum("runpod_endpoint_batch_requests", &[]) > 0.0);
}
