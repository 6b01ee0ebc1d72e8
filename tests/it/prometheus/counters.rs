//! What a real Prometheus makes of the job counters when Runpod's totals fall, a list misses an endpoint, and the exporter
//! restarts.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use clock::SystemClock;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::server::{Prometheus, until};
use crate::support::{Exporter, account, client, stub};

/// What the upstream answers: the endpoints that it lists, and the number of completed jobs of each.
#[derive(Debug, Clone)]
struct Answers {
    listed: Vec<&'static str>,
    completed: u64,
}

async fn upstream(answers: &Arc<Mutex<Answers>>) -> (SocketAddr, JoinSet<()>) {
    let (lists, totals) = (Arc::clone(answers), Arc::clone(answers));
    let graphql = async move |body: String| -> Json<Value> {
        let endpoints: Vec<_> =
            lists.lock().listed.iter().map(|id| json!({"id": id, "name": id, "type": "QB"})).collect();
        let myself = match body {
            body if body.contains("query Endpoints") => json!({"endpoints": endpoints}),
            body if body.contains("query Pods") => json!({"pods": []}),
            _ => json!({"clientBalance": 1}),
        };
        Json(json!({"data": {"myself": myself}}))
    };
    let health = async move |Path(_id): Path<String>| -> Json<Value> {
        let completed = totals.lock().completed;
        Json(json!({"jobs": {"inQueue": 0, "completed": completed}, "workers": {"ready": 1}}))
    };
    stub(Router::new().route("/graphql", post(graphql)).route("/v2/{id}/health", get(health))).await
}

/// A target whose exporter can be replaced, as a restart does.
async fn target(exporter: &Arc<Mutex<Option<SocketAddr>>>) -> (SocketAddr, JoinSet<()>) {
    let exporter = Arc::clone(exporter);
    let metrics = async move || {
        let Some(address) = *exporter.lock() else { return Err(StatusCode::BAD_GATEWAY) };
        let page = client().get(format!("http://{address}/metrics")).send().await;
        Ok(page.unwrap().text().await.unwrap())
    };
    stub(Router::new().route("/metrics", get(metrics))).await
}

/// Waits until Prometheus has these values of Runpod's total and of the counter.
async fn stored(prometheus: &Prometheus, reported: f64, counted: f64) {
    until(&format!("{reported} reported, {counted} counted"), async || {
        let seen = prometheus.value("runpod_reported_requests{endpoint_id=\"a\"}").await?;
        let grown = prometheus.value("runpod_requests_total{endpoint_id=\"a\"}").await?;
        (seen.to_bits() == reported.to_bits() && grown.to_bits() == counted.to_bits()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn neither_a_restart_nor_a_gap_in_a_list_is_an_increase() {
    let answers = Arc::new(Mutex::new(Answers { listed: vec!["a", "b"], completed: 5_993_472 }));
    let (address, _upstream) = upstream(&answers).await;
    let start = async || Exporter::start(account(address), Arc::new(SystemClock)).await;
    let exporter = start().await;
    let current = Arc::new(Mutex::new(Some(exporter.address)));
    let (scraped, _target) = target(&current).await;
    let prometheus = Prometheus::start(scraped).await;
    let completed = |total: u64| answers.lock().completed = total;

    stored(&prometheus, 5_993_472.0, 0.0).await;
    completed(5_993_500);
    stored(&prometheus, 5_993_500.0, 28.0).await;
    // Runpod's total restarts, and the counter goes on.
    completed(119_860);
    stored(&prometheus, 119_860.0, 28.0).await;
    completed(119_869);
    stored(&prometheus, 119_869.0, 37.0).await;
    // The list misses the endpoint, and has it again.
    answers.lock().listed = vec!["b"];
    until("the endpoint is gone", async || {
        let listed = prometheus.value("count(runpod_requests_total)").await?;
        (listed.to_bits() == 1.0_f64.to_bits()).then_some(())
    })
    .await;
    completed(119_871);
    answers.lock().listed = vec!["a", "b"];
    stored(&prometheus, 119_871.0, 39.0).await;
    // The exporter restarts: its counter does, and Prometheus reads no jobs from that.
    *current.lock() = None;
    drop(exporter);
    let exporter = start().await;
    *current.lock() = Some(exporter.address);
    stored(&prometheus, 119_871.0, 0.0).await;
    completed(119_876);
    stored(&prometheus, 119_876.0, 5.0).await;

    // Prometheus extrapolates from the samples to the whole window, at most to twice the increase here.
    let increase = prometheus.value("increase(runpod_requests_total{endpoint_id=\"a\"}[1h])").await.unwrap();
    assert!((44.0..100.0).contains(&increase), "44 jobs finished, Prometheus reads {increase}");
}
