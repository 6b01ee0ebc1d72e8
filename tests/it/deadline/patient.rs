//! Clients with more time than the scrape that they join.

use runpod_simulator::Api;

use super::*;

/// A scrape with little time is cut off. Another client that has joined it and has time left gets all of the account.
#[tokio::test]
async fn a_client_with_time_gets_more_than_the_scrape_that_was_cut_off() {
    let upstream = Upstream::start(Options { endpoints: 12, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    upstream.fault("jobs=delay(3s)");
    let brief = exporter.scrape_within(1.0);
    let patient = async {
        while upstream.simulator.traffic().operation(Api::Jobs, "health") == 0 {
            tokio::task::yield_now().await;
        }
        exporter.scrape_within(120.0).await
    };
    let (brief, patient) = tokio::join!(brief, patient);
    assert_eq!(brief.value("runpod_scrape_truncated", &[]), Some(1.0));
    assert_eq!(brief.sum("runpod_endpoint_up", &[]), 0.0);
    assert_eq!(patient.value("runpod_scrape_truncated", &[]), Some(0.0));
    assert_eq!(patient.sum("runpod_endpoint_up", &[]), 12.0);
}
