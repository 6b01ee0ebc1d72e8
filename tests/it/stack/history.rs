//! Hours of the simulated world as a Prometheus would have kept them: the real exporter is scraped minute by minute by a clock
//! that is moved, and promtool makes blocks of what it said. Nothing is made up for the dashboards.

use std::fs;
use std::path::Path;

use clock::Clock as _;
use jiff::{SignedDuration, Timestamp};
use runpod_exporter::settings::{Collector, Reading};
use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use serde_json::{Value, json};
use tokio::process::Command;

use super::openmetrics::OpenMetrics;
use super::rules;
use crate::prometheus::server::{Prometheus, spawn, until};
use crate::support::{Upstream, noon};

const HOURS: i64 = 6;

/// Between two scrapes. Rates are drawn over two minutes at least.
const STEP: SignedDuration = SignedDuration::from_mins(1);

/// What happens, from which minute to which: scenes, and faults as on the command line. Pages about failures have something to
/// show too.
const TROUBLES: [(i64, i64, &str); 5] = [
    (70, 85, "health=bad-gateway*40"),
    (140, 150, "Pods=partial-errors"),
    (170, 210, "idle-workers"),
    (240, 252, "rest.billing=bad-gateway"),
    (290, 296, "graphql=rate-limited(30)"),
];

/// The first moment and the last one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// The time of every history.
pub(super) fn span() -> Span {
    Span { start: noon(), end: noon() + SignedDuration::from_hours(HOURS) }
}

/// Makes a history, with what the rules make of it, for a Prometheus whose data are in `directory`.
pub(super) async fn make(directory: &Path) {
    let scrapes = directory.join("scrapes.om");
    live(&scrapes).await;
    let text = scrapes.display().to_string();
    promtool(&[
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        &text,
        &directory.display().to_string(),
    ])
    .await;
    fs::remove_file(scrapes).unwrap();
    for level in rules::levels() {
        record(directory, &level).await;
    }
}

/// Lives through the hours, and writes what was scraped.
async fn live(scrapes: &Path) {
    let reading = Reading { collectors: Collector::ALL.iter().copied().collect(), ..Reading::default() };
    let options = Options { machines: 2, ..Options::default() };
    let (upstream, exporter) = Upstream::telling(options, reading, |webhooks| webhooks).await;
    let mut text = OpenMetrics::default();
    for minute in 0..=HOURS * 60 {
        for (from, to, trouble) in TROUBLES {
            let scene = Scene::named(trouble).ok();
            match (scene, minute == from, minute == to) {
                (Some(scene), true, _) => upstream.simulator.play(vec![scene]),
                (None, true, _) => upstream.fault(trouble),
                (Some(_), _, true) => upstream.simulator.play(Vec::new()),
                (None, _, true) => upstream.simulator.faults().clear(),
                _ => {}
            }
        }
        assert_eq!(upstream.simulator.deliver().await.refused, 0);
        text.add(&exporter.scrape().await, upstream.clock.now());
        upstream.clock.advance(STEP);
    }
    fs::write(scrapes, text.text()).unwrap();
}

/// Lets promtool record these rules over what there is already.
async fn record(directory: &Path, rules: &[Value]) {
    let file = directory.join("rules.json");
    let groups = json!({"groups": [{"name": "history", "interval": "1m", "rules": rules}]});
    fs::write(&file, groups.to_string()).unwrap();
    let prometheus = Prometheus::configured(&json!({}), Some(directory)).await;
    until("a Prometheus with a history", async || prometheus.value("vector(1)").await).await;
    let Span { start, end } = span();
    let [start, end] = [start, end].map(|moment| moment.as_second().to_string());
    promtool(&[
        "tsdb",
        "create-blocks-from",
        "rules",
        &format!("--start={start}"),
        &format!("--end={end}"),
        &format!("--url=http://{}", prometheus.address),
        &format!("--output-dir={}", directory.display()),
        "--eval-interval=1m",
        &file.display().to_string(),
    ])
    .await;
    prometheus.stop().await;
    fs::remove_file(file).unwrap();
}

async fn promtool(arguments: &[&str]) {
    let output = spawn(
        Command::new("promtool")
            .args(arguments)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped()),
    )
    .wait_with_output()
    .await
    .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "promtool {arguments:?}: {said}");
}
