//! The routes, and the requests to the upstream that clients cause.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::GzDecoder;
use runpod_simulator::{Api, Options};

use crate::support::{Exporter, Upstream, account};

#[tokio::test]
async fn metrics_are_text_and_compressed_on_request() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    for path in ["/metrics", "/metrics/prometheus"] {
        let plain = exporter.get(path).send().await.unwrap();
        assert_eq!(plain.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        assert!(plain.headers().get("content-encoding").is_none());
        assert!(plain.text().await.unwrap().contains("runpod_up{account=\"default\"} 1\n"));

        let packed = exporter.get(path).header("Accept-Encoding", "gzip").send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        assert_eq!(packed.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        // The client does not decompress it, because the header was set by the test.
        let mut text = String::new();
        GzDecoder::new(&*packed.bytes().await.unwrap()).read_to_string(&mut text).unwrap();
        assert!(text.contains("runpod_up{account=\"default\"} 1\n"));
    }
}

#[tokio::test]
async fn health_is_always_200_and_ready_after_an_account_has_answered() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let exporter = upstream.exporter().await;
    for path in ["/health", "/-/healthy"] {
        assert_eq!(exporter.get(path).send().await.unwrap().status(), 200, "{path}");
    }
    let ready = async |path: &str| {
        let response = exporter.get(path).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    assert_eq!(ready("/ready").await, (503, "not ready: no account was read successfully yet\n".to_owned()));
    exporter.scrape().await;
    let (status, reason) = ready("/-/ready").await;
    assert_eq!(status, 503);
    assert!(reason.contains("default: graphql account at 127.0.0.1:"), "{reason}");
    assert!(reason.contains("API key rejected (401); check the API key of this account"), "{reason}");
    upstream.simulator.faults().clear();
    exporter.scrape().await;
    assert_eq!(ready("/ready").await, (200, "ready\n".to_owned()));
    assert_eq!(ready("/-/ready").await.0, 200);
}

#[tokio::test]
async fn ten_concurrent_scrapes_share_one() {
    let upstream = Upstream::start(Options { delay: Duration::from_millis(100), ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    upstream.simulator.traffic().reset();
    exporter.scrape().await;
    let one = upstream.simulator.traffic().report();
    upstream.simulator.traffic().reset();
    let scrapes = std::array::from_fn::<_, 10, _>(|_| exporter.scrape());
    let pages = futures_util::future::join_all(scrapes).await;
    let ten = upstream.simulator.traffic().report();
    assert_eq!((ten.graphql.requests, ten.jobs.requests), (one.graphql.requests, one.jobs.requests));
    assert!(pages.windows(2).all(|pair| pair[0].0 == pair[1].0), "all pages are equal");
}

#[tokio::test]
async fn a_scrape_with_an_earlier_deadline_starts_its_own() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    upstream.fault("health=hang");
    let (patient, hasty) = tokio::join!(exporter.scrape_within(4.0), exporter.scrape_within(1.0));
    for page in [&patient, &hasty] {
        assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(1.0));
        assert_eq!(page.value("runpod_collector_success", &["collector=\"pods\""]), Some(1.0));
    }
    let took = |page: &crate::support::Exposition| page.value("runpod_scrape_duration_seconds", &[]).unwrap();
    assert!(took(&hasty) < took(&patient), "{} {}", took(&hasty), took(&patient));
}

#[tokio::test]
async fn a_client_that_disconnects_does_not_cancel_the_scrape_of_others() {
    let upstream = Upstream::start(Options { delay: Duration::from_millis(150), ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    upstream.simulator.traffic().reset();
    let first = exporter.get("/metrics").timeout(Duration::from_millis(40)).send();
    let follower = async {
        // Joins while the requests of the first are in flight.
        upstream.simulator.traffic().until(|report| report.graphql.requests > 0).await;
        exporter.scrape().await
    };
    let (first, follower) = tokio::join!(first, follower);
    assert!(first.unwrap_err().is_timeout());
    assert_eq!(follower.value("runpod_up", &[]), Some(1.0));
    assert_eq!(upstream.simulator.traffic().operation(Api::Graphql, "Account"), 1, "one scrape for both");
}

#[tokio::test]
async fn a_deleted_endpoint_has_no_series_and_a_new_one_has_them_at_once() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let gone = upstream.ids().remove(0);
    assert!(upstream.simulator.world().remove_endpoint(&gone));
    let new = upstream.simulator.world().add_endpoint("newcomer");
    let page = exporter.scrape().await;
    assert_eq!(page.about(&gone), "");
    assert_eq!(page.value("runpod_collector_success", &["collector=\"health\""]), Some(1.0));
    let new = format!("endpoint_id=\"{new}\"");
    assert_eq!(page.value("runpod_endpoint_up", &[&new]), Some(1.0));
    assert!(page.value("runpod_queue_depth", &[&new]).is_some());
}

/// A request that hangs is abandoned when its endpoint was deleted meanwhile.
#[tokio::test]
async fn a_scrape_does_not_wait_for_a_deleted_endpoint() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let gone = upstream.ids().remove(0);
    upstream.fault(&format!("health:{gone}=hang"));
    assert!(upstream.simulator.world().remove_endpoint(&gone));
    // Shorter than the timeout of a request: waiting would exceed the deadline and be visible.
    let page = exporter.scrape_within(5.0).await;
    assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(0.0));
    assert_eq!(page.about(&gone), "");
}

