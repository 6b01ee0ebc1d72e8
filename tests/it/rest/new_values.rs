//! Values of closed sets that are new, in responses that are read at intervals.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use clock::ManualClock;
use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use serde_json::json;

use crate::support::{Exporter, account, noon, stub};

/// The answers of REST, each with a value that is new. GraphQL is retired.
async fn answer(uri: Uri) -> axum::response::Response {
    let body = match uri.path() {
        "/rest/v2/serverless" => json!({ "endpoints": [{ "id": "e", "name": "e", "type": "STREAM" }] }),
        "/rest/v2/serverless/e/workers" => json!({ "workers": [{ "id": "w", "status": "MIGRATING" }] }),
        "/rest/v2/pods" => json!({ "pods": [{ "id": "p", "name": "p", "status": "DRAINING", "cost": 1.0 }] }),
        "/rest/v2/clusters" => json!({ "clusters": [
            { "id": "c", "name": "c", "type": "MPI", "pods": { "total": 3, "byStatus": { "RUNNING": 2 } } },
        ] }),
        "/v2/e/batch" => json!([
            { "id": "b", "status": "PARKED", "requestTotal": 1, "requestInProgress": 1, "requestCompleted": 1, "requestFailed": 0 },
        ]),
        "/rest/v2/billing" => json!({ "records": [{ "startTime": "soon", "podGpuAmount": 1.0 }] }),
        "/v2/e/health" => json!({ "jobs": {}, "workers": {} }),
        path if path.starts_with("/rest/") => return StatusCode::NOT_FOUND.into_response(),
        _ => return StatusCode::GONE.into_response(),
    };
    body.to_string().into_response()
}

const COLLECTORS: [Collector; 7] = [
    Collector::Billing,
    Collector::Endpoints,
    Collector::Health,
    Collector::Workers,
    Collector::Pods,
    Collector::Clusters,
    Collector::Batches,
];

/// Each is counted when it is read, not at each scrape that exports it: the counter would depend on the number of scrapers.
#[tokio::test]
async fn a_new_value_is_counted_when_it_is_read() {
    let (address, _server) = stub(Router::new().fallback(answer)).await;
    let clock = ManualClock::new(noon());
    let reading = Reading { collectors: COLLECTORS.into_iter().collect(), ..Reading::default() };
    let exporter = Exporter::start(Account { reading, ..account(address) }, Arc::new(clock.clone())).await;
    let fields = [
        ("endpoint.type", 1.0),
        ("worker.status", 1.0),
        ("pod.status", 2.0), // in the list of pods, and in that with the pods of clusters
        ("cluster.type", 1.0),
        ("cluster.pods.total", 1.0),
        ("batch.status", 1.0),
        ("batch.requestTotal", 1.0),
    ];
    for reads in [1.0, 1.0, 1.0, 2.0, 2.0] {
        let page = exporter.scrape().await;
        for (field, each) in fields {
            let counted = page.value("runpod_api_unknown_values_total", &[&format!("field=\"{field}\"")]);
            assert_eq!(counted, Some(reads * each), "{field}\n{}", page.about("runpod_api_unknown_values"));
        }
        let hourly = page.value("runpod_api_unknown_values_total", &["field=\"billing.records.startTime\""]);
        assert_eq!(hourly, Some(1.0), "a record without a day makes the bill unknown");
        let next = if reads > 1.0 { 20 } else { 25 };
        clock.advance(SignedDuration::from_secs(next));
    }
}
