//! Hours of history for dashboards: the exporter is scraped every minute of a simulated clock, and promtool creates blocks from
//! the scrapes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use clock::Clock as _;
use jiff::{SignedDuration, Timestamp};
use runpod_exporter::testing::settings::{Collector, LevelOverrides, Reading, Signal, Thresholds};
use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use serde_json::{Value, json};
use tokio::process::Command;

use super::openmetrics::OpenMetrics;
use super::rules;
use crate::prometheus::server::{Prometheus, spawn, until};
use crate::support::{Upstream, noon};

const HOURS: i64 = 6;

/// Interval of scrapes. Rates use windows of at least two minutes.
const STEP: SignedDuration = SignedDuration::from_mins(1);

/// Scenes and faults, with their first and last minute, so that panels about failures have data too.
const TROUBLES: [(i64, i64, &str); 5] = [
    (70, 85, "health=bad-gateway*40"),
    (140, 150, "Pods=partial-errors"),
    (170, 210, "idle-workers"),
    (240, 252, "rest.billing=bad-gateway"),
    (290, 296, "graphql=rate-limited(30)"),
];

/// Start and end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// Start and end of every history.
pub(super) fn span() -> Span {
    Span { start: noon(), end: noon() + SignedDuration::from_hours(HOURS) }
}

/// Creates a history, including recorded rules, as the data of a Prometheus in `directory`.
pub(super) async fn make(directory: &Path) {
    let scrapes = directory.join("scrapes.om");
    simulate(&scrapes).await;
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

/// Simulates the hours and writes the scrapes.
async fn simulate(scrapes: &Path) {
    // Some panels draw a line for each threshold; latency and throttled workers have no critical one until it is configured.
    let levels = |warning, critical| LevelOverrides { warning: Some(warning), critical: Some(critical) };
    let configured = [(Signal::LatencyP95, levels(5.0, 10.0)), (Signal::WorkersThrottled, levels(1.0, 3.0))];
    let thresholds = Arc::new(Thresholds::new(configured.into(), Vec::new()).unwrap());
    let collectors = Collector::ALL.iter().copied().collect();
    let reading = Reading { collectors, thresholds, ..Reading::default() };
    let options = Options { machines: 2, ..Options::default() };
    let (upstream, exporter) = Upstream::with_webhooks(options, reading, |webhooks| webhooks).await;
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

/// Records these rules on the existing data with promtool.
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
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "promtool {arguments:?}: {errors}");
}
