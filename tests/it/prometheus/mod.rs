//! End to end with a real Prometheus: scraping, storing and querying. Nothing here parses the text format.

mod counters;
mod discovery;
mod hostile;
mod latency;
mod native;
mod process;
pub(crate) mod server;
mod workloads;

use std::process::Stdio;

use axum::Router;
use axum::routing::get;
use runpod_simulator::{Options, Shape};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use self::server::{Prometheus, Series, spawn};
use crate::support::{Exposition, Upstream, stub};

/// The output of promtool for a page: empty if there are no problems, in which case it also exits with success.
async fn promtool(page: &Exposition) -> String {
    let mut process = spawn(
        Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
    );
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(page.0.as_bytes()).await.unwrap();
    drop(stdin);
    let output = process.wait_with_output().await.unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.success(), text.is_empty(), "promtool: {}: {text}", output.status);
    text
}

async fn promtool_accepts(shape: Shape) {
    let upstream = Upstream::start(Options { shape, endpoints: 100, pods: 100, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    let first = exporter.scrape().await;
    assert_eq!(first.count("runpod_queue_depth", &[]), 100);
    assert_eq!(first.count("runpod_pod_info", &[]), 100);
    assert_eq!(promtool(&first).await, "");
    // A scrape with failures has more series of instruments.
    for fault in ["health=bad-gateway*3", "Pods=partial-errors", "Account=gone"] {
        upstream.fault(fault);
    }
    assert_eq!(promtool(&exporter.scrape().await).await, "");
}

#[tokio::test]
async fn promtool_accepts_the_live_shape() {
    promtool_accepts(Shape::Live).await;
}

#[tokio::test]
async fn promtool_accepts_the_documented_shape() {
    promtool_accepts(Shape::Documented).await;
}

/// Tests the tests: promtool, the counts and the log do report an invalid page.
#[tokio::test]
async fn an_invalid_page_is_detected() {
    const REPEATED: &str =
        "# HELP runpod_test Test.\n# TYPE runpod_test gauge\nrunpod_test 1\nrunpod_test 2\n";
    const OLD: &str = "# HELP runpod_old Old.\n# TYPE runpod_old gauge\nrunpod_old 1 1000\n";
    const COUNTER: &str = "# HELP runpod_test Test.\n# TYPE runpod_test counter\nrunpod_test 1\n";
    assert_ne!(promtool(&Exposition::new(COUNTER.to_owned())).await, "");
    for page in [REPEATED, OLD] {
        let (address, _server) = stub(Router::new().route("/metrics", get(async move || page))).await;
        let prometheus = Prometheus::start(address).await;
        prometheus.scrapes(2.0).await;
        let Series { scraped, stored, .. } = prometheus.series().await.unwrap();
        // promtool, and Prometheus before version 2.52, drop a repeated series silently.
        assert!(stored < scraped, "{page}: {stored} of {scraped}");
        assert!(page == REPEATED || !prometheus.complaints().is_empty(), "{page}");
    }
}
