//! Every recorded response of the REST API, and the series that result from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::IntoResponse;
use clock::ManualClock;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use serde_json::{Value, json};

use crate::support::{Exporter, Exposition, account, fixture, stub};

/// The responses by path: status, headers, body. All other paths are retired or not found.
#[derive(Clone, Default)]
struct Recorded(BTreeMap<&'static str, (u16, HeaderMap, String)>);

impl Recorded {
    fn answers(mut self, path: &'static str, body: impl Into<String>) -> Self {
        self.0.insert(path, (200, HeaderMap::new(), body.into()));
        self
    }

    fn rejects(mut self, path: &'static str, status: u16, headers: HeaderMap, body: String) -> Self {
        self.0.insert(path, (status, headers, body));
        self
    }

    /// A scrape in the evening of the day of the examples.
    async fn scrape(self) -> Exposition {
        self.scrapes(1).await
    }

    async fn scrapes(self, times: usize) -> Exposition {
        let answer = |State(recorded): State<Self>, uri: Uri| async move {
            if uri.path() == "/graphql" {
                return (StatusCode::GONE, HeaderMap::new(), String::new()).into_response();
            }
            let path = uri.path().strip_prefix("/rest/v2/").unwrap_or_default();
            match recorded.0.get(path).or_else(|| recorded.0.get("*")) {
                Some((status, headers, body)) => {
                    (StatusCode::from_u16(*status).unwrap(), headers.clone(), body.clone()).into_response()
                }
                None => (StatusCode::NOT_FOUND, fixture("rest_v2_error_404")).into_response(),
            }
        };
        let (address, _server) = stub(Router::new().fallback(answer).with_state(self)).await;
        let clock = ManualClock::new("2026-06-01T18:00:00Z".parse().unwrap());
        let reading = Reading {
            collectors: Collector::ALL.iter().copied().collect(),
            each_worker: true,
            ..Reading::default()
        };
        let exporter = Exporter::start(Account { reading, ..account(address) }, Arc::new(clock)).await;
        for _ in 1..times {
            exporter.scrape().await;
        }
        exporter.scrape().await
    }
}

#[tokio::test]
async fn endpoints_with_workers_and_releases() {
    let page = Recorded::default()
        .answers("serverless", fixture("rest_v2_serverless"))
        .answers("serverless/4m7x2k9q/workers", fixture("rest_v2_serverless_workers"))
        .scrape()
        .await;
    insta::assert_snapshot!(page.about("endpoint_id"));
}

/// The rollout of the example is in progress only if a worker is stale.
#[tokio::test]
async fn a_rollout_in_progress() {
    let mut workers: Value = serde_json::from_str(&fixture("rest_v2_serverless_workers")).unwrap();
    workers["workers"][0]["isStale"] = json!(true);
    let recorded = Recorded::default()
        .answers("serverless", fixture("rest_v2_serverless"))
        .answers("serverless/4m7x2k9q/workers", workers.to_string())
        .answers("serverless/4m7x2k9q/releases", fixture("rest_v2_serverless_releases"));
    // Progress is requested after a list shows a rollout.
    let page = recorded.scrapes(2).await;
    insta::assert_snapshot!(page.about("rollout"));
}

/// A recorded worker, without its uptime.
#[tokio::test]
async fn the_worker_of_the_real_service() {
    let worker: Value = serde_json::from_str(&fixture("workers_v2_worker_record")).unwrap();
    let page = Recorded::default()
        .answers("serverless", fixture("rest_v2_serverless"))
        .answers("serverless/4m7x2k9q/workers", json!({"workers": [worker]}).to_string())
        .scrape()
        .await;
    insta::assert_snapshot!([page.about("runpod_worker_"), page.about("runpod_workers_placed{")].concat());
}

#[tokio::test]
async fn pods() {
    let page = Recorded::default()
        .answers("pods", fixture("rest_v2_pods"))
        .answers("billing/pods", fixture("rest_v2_billing_pods"))
        .scrape()
        .await;
    insta::assert_snapshot!(page.about("pod_id"));
}

#[tokio::test]
async fn volumes() {
    let page = Recorded::default()
        .answers("network-volumes", fixture("rest_v2_network_volumes"))
        .answers("billing/network-volumes", fixture("rest_v2_billing_network_volumes"))
        .scrape()
        .await;
    insta::assert_snapshot!(page.about("volume_id"));
}

#[tokio::test]
async fn the_bill_of_everything() {
    let page = Recorded::default().answers("billing", fixture("rest_v2_billing")).scrape().await;
    insta::assert_snapshot!(page.about("runpod_billed_"));
}

/// Without the total bill, the bills by product are used.
#[tokio::test]
async fn the_bills_by_product() {
    let page = Recorded::default()
        .answers("serverless", fixture("rest_v2_serverless"))
        .answers("billing/pods", fixture("rest_v2_billing_pods"))
        .answers("billing/serverless", fixture("rest_v2_billing_serverless"))
        .answers("billing/endpoints", fixture("rest_v2_billing_public_endpoints"))
        .answers("billing/network-volumes", fixture("rest_v2_billing_network_volumes"))
        .answers("billing/clusters", fixture("rest_v2_billing_clusters"))
        .scrape()
        .await;
    insta::assert_snapshot!(page.about("billed_"));
}

#[tokio::test]
async fn gpu_types() {
    let page = Recorded::default().answers("catalog/gpus", fixture("rest_v2_catalog_gpus")).scrape().await;
    insta::assert_snapshot!(page.about("gpu_type_id"));
}

#[tokio::test]
async fn data_centers() {
    let page = Recorded::default()
        .answers("catalog/datacenters", fixture("rest_v2_catalog_datacenters"))
        .scrape()
        .await;
    insta::assert_snapshot!(page.about("runpod_data_center_"));
}

#[tokio::test]
async fn rejections() {
    let mut text = String::new();
    for (name, status) in [
        ("rest_v2_error_401", 401),
        ("rest_v2_error_403", 403),
        ("rest_v2_error_404", 404),
        ("rest_v2_error_429", 429),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/problem+json"));
        if status == 429 {
            let recorded: Value = serde_json::from_str(&fixture("rest_v2_429_headers")).unwrap();
            for (name, value) in recorded["headers"].as_object().unwrap() {
                let name: HeaderName = name.to_ascii_lowercase().parse().unwrap();
                headers.insert(name, value.as_str().unwrap().parse().unwrap());
            }
        }
        let page = Recorded::default().rejects("*", status, headers, fixture(name)).scrape().await;
        text.extend([
            name,
            "\n",
            &page.about("runpod_up"),
            &page.about("runpod_collector_success"),
            &page.about("api=\"rest\",operation"),
            &page.about("runpod_api_quota"),
        ]);
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("_seconds")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
