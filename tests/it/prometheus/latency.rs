//! `histogram_quantile` on the exporter's histograms, compared with the jobs themselves.

use std::time::Duration;

use jiff::SignedDuration;
use runpod_simulator::Options;
use serde_json::json;

use super::promtool;
use super::server::{Prometheus, until};
use crate::support::Upstream;

/// Upper bounds in seconds, with the lower one of the first bucket.
const BOUNDS: [f64; 14] = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0];

/// The nearest-rank percentile, in seconds.
fn p95(mut latencies: Vec<Duration>) -> f64 {
    latencies.sort_unstable();
    latencies[(latencies.len() * 95).div_ceil(100) - 1].as_secs_f64()
}

/// The queries in the documentation of latency. Prometheus must accept them.
fn documented() -> Vec<String> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/latency.md")).unwrap();
    let blocks: Vec<_> =
        page.split("```promql\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect();
    assert_eq!(blocks.len(), 4);
    blocks
}

#[tokio::test]
async fn the_95th_percentile_is_off_by_less_than_its_bucket() {
    let upstream = Upstream::start(Options { endpoints: 6, pods: 0, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let world = upstream.simulator.world();
    world.keep_finished();
    upstream.clock.advance(SignedDuration::from_mins(50));
    let whole = |time: Duration| Duration::from_millis(u64::try_from(time.as_millis()).unwrap());
    let ran: Vec<_> = world.take_finished().into_iter().filter(|(_, job)| job.worker.is_some()).collect();
    let jobs = ran.iter().map(|(endpoint, job)| {
        let (delay, execution) = (job.delay.as_millis(), job.execution.as_millis());
        json!({"endpoint_id": endpoint.configuration().id, "status": "COMPLETED", "delay_ms": delay, "execution_ms": execution})
    });
    let lines = jobs.map(|job| job.to_string()).collect::<Vec<_>>().join("\n");
    assert_eq!(exporter.post("/api/v1/jobs", lines).await.0, 200);

    assert_eq!(promtool(&exporter.scrape().await).await, "");

    let prometheus = Prometheus::start(exporter.address).await;
    prometheus.scrapes(2.0).await;
    let mut rows = Vec::new();
    let ids = upstream.ids();
    for id in ids.iter().take(5).map(Some).chain([None]) {
        let own = ran.iter().filter(|(endpoint, _)| id.is_none_or(|id| endpoint.configuration().id == *id));
        let true_p95 = p95(own.map(|(_, job)| whole(job.delay) + whole(job.execution)).collect());
        let selector = id.map(|id| format!("{{endpoint_id=\"{id}\"}}")).unwrap_or_default();
        let query = format!(
            "histogram_quantile(0.95, sum by (le) (runpod_request_latency_seconds_bucket{selector}))"
        );
        let quantile = until("the quantile", async || prometheus.value(&query).await).await;
        let upper = BOUNDS.iter().position(|bound| *bound >= true_p95).unwrap();
        let (low, high) = (BOUNDS[upper - 1], BOUNDS[upper]);
        rows.push(format!(
            "{true_p95:.3} s, by histogram_quantile {quantile:.3} s, in the bucket {low} to {high}"
        ));
        assert!((low..=high).contains(&quantile) && (quantile - true_p95).abs() < high - low, "{rows:?}");
    }
    for query in documented() {
        assert!(prometheus.get("query", &[("query", &query)]).await.is_some(), "{query}");
    }
    assert!(ran.len() > 2_000, "{}", ran.len());
    println!("p95 of {} jobs:\n{}", ran.len(), rows.join("\n"));
}
