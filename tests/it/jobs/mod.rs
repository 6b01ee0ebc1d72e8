//! Finished jobs: reported by webhook or push, counted once, and exported with the current names.

mod batches;
mod body;
mod endpoints;
mod push;
mod requests;
mod simulated;
mod token;
mod webhook;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Exporter, Exposition, Upstream};

/// The route for an endpoint's jobs.
fn route(endpoint: &str) -> String {
    format!("/webhooks/jobs/{endpoint}")
}

/// The webhook of a job that ran.
fn completed(id: &str, delay: u64, execution: u64) -> Value {
    json!({"id": id, "status": "COMPLETED", "delayTime": delay, "executionTime": execution, "output": {"ok": true}})
}

/// A simulator, and an exporter that has been scraped once.
async fn read_once() -> (Upstream, Exporter) {
    let upstream = Upstream::start(runpod_simulator::Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    (upstream, exporter)
}

/// The count and sum of a histogram.
fn total(page: &Exposition, histogram: &str, labels: &[&str]) -> (f64, Duration) {
    let part = |part| page.sum(&format!("runpod_request_{histogram}_seconds_{part}"), labels);
    (part("count"), Duration::try_from_secs_f64(part("sum")).unwrap())
}

/// The series of jobs, for a snapshot.
fn about_jobs(page: &Exposition) -> String {
    ["runpod_request_", "runpod_jobs_observed", "runpod_tokens"].map(|name| page.about(name)).concat()
}
