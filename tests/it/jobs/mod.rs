//! Finished jobs: told by webhook or push, counted once, and shown under the names of now.

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

/// What Runpod posts of a job that ran.
fn completed(id: &str, delay: u64, execution: u64) -> Value {
    json!({"id": id, "status": "COMPLETED", "delayTime": delay, "executionTime": execution, "output": {"ok": true}})
}

/// A simulated Runpod, and an exporter that has read it once.
async fn read_once() -> (Upstream, Exporter) {
    let upstream = Upstream::start(runpod_simulator::Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    (upstream, exporter)
}

/// How many jobs there are in a histogram, and how long they took together.
fn total(page: &Exposition, histogram: &str, labels: &[&str]) -> (f64, Duration) {
    let part = |part| page.sum(&format!("runpod_request_{histogram}_seconds_{part}"), labels);
    (part("count"), Duration::from_secs_f64(part("sum")))
}

/// The series of jobs: what a snapshot shows.
fn about_jobs(page: &Exposition) -> String {
    ["runpod_request_", "runpod_jobs_observed", "runpod_tokens"].map(|name| page.about(name)).concat()
}
