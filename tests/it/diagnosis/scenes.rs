//! What is found in a simulated account as it lives, and as it is broken: the way from Runpod's answers to a series.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use runpod_exporter::simulator::Options;

use crate::support::{Exposition, Upstream};

/// Shorter than the time after which looks have nothing to do with each other.
const INTERVAL: SignedDuration = SignedDuration::from_mins(4);

/// Scrapes for more than half an hour, with these faults.
async fn scene(options: Options, faults: &[&str]) -> Exposition {
    let upstream = Upstream::start(options).await;
    let exporter = upstream.exporter().await;
    for fault in faults {
        upstream.fault(fault);
    }
    for _ in 0..9 {
        exporter.scrape().await;
        upstream.clock.advance(INTERVAL);
    }
    exporter.scrape().await
}

/// The names of what is found.
fn found(page: &Exposition) -> BTreeSet<String> {
    let findings = page.series().into_iter().filter(|series| series.starts_with("runpod_finding{"));
    let name = |series: String| series.split("finding=\"").nth(1)?.split('"').next().map(str::to_owned);
    findings.filter_map(name).collect()
}

#[tokio::test]
async fn nothing_is_found_in_a_healthy_scene() {
    let page = scene(Options { endpoints: 1, pods: 1, ..Options::default() }, &[]).await;
    assert_eq!(found(&page), BTreeSet::new());
    assert_eq!(page.value("runpod_endpoint_healthy", &[]), Some(1.0));
}

#[tokio::test]
async fn what_is_broken_is_found() {
    let one = || Options { endpoints: 1, pods: 1, ..Options::default() };
    for (faults, name) in [
        (&["graphql=gone"][..], "api_retired"),
        (&["graphql=unauthorized", "rest=unauthorized"], "key_rejected"),
        (&["rest=rate-limited"], "api_rationed"),
        (&["jobs=forbidden"], "endpoint_unreadable"),
    ] {
        let page = scene(one(), faults).await;
        assert!(found(&page).contains(name), "{faults:?}: {:?}", found(&page));
    }
}

#[tokio::test]
async fn what_is_wrong_in_the_usual_account_is_found() {
    let page = scene(Options::default(), &[]).await;
    let found = found(&page);
    for name in ["pod_idle", "pod_stopped_with_volume", "standby_without_minimum"] {
        assert!(found.contains(name), "{name}: {found:?}");
    }
    assert_eq!(page.value("runpod_endpoint_healthy", &["endpoint_name=\"llama-3-70b\""]), Some(1.0));
}
