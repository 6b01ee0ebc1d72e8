//! Every scrape is answered at its deadline, whatever the upstream does and however many clients scrape.

mod busy;
mod limits;
mod patient;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::Options;
use tokio::time::Instant;

use crate::support::{Exporter, Exposition, Upstream, account};

/// Time after the scrape timeout that an answer may take on a busy machine. A wait without a deadline lasts longer: as long as the
/// timeout of the most patient client, or of a request.
const MARGIN: Duration = Duration::from_secs(6);

/// Rules of the simulator after which some or all requests do not end in time.
const HANGS: [&[&str]; 12] = [
    &["graphql=hang"],
    &["Endpoints=hang"],
    &["Pods=hang"],
    &["jobs=hang"],
    &["rest=hang"],
    &["graphql=hang", "rest=hang", "jobs=hang"],
    &["graphql=drip", "rest=drip", "jobs=drip"],
    &["Endpoints=drip"],
    &["jobs=endless"],
    &["graphql=endless", "rest=endless"],
    &["graphql=delay(1s)", "rest=delay(1s)", "jobs=delay(1s)"],
    &["graphql=reset-body", "rest=hang", "jobs=drip"],
];

/// A scrape with a timeout in seconds, which must be answered within it.
async fn in_time(exporter: &Exporter, path: &str, seconds: f64, what: &str) -> Exposition {
    let started = Instant::now();
    let request = exporter.get(path).header("X-Prometheus-Scrape-Timeout-Seconds", seconds.to_string());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{what}");
    let page = Exposition::new(response.text().await.unwrap());
    let took = started.elapsed();
    let limit = Duration::try_from_secs_f64(seconds).unwrap() + MARGIN;
    assert!(took <= limit, "{what}: {path} with a timeout of {seconds} s took {took:?}");
    page
}

/// Every wait inside a gathering ends with its deadline: the answer did not have to be given without its result. On a busy machine
/// some are late; if one has no end, all that follow are.
async fn ends_by_itself(exporter: &Exporter, what: &str) {
    let mut late = f64::INFINITY;
    for _ in 0..30 {
        let page = in_time(exporter, "/metrics", 2.0, what).await;
        let now = page.value("runpod_exporter_late_scrapes_total", &[]).unwrap();
        if now <= late && late.is_finite() {
            return;
        }
        late = now;
    }
    panic!("{what}: {late} gatherings did not end at their deadline");
}

/// An account with this many endpoints and every collector that is read in a scrape.
async fn start(endpoints: usize, rules: &[&str]) -> (Upstream, Exporter) {
    let upstream = Upstream::start(Options { endpoints, ..Options::default() }).await;
    for rule in rules {
        upstream.fault(rule);
    }
    let collectors =
        Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs).collect();
    let reading = Reading { collectors, ..Reading::default() };
    let account = Account { reading, ..account(upstream.address) };
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    (upstream, exporter)
}

/// Impatient and patient clients at a cold start, while each document is negotiated, and again with what is known by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_is_answered_in_time_during_every_hang() {
    let hang = async |rules: &[&str]| {
        let (_upstream, exporter) = start(5, rules).await;
        for round in ["cold", "warm"] {
            let what = format!("{rules:?}, {round}");
            let clients = [
                ("/probe?account=default", 4.0),
                ("/metrics", 2.0),
                ("/probe?account=default&collect[]=pods", 2.5),
                ("/metrics", 1.0),
                ("/metrics", 0.5),
                ("/probe?account=default", 1.0),
            ];
            let scrapes = clients.map(|(path, seconds)| in_time(&exporter, path, seconds, &what));
            for page in join_all(scrapes).await {
                assert_eq!(page.count("runpod_up", &[]), 1, "{what}");
            }
        }
        ends_by_itself(&exporter, &format!("{rules:?}")).await;
    };
    // In groups: the processors of the test are not what is tested.
    for hangs in HANGS.chunks(2) {
        join_all(hangs.iter().map(|rules| hang(rules))).await;
    }
}

/// The measured case: GraphQL hangs while its documents are negotiated, beside eight patient probes.
#[tokio::test]
async fn a_scrape_does_not_wait_for_the_negotiation_of_a_more_patient_one() {
    let (_upstream, exporter) = start(5, &["graphql=hang"]).await;
    let patient = (0..8).map(|_| in_time(&exporter, "/probe?account=default", 5.0, "patient"));
    let hasty = async {
        for _ in 0..3 {
            in_time(&exporter, "/metrics", 1.0, "hasty").await;
        }
    };
    tokio::join!(join_all(patient), hasty);
    ends_by_itself(&exporter, "graphql=hang").await;
}

/// What has arrived by the deadline is exported, although other parts hang.
#[tokio::test]
async fn a_hang_costs_only_what_hangs() {
    let (upstream, exporter) = start(5, &[]).await;
    exporter.scrape().await;
    upstream.fault("jobs=hang");
    let page = in_time(&exporter, "/metrics", 1.0, "jobs=hang").await;
    assert_eq!(page.value("runpod_up", &[]), Some(1.0));
    assert_eq!(page.value("runpod_collector_success", &["collector=\"health\""]), Some(0.0));
    assert_eq!(page.value("runpod_collector_success", &["collector=\"pods\""]), Some(1.0));
    assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(1.0));
    assert_eq!(page.value("runpod_exporter_late_scrapes_total", &[]), Some(0.0));
}
