//! A server that refuses requests above a number in flight: the limit settles below it, and no endpoint is missing.

use super::{assert_complete, start};
use crate::support::Exposition;

const ENDPOINTS: usize = 160;
const CAPACITY: u32 = 20;

fn limit(page: &Exposition) -> f64 {
    page.value("runpod_api_concurrency_limit", &[]).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_bursts_settle_without_a_lost_endpoint() {
    for fault in ["busy", "overloaded"] {
        let (upstream, exporter) = start(ENDPOINTS).await;
        upstream.fault(&format!("jobs={fault}({CAPACITY})"));
        let traffic = upstream.simulator.traffic();
        // On a busy machine it takes some scrapes: many of those in flight have not arrived at the server.
        for scrape in 0.. {
            traffic.reset();
            let page = exporter.scrape_within(60.0).await;
            assert_complete(&page, ENDPOINTS, &format!("{fault}, scrape {scrape}"));
            assert!(limit(&page) <= 80.0, "{fault}, scrape {scrape}: {}", limit(&page));
            let report = traffic.report().jobs;
            if scrape > 0 && report.requests < 200 {
                break; // fewer than one in five is refused
            }
            assert!(scrape < 20, "{fault} does not settle: {report:?}");
        }
        let page = exporter.scrape_within(60.0).await;
        let waited = page.value("runpod_api_request_wait_seconds_sum", &[]).unwrap();
        assert!(waited > 0.0, "{fault}: they wait here, not there");

        // The server takes more again, which is found out a minute after the last refusal.
        upstream.recover();
        let mut scrapes = 0;
        while limit(&exporter.scrape_within(60.0).await) < 160.0 {
            scrapes += 1;
            assert!(scrapes < 20, "{fault}: the limit does not return");
        }
    }
}

/// `Retry-After` is a limit of requests by time, which has a pause, and is not sent again.
#[tokio::test]
async fn a_limit_by_time_is_not_requested_again() {
    let (upstream, exporter) = start(10).await;
    assert_complete(&exporter.scrape().await, 10, "before");
    upstream.fault("health=rate-limited(7)");
    upstream.simulator.traffic().reset();
    for _ in 0..2 {
        let page = exporter.scrape().await;
        assert_eq!(page.count("runpod_endpoint_info", &[]), 10);
    }
    assert_eq!(upstream.simulator.traffic().report().jobs.requests, 10, "paused in the second scrape");
}

/// The quota of the REST API has a budget of its own, and says nothing about requests at a time.
#[tokio::test]
async fn the_rest_quota_does_not_lower_the_limit() {
    let (upstream, exporter) = start(10).await;
    let before = limit(&exporter.scrape().await);
    upstream.fault("rest=rate-limited(30)");
    for _ in 0..3 {
        assert_eq!(limit(&exporter.scrape().await), before);
        upstream.clock.advance(jiff::SignedDuration::from_mins(10));
    }
}
