//! What a client meets at each route, and what many of them cost the upstream.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::GzDecoder;
use runpod_simulator::{Api, Options};

use crate::support::{Exporter, Upstream, account};

#[tokio::test]
async fn metrics_come_as_text_and_compressed_when_asked() {
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
        // The client would unpack it by itself only if it had asked by itself.
        let mut text = String::new();
        GzDecoder::new(&*packed.bytes().await.unwrap()).read_to_string(&mut text).unwrap();
        assert!(text.contains("runpod_up{account=\"default\"} 1\n"));
    }
}

#[tokio::test]
async fn health_is_always_and_ready_is_once_an_account_has_answered() {
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
async fn ten_scrapes_at_once_cost_the_upstream_one() {
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
    assert!(pages.windows(2).all(|pair| pair[0].0 == pair[1].0), "all read the same page");
}

#[tokio::test]
async fn who_cannot_wait_for_the_flight_gets_one_of_its_own() {
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
async fn a_client_that_hangs_up_does_not_cancel_the_scrape_for_the_others() {
    let upstream = Upstream::start(Options { delay: Duration::from_millis(150), ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    upstream.simulator.traffic().reset();
    let first = exporter.get("/metrics").timeout(Duration::from_millis(40)).send();
    let follower = async {
        // Joins while the first is still there: its requests are in flight.
        while upstream.simulator.traffic().report().graphql.requests == 0 {
            tokio::task::yield_now().await;
        }
        exporter.scrape().await
    };
    let (first, follower) = tokio::join!(first, follower);
    assert!(first.unwrap_err().is_timeout());
    assert_eq!(follower.value("runpod_up", &[]), Some(1.0));
    assert_eq!(upstream.simulator.traffic().operation(Api::Graphql, "Account"), 1, "one flight for both");
}

#[tokio::test]
async fn an_endpoint_that_vanishes_leaves_nothing_and_a_new_one_appears_at_once() {
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

/// A read that hangs for an endpoint that has vanished meanwhile is given up, and not waited for.
#[tokio::test]
async fn nobody_waits_for_an_endpoint_that_vanished() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let gone = upstream.ids().remove(0);
    upstream.fault(&format!("health:{gone}=hang"));
    assert!(upstream.simulator.world().remove_endpoint(&gone));
    // Shorter than the time for one request: whoever waits is cut off by the deadline, and that shows.
    let page = exporter.scrape_within(5.0).await;
    assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(0.0));
    assert_eq!(page.about(&gone), "");
}

#[tokio::test]
async fn an_outage_of_graphql_does_not_blind_the_queue() {
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

#[tokio::test]
async fn requests_go_on_counting_where_the_upstream_restarts() {
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
async fn a_body_beyond_the_limit_costs_its_section_alone() {
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

/// As many answers are held at once as there are endpoints: the account's limit for each would be all the memory there is.
#[tokio::test]
async fn an_answer_about_one_endpoint_is_small_whatever_the_limit() {
    let upstream = Upstream::start(Options::default()).await;
    let mut account = account(upstream.address);
    account.limits.body = usize::MAX;
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    upstream.fault(&format!("health:{}=endless", upstream.ids()[0]));
    let page = exporter.scrape_within(2.0).await;
    let labels = ["operation=\"health\"", "outcome=\"too_large\""];
    assert_eq!(page.value("runpod_api_requests_total", &labels), Some(1.0));
}
