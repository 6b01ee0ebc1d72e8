//! Names with special characters: Prometheus stores them unchanged.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Json, Router};
use clock::SystemClock;
use serde_json::{Value, json};

use super::promtool;
use super::server::{Prometheus, Series};
use crate::support::{Exporter, account, stub};

const NAMES: [&str; 16] = [
    "\"quoted\"",
    "back\\slash\\",
    "\\n is not a line feed, and \\\" not a quotation mark",
    "line\nfeed",
    "carriage\r\nreturn",
    "tab\tand \u{0} and \u{7f}",
    "{braces=\"x\"} 1",
    "# HELP runpod_up Nonsense.",
    "\n# TYPE runpod_up counter\nrunpod_up 7\n",
    "llama 🦙 👩‍💻",
    "שלום \u{200f}right\u{202e} to left\u{202c}",
    "\u{feff}byte order mark",
    "e\u{301} is not é",
    " leading and trailing ",
    "$1 ${2} %s %00",
    "a,b=\"c\"} 1 1700000000000",
];

/// A JSON list with one element for each name, whose id is its index.
fn list(one: impl Fn(usize, &str) -> Value) -> Vec<Value> {
    NAMES.iter().enumerate().map(|(n, name)| one(n, name)).collect()
}

fn endpoint(n: usize, name: &str) -> Value {
    json!({"id": format!("e{n}"), "name": name, "type": "QB", "gpuIds": name})
}

fn pod(n: usize, name: &str) -> Value {
    json!({"id": format!("p{n}"), "name": name, "desiredStatus": "RUNNING", "imageName": name})
}

/// Answers the documents of the exporter by their names.
async fn graphql(body: String) -> Json<Value> {
    let myself = match body {
        body if body.contains("query Endpoints") => json!({"endpoints": list(endpoint)}),
        body if body.contains("query Pods") => json!({"pods": list(pod)}),
        _ => json!({"clientBalance": 1}),
    };
    Json(json!({"data": {"myself": myself}}))
}

async fn health() -> Json<Value> {
    Json(json!({"jobs": {"inQueue": 1}, "workers": {"ready": 1}}))
}

async fn exporter(upstream: SocketAddr) -> Exporter {
    Exporter::start(account(upstream), Arc::new(SystemClock)).await
}

#[tokio::test]
async fn hostile_names_are_stored_unchanged() {
    let routes = Router::new().route("/graphql", post(graphql)).route("/v2/{id}/health", get(health));
    let (upstream, _server) = stub(routes).await;
    let exporter = exporter(upstream).await;
    assert_eq!(promtool(&exporter.scrape().await).await, "");

    let prometheus = Prometheus::start(exporter.address).await;
    let target = prometheus.scrapes(2.0).await;
    assert_eq!(target["lastError"], "");
    assert_eq!(prometheus.complaints(), [""; 0]);
    let Series { scraped, stored, .. } = prometheus.series().await.unwrap();
    assert!(stored >= scraped, "{stored} of {scraped}");

    let expected: BTreeSet<&str> = NAMES.into();
    for label in ["endpoint_name", "gpu_types", "pod_name", "image"] {
        let values = prometheus.get(&format!("label/{label}/values"), &[]).await.unwrap();
        let values: BTreeSet<&str> = values.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(values, expected, "{label}");
    }
    for (family, label, id) in [("runpod_queue_depth", "endpoint", 'e'), ("runpod_pod_info", "pod", 'p')] {
        let series = prometheus.get("series", &[("match[]", family)]).await.unwrap();
        let series = series.as_array().unwrap();
        assert_eq!(series.len(), NAMES.len(), "{family}");
        for (n, name) in NAMES.into_iter().enumerate() {
            let own = |series: &&Value| series[format!("{label}_id")] == format!("{id}{n}");
            let own = series.iter().find(own).unwrap();
            assert_eq!(own[format!("{label}_name")], name, "{family}");
        }
    }
}