#[tokio::test]
async fn a_graphql_outage_does_not_hide_the_queues() {
    let upstream = Upstream::start(Options { endpoints: 30, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    let before = exporter.scrape().await;
    for outage in ["graphql=bad-gateway", "graphql=gone", "graphql=hang", "graphql=unauthorized"] {
        upstream.recover();
        upstream.fault(outage);
        let during = exporter.scrape_within(5.0).await;
        for family in
            ["runpod_queue_depth", "runpod_workers_ready", "runpod_requests_total", "runpod_endpoint_up"]
        {
            assert_eq!(during.count(family, &[]), before.count(family, &[]), "{outage}: {family}");
        }
        assert_eq!(during.sum("runpod_endpoint_up", &[]), 30.0, "{outage}");
        let known = if outage == "graphql=gone" { 30 } else { 0 };
        assert_eq!(during.count("runpod_endpoint_info", &[]), known, "{outage}: the configuration");
        assert_eq!(during.value("runpod_up", &[]), Some(1.0), "{outage}");
        let names = |page: &crate::support::Exposition| {
            page.about("runpod_queue_depth")
                .lines()
                .map(|line| line.rsplit_once(' ').unwrap().0.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&during), names(&before), "{outage}: the known names stay");
    }
}

/// No endpoint is known yet, so that the list of REST has to stand in.
#[tokio::test]
async fn an_outage_of_graphql_at_the_start_hides_no_queue() {
    for outage in ["graphql=bad-gateway", "graphql=hang", "graphql=unauthorized", "graphql=garbage"] {
        let upstream = Upstream::start(Options { endpoints: 20, ..Options::default() }).await;
        upstream.fault(outage);
        let exporter = upstream.exporter().await;
        let page = exporter.scrape_within(4.0).await;
        assert_eq!(page.count("runpod_queue_depth", &[]), 20, "{outage}");
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 20.0, "{outage}");
        assert_eq!(page.count("runpod_endpoint_info", &[]), 20, "{outage}: REST has the configuration");
        assert_eq!(page.value("runpod_collector_success", &["collector=\"health\""]), Some(1.0), "{outage}");
        assert_eq!(
            page.value("runpod_collector_success", &["collector=\"endpoints\""]),
            Some(0.0),
            "{outage}"
        );
    }
}

#[tokio::test]
async fn request_counters_continue_when_the_upstream_restarts() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let id = format!("endpoint_id=\"{}\"", upstream.ids()[0]);
    let completed = |page: &crate::support::Exposition| {
        page.value("runpod_requests_total", &[&id, "status=\"completed\""]).unwrap()
    };
    let first = completed(&exporter.scrape().await);
    upstream.clock.advance(jiff::SignedDuration::from_mins(10));
    let second = completed(&exporter.scrape().await);
    assert!(second > first, "{first} {second}");
}

#[tokio::test]
async fn a_body_above_the_limit_does_not_affect_other_collectors() {
    let upstream = Upstream::start(Options { endpoints: 50, pods: 3, ..Options::default() }).await;
    let mut account = account(upstream.address);
    account.limits.body = 8 * 1024;
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"endpoints\""]), Some(0.0));
    assert!(
        page.sum("runpod_api_requests_total", &["operation=\"endpoints\"", "outcome=\"too_large\""]) >= 1.0
    );
    assert_eq!(page.value("runpod_collector_success", &["collector=\"account\""]), Some(1.0));
}

/// One response per endpoint is in memory at the same time, so the limit of the account would be too large for each.
#[tokio::test]
async fn a_response_about_one_endpoint_has_a_smaller_limit() {
    let upstream = Upstream::start(Options::default()).await;
    let mut account = account(upstream.address);
    account.limits.body = usize::MAX;
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    upstream.fault(&format!("health:{}=endless", upstream.ids()[0]));
    let page = exporter.scrape_within(2.0).await;
    let labels = ["operation=\"health\"", "outcome=\"too_large\""];
    assert_eq!(page.value("runpod_api_requests_total", &labels), Some(1.0));
}
