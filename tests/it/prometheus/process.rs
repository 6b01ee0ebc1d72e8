//! The program under a Prometheus that scrapes it every second, until it is terminated.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::server::{Prometheus, Series, spawn, until};
use crate::support::client;

/// The demo, and the address that it prints.
async fn demo() -> (Child, SocketAddr) {
    let mut demo = spawn(
        Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
            .args(["demo", "--web.listen-address=127.0.0.1:0", "--endpoints=30", "--pods=30"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, address)) = line.split_once("metrics    http://") {
            return (demo, address.trim_end_matches("/metrics").parse().unwrap());
        }
    }
    panic!("the demo does not print its address");
}

async fn page(address: SocketAddr, accept: &str) -> String {
    let request = client().get(format!("http://{address}/metrics")).header("Accept", accept);
    request.send().await.unwrap().text().await.unwrap()
}

fn is_sample(line: &&str) -> bool {
    !line.starts_with('#')
}

/// The counters of a page, including those of histograms.
fn counters(page: &str) -> Vec<String> {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let counting = types.flat_map(|(name, kind)| match kind {
        "counter" => vec![name.to_owned()],
        "histogram" => ["bucket", "count", "sum"].map(|part| format!("{name}_{part}")).into(),
        _ => Vec::new(),
    });
    counting.collect()
}

async fn terminate(process: &Child) {
    let id = process.id().unwrap().to_string();
    let status = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn prometheus_accepts_every_scrape_until_the_program_is_terminated() {
    let (mut demo, address) = demo().await;
    let prometheus = Prometheus::start(address).await;
    let target = prometheus.scrapes(5.0).await;
    assert_eq!((&target["health"], &target["lastError"]), (&"up".into(), &"".into()));

    // The world changes between two scrapes, so the first comparison may fail.
    let series = until("as many series in Prometheus as on the page", async || {
        // What Prometheus requests: it has a few series more than the text format.
        let given = page(address, "application/openmetrics-text").await.lines().filter(is_sample).count();
        let Series { scraped, kept, stored } = prometheus.series().await?;
        #[expect(clippy::cast_precision_loss, reason = "a page has fewer series than that")]
        let given = given as f64;
        (given == scraped && given == kept && given == stored).then_some(given)
    })
    .await;
    println!("{series} series of 30 endpoints and 30 pods");

    until("finished requests", async || {
        let grown = prometheus.value("sum(increase(runpod_requests_total[1h]))").await?;
        (grown > 0.0).then_some(())
    })
    .await;
    let counters = counters(&page(address, "*/*").await);
    assert!(counters.iter().any(|counter| counter == "runpod_requests_total"), "{counters:?}");
    for counter in counters {
        // `rate` treats a decreasing counter as a restart and would hide it.
        let resets = format!("sum(resets({counter}[1h]))");
        // Prometheus may scrape a new counter a little later than this test.
        let fell = until(&counter, || prometheus.value(&resets)).await;
        assert_eq!(fell, 0.0, "{counter}");
    }
    assert_eq!(prometheus.complaints(), [""; 0]);

    terminate(&demo).await;
    assert_eq!(demo.wait().await.unwrap().code(), Some(0));
    until("the end of the exporter", async || {
        let up = prometheus.value("up").await?;
        (up == 0.0).then_some(())
    })
    .await;
}
