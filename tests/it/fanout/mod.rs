//! The requests for all endpoints at once: what a server takes, what this machine has connections for, and accounts that change
//! between and during scrapes.

mod capacity;
mod start;

use std::time::Duration;

use futures_util::future::join_all;
use runpod_simulator::{Api, Options};
use tokio::process::Command;

use crate::command::reading;
use crate::support::{Exporter, Exposition, Upstream, account};

/// An upstream with this many endpoints whose responses take a while, so that requests are in flight together, and an exporter with
/// the default limits.
async fn start(endpoints: usize) -> (Upstream, Exporter) {
    let delay = Duration::from_millis(50);
    let upstream = Upstream::start(Options { endpoints, delay, ..Options::default() }).await;
    let mut account = account(upstream.address);
    account.limits.concurrency = runpod::Limits::default().concurrency;
    let exporter = Exporter::start(account, std::sync::Arc::new(upstream.clock.clone())).await;
    (upstream, exporter)
}

/// The page has each of so many endpoints, with its queue or as a load balancer, and no collector failed.
fn assert_complete(page: &Exposition, endpoints: usize, what: &str) {
    assert_eq!(page.count("runpod_endpoint_info", &[]), endpoints, "{what}");
    assert_eq!(page.sum("runpod_endpoint_up", &[]), f64::from(u32::try_from(endpoints).unwrap()), "{what}");
    assert_eq!(page.value("runpod_collector_success", &["collector=\"health\""]), Some(1.0), "{what}");
    assert_eq!(page.value("runpod_collector_success", &["collector=\"endpoints\""]), Some(1.0), "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_endpoint_is_read_at_the_same_time() {
    let (upstream, exporter) = start(300).await;
    upstream.fault("health=hang"); // requests stay in flight
    let traffic = upstream.simulator.traffic();
    tokio::select! {
        () = traffic.until(|report| report.jobs.peak_in_flight >= 300) => {}
        _ = exporter.scrape_within(60.0) => panic!("{:?}", upstream.simulator.traffic().report().jobs),
    }
}

/// 1,000 endpoints with 256 files, 168 of them for connections to Runpod.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_open_files_cost_time_and_no_endpoint() {
    let upstream = Upstream::start(Options { endpoints: 1_000, ..Options::default() }).await;
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n 256 && exec \"$0\" scrape", env!("CARGO_BIN_EXE_runpod-exporter")])
        .envs(reading(&[], &upstream).as_std().get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().await.unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    assert!(!log.contains("error") && log.contains("concurrency lowered"), "{log}");
    assert_complete(&Exposition::new(String::from_utf8(output.stdout).unwrap()), 1_000, &log);
    let peak = upstream.simulator.traffic().report().jobs.peak_in_flight;
    assert!(peak <= 168, "{peak} in flight");
}

/// An account that grows between scrapes is complete in the next one, and what was deleted is gone from it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_may_grow_and_shrink_between_scrapes() {
    let (upstream, exporter) = start(0).await;
    assert_eq!(exporter.scrape().await.count("runpod_endpoint_info", &[]), 0);
    let world = upstream.simulator.world();
    let ids: Vec<_> = (0..800).map(|n| world.add_endpoint(&format!("e{n}"))).collect();
    assert_complete(&exporter.scrape_within(30.0).await, 800, "grown");
    for id in &ids[..790] {
        assert!(world.remove_endpoint(id));
    }
    let page = exporter.scrape().await;
    assert_complete(&page, 10, "shrunk");
    assert!(!page.about(&ids[0]).contains(&ids[0]));
}

/// The list has arrived without it, while its health is still requested because the last list had it.
#[tokio::test]
async fn an_endpoint_that_is_deleted_during_a_scrape_has_no_series() {
    let (upstream, exporter) = start(20).await;
    assert_complete(&exporter.scrape().await, 20, "before");
    let gone = upstream.ids().remove(7);
    upstream.fault(&format!("health:{gone}=hang"));
    upstream.simulator.traffic().reset();
    let delete = async {
        upstream.simulator.traffic().until(|report| report.jobs.in_flight >= 20).await;
        upstream.simulator.world().remove_endpoint(&gone);
    };
    let (page, ()) = tokio::join!(exporter.scrape(), delete);
    assert_complete(&page, 19, "during");
    assert!(!page.about(&gone).contains(&gone));
    assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(0.0), "nothing waited for it");
}

/// One endpoint that does not answer costs itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_endpoint_costs_only_itself() {
    let (upstream, exporter) = start(100).await;
    let slow = upstream.ids().remove(3);
    upstream.fault(&format!("health:{slow}=hang"));
    let page = exporter.scrape_within(6.0).await;
    assert_eq!(page.sum("runpod_endpoint_up", &[]), 99.0);
}

/// Scrapers at the same time share one scrape, and its requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_scrapers_send_the_requests_of_one() {
    let (upstream, exporter) = start(100).await;
    exporter.scrape().await;
    let requests = || upstream.simulator.traffic().report().jobs.requests;
    // The first one lasts until the others have arrived, on a busy machine too.
    upstream.fault("jobs=delay(500ms)");
    upstream.simulator.traffic().reset();
    let pages = join_all((0..50).map(|_| exporter.scrape())).await;
    assert_eq!(requests(), 100);
    for page in pages {
        assert_complete(&page, 100, "one of fifty");
    }
}

/// The quota that becomes available while the list is in flight is for the next scrape: its requests would be a second round trip.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_are_requested_once_in_a_scrape() {
    let requests = async |refill: bool| {
        let (upstream, exporter) = start(60).await;
        assert_complete(&exporter.scrape_within(30.0).await, 60, "first");
        let traffic = upstream.simulator.traffic();
        let pass = || upstream.clock.advance(jiff::SignedDuration::from_mins(2));
        pass();
        upstream.fault("Endpoints=delay(2s)");
        traffic.reset();
        let refill = async {
            traffic.until(|report| report.operation(Api::Rest, "workers") > 0).await;
            if refill {
                pass();
            }
        };
        let (page, ()) = tokio::join!(exporter.scrape_within(30.0), refill);
        assert_complete(&page, 60, "second");
        traffic.operation(Api::Rest, "workers")
    };
    assert_eq!(requests(true).await, requests(false).await);
}
