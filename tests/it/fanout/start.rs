//! The first contact, which the exporter makes by itself: what it learns, and when it stops.

use std::pin::pin;
use std::time::Duration;

use runpod_simulator::{Api, Options};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::start;
use crate::command::{first_scrape, listening, reading, terminate};
use crate::support::{KEY, Upstream, client};

/// Timeout that even a slow machine does not reach.
const LONG: Duration = Duration::from_secs(90);

/// The ids are known after one round trip, although the fields of the list take several.
#[tokio::test]
async fn the_first_scrape_reads_endpoints_while_it_negotiates() {
    let (upstream, exporter) = start(30).await;
    upstream.fault("Endpoints=delay(2s)*1"); // the list, which is rejected then
    let early = async {
        upstream.simulator.traffic().until(|report| report.jobs.requests >= 30).await;
        upstream.simulator.traffic().report().documents.len()
    };
    let (page, _) = tokio::join!(exporter.scrape(), early);
    assert_eq!(page.sum("runpod_endpoint_up", &[]), 30.0);
    let lists = upstream.simulator.traffic().operation(Api::Graphql, "Endpoints");
    exporter.scrape().await;
    assert_eq!(
        upstream.simulator.traffic().operation(Api::Graphql, "Endpoints"),
        lists + 1,
        "later, only the list is requested"
    );
}

/// What the list lacks is known from its rejection, one round trip before the list.
#[tokio::test]
async fn the_first_scrape_reads_details_together_with_the_list() {
    // The rejection arrives together with the ids, or after them.
    for first in [None, Some("Endpoints=delay(4s)*1")] {
        let (upstream, exporter) = start(5).await; // their details are one document
        for rule in first.into_iter().chain(["Endpoints=delay(2s)", "EndpointDetail=delay(2s)"]) {
            upstream.fault(rule);
        }
        let traffic = upstream.simulator.traffic();
        let together = traffic.until(|report| {
            report.operation(Api::Graphql, "EndpointDetail") > 0 && report.graphql.in_flight >= 2
        });
        let mut scrape = pin!(exporter.scrape_within(40.0)); // so long that REST is not queried instead of the list
        tokio::select! {
            _ = &mut scrape => panic!("{first:?}: the details waited for the list"),
            () = together => {}
        }
        let page = scrape.await;
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 5.0, "{first:?}");
    }
}

/// After the first contact, a scrape is one round trip: the list is requested together with the health of each endpoint.
#[tokio::test]
async fn the_first_scrape_after_the_start_finds_everything_known() {
    let upstream = Upstream::start(Options { endpoints: 40, ..Options::default() }).await;
    let running = listening(&[], &upstream).await;
    first_scrape(&running).await; // one that is in flight would be joined
    upstream.simulator.traffic().reset();
    upstream.fault("Endpoints=delay(500ms)");
    let scrape = async { client().get(format!("http://{}/metrics", running.address)).send().await.unwrap() };
    let together = async {
        // All healths have been answered before the list is.
        upstream.simulator.traffic().until(|report| report.operation(Api::Jobs, "health") >= 40).await;
        upstream.simulator.traffic().report().graphql.in_flight
    };
    let (response, lists) = tokio::join!(scrape, together);
    assert_eq!(response.status(), 200);
    assert!(lists > 0, "the healths waited for the list");
    assert_eq!(upstream.simulator.traffic().operation(Api::Graphql, "Endpoints"), 1, "nothing is negotiated");
    terminate(running).await;
}

/// A rejected key is not tried again and again. A new one is, at once.
#[tokio::test]
async fn a_rejected_key_is_tried_again_when_it_changes() {
    let upstream = Upstream::start(Options::default()).await;
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "rpa_REJECTED0KEY").unwrap();
    let (listener, log) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), folder.path().join("log"));
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut command = reading(&[], &upstream);
    command
        .env_remove("RUNPOD_API_KEY")
        .arg(format!("--runpod.api-key-file={}", key.display()))
        .arg(format!("--web.listen-address={address}"))
        .stdout(std::process::Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    let begin = Instant::now();
    let logged = || std::fs::read_to_string(&log).unwrap();
    while !logged().contains("the next attempt is the next scrape") {
        assert!(begin.elapsed() < LONG, "{}", logged());
        sleep(Duration::from_millis(20)).await; // polling another process
    }
    let http = client();
    let ready = || http.get(format!("http://{address}/ready")).send();
    assert_eq!(ready().await.unwrap().status(), 503);
    assert_eq!(upstream.simulator.traffic().operation(Api::Graphql, "Account"), 1);
    std::fs::write(&key, KEY).unwrap();
    while ready().await.unwrap().status() != 200 {
        assert!(begin.elapsed() < LONG, "{}", logged());
        sleep(Duration::from_millis(20)).await; // polling another process
    }
    child.kill().await.unwrap();
}

/// Requests that are refused end at once, and none that has been given up keeps the only place among the requests in flight. Which of
/// them has it is a matter of chance, so that this takes several first scrapes.
#[tokio::test]
async fn a_server_that_refuses_everything_does_not_delay_the_first_scrape() {
    for _ in 0..12 {
        let (upstream, exporter) = start(6).await;
        upstream.fault("graphql=busy(0)");
        upstream.fault("rest=busy(0)");
        let page = exporter.scrape_within(8.0).await;
        assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(0.0), "it waited until its deadline");
    }
}
