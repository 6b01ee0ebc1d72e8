//! `doctor`: what it says about a key without all scopes, and about a recording.

use clock::{Clock as _, SystemClock};
use runpod_simulator::Options;
use serde_json::Value;
use tempfile::tempdir;

use super::{Ended, command, end, reading};
use crate::support::{Upstream, noon};

#[tokio::test]
async fn it_reports_what_the_key_may_read_and_what_each_collector_gets() {
    let upstream = Upstream::start(Options::default()).await;
    // The time of the program is that of this machine, and metrics are requested for a period.
    upstream.clock.advance(SystemClock.now().duration_since(noon()));
    let Ended { code, stdout, stderr } = end(reading(&["doctor"], &upstream)).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    for part in [
        "graphql at 127.0.0.1:",
        "accepts the key",
        "allowed: graphql account, ",
        "billing: complete from rest; ",
        "requests at every scrape",
        "latency (off by default): complete from rest; ",
        "delayTimeP95Ms: p95 of delay in ms, exported as runpod_reported_delay_seconds",
        "requestsFailed: the word \"failed\" of its name is not known",
        "no proxy",
        "GET /v2/templates: {",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    assert!(!stdout.contains("forbidden") && !stdout.contains("GET /v2/serverless: "), "{stdout}");
    upstream.fault("rest.billing=forbidden");
    let Ended { code, stdout, .. } = end(reading(&["doctor"], &upstream)).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("forbidden: rest billing"), "{stdout}");
    assert!(stdout.contains("billing: not complete: API key lacks permission; grant the scope"), "{stdout}");
    let Ended { code, stdout, .. } =
        end(reading(&["doctor", "--json", "--no-collector.billing"], &upstream)).await;
    assert_eq!(code, 0, "a collector that is disabled is not missed: {stdout}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["apis"].as_array().unwrap().len(), 3);
    assert!(
        report["quota"].as_array().unwrap().iter().any(|window| window["window"] == "minute"),
        "{report}"
    );
}

#[tokio::test]
async fn it_examines_a_recording() {
    let upstream = Upstream::start(Options::default()).await;
    let folder = tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(end(reading(&["record", path], &upstream)).await.code, 0);
    let Ended { code, stdout, stderr } = end(command(&["doctor", "--replay", path])).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("from the recording ") && stdout.contains("GET /v2/templates: {"), "{stdout}");
    assert!(stdout.contains("clock: agrees with the servers"), "{stdout}");
}
