//! From the simulator over a recording and its replay to the same series.

use std::sync::Arc;

use clock::ManualClock;
use jiff::SignedDuration;
use recording::Scrubber;
use regex::{Captures, Regex};
use runpod_simulator::{Options, Shape};
use tempfile::tempdir;

use super::{everything, is_rationed, record, replayed};
use crate::support::{Upstream, account, noon};

/// A series as a recording has it: with stand-ins in its labels.
fn scrubbed(line: &str, scrubber: &Scrubber) -> String {
    let label = Regex::new(r#"(\w+)="([^"]*)""#).unwrap();
    let replace = |label: &Captures<'_>| {
        let (name, value) = (&label[1], &label[2]);
        let is_public = ["gpu_type_id", "data_center_id"].contains(&name) || value.is_empty();
        let value = match name {
            _ if is_public => value.to_owned(),
            "gpu_id" if value.len() < 3 => value.to_owned(), // a position
            "location" => scrubber.value("location", value),
            "image" => scrubber.value("image", value),
            _ if name.ends_with("_id") => scrubber.value("id", value),
            _ if name.ends_with("_name") => scrubber.value("name", value),
            _ => value.to_owned(),
        };
        format!("{name}=\"{value}\"")
    };
    label.replace_all(line, replace).into_owned()
}

/// Records an account and replays it. Returns the number of series.
async fn check(options: Options, fault: Option<&str>) -> usize {
    let upstream = Upstream::start(options).await;
    if let Some(fault) = fault {
        upstream.fault(fault);
    }
    let (folder, scrubber) = (tempdir().unwrap(), Scrubber::with_salt(b"salt"));
    let clock = Arc::new(upstream.clock.clone());
    let lines = record(everything(account(upstream.address)), clock, folder.path(), &scrubber).await;
    let mut expected: Vec<_> = lines.iter().map(|line| scrubbed(line, &scrubber)).collect();
    expected.sort();
    drop(upstream);
    // A year later, the time is still that of the recording.
    let later = ManualClock::new(noon().saturating_add(SignedDuration::from_hours(24 * 365)).unwrap());
    let found = replayed(folder.path(), Arc::new(later)).await;
    let missing: Vec<_> =
        expected.iter().filter(|line| !is_rationed(line) && !found.contains(line)).collect();
    let is_own = |line: &&String| line.starts_with("runpod_collector_") && is_rationed(line);
    let other: Vec<_> = found.iter().filter(|line| !is_own(line) && !expected.contains(line)).collect();
    assert!(missing.is_empty() && other.is_empty(), "missing {missing:#?}\nother {other:#?}");
    assert_ne!(found, lines, "nothing was replaced");
    found.len()
}

#[tokio::test]
async fn the_live_shape() {
    assert!(check(Options { machines: 2, clusters: 1, ..Options::default() }, None).await > 500);
}

#[tokio::test]
async fn the_documented_shape() {
    assert!(check(Options { shape: Shape::Documented, ..Options::default() }, None).await > 300);
}

#[tokio::test]
async fn several_documents_of_objects_by_id() {
    let options = Options { shape: Shape::Documented, endpoints: 120, pods: 60, ..Options::default() };
    assert!(check(options, None).await > 1_000);
}

#[tokio::test]
async fn an_account_without_graphql() {
    assert!(check(Options::default(), Some("graphql=gone")).await > 300);
}

#[tokio::test]
async fn an_account_with_parts_that_fail() {
    for fault in [
        "health=bad-gateway",
        "rest.billing=forbidden",
        "Pods=unauthorized",
        // Those without an answer.
        "requests=hang",
        "health=reset",
        "rest.volumes=endless",
    ] {
        // Few enough for the quota to suffice for the workers of all, which replace what the job API does not say.
        check(Options { endpoints: 2, ..Options::default() }, Some(fault)).await;
    }
}
