//! Hours of history for dashboards: the exporter is scraped every minute of a simulated clock, and promtool creates blocks from
//! the scrapes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clock::Clock as _;
use jiff::{SignedDuration, Timestamp};
use runpod_exporter::testing::settings::{
    Collector, LatencyObjective, LevelOverrides, Reading, Signal, Slo, Slos, Thresholds,
};
use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::OnceCell;

use super::openmetrics::OpenMetrics;
use super::rules;
use crate::prometheus::server::{Prometheus, spawn, until};
use crate::support::{Exposition, Upstream, noon};

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

/// Copies the history, including recorded rules, into `directory`, as the data of a Prometheus. The tests of one process share it:
/// it is created once, in the build directory.
pub(super) async fn copy_to(directory: &Path) {
    static SHARED: OnceCell<PathBuf> = OnceCell::const_new();
    let shared = SHARED.get_or_init(async || {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("history");
        let _absent = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).unwrap();
        make(&place).await;
        place
    });
    let output =
        Command::new("cp").arg("-R").arg(shared.await.join(".")).arg(directory).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Creates the history in `directory`.
async fn make(directory: &Path) {
    let mut text = OpenMetrics::default();
    simulate(HOURS * 60, |page, at| text.add(page, at)).await;
    import(directory, &text).await;
    for level in rules::levels() {
        record(directory, &level).await;
    }
}

/// Creates the data of a Prometheus in `directory` from samples.
pub(super) async fn import(directory: &Path, samples: &OpenMetrics) {
    let scrapes = directory.join("scrapes.om");
    fs::write(&scrapes, samples.text()).unwrap();
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
}

/// Simulates the first minutes of the history and takes the scrape of each.
pub(super) async fn simulate(minutes: i64, mut take: impl FnMut(&Exposition, Timestamp)) {
    // Some panels draw a line for each threshold; latency and throttled workers have no critical one until it is configured.
    let levels = |warning, critical| LevelOverrides { warning: Some(warning), critical: Some(critical) };
    let configured = [(Signal::LatencyP95, levels(5.0, 10.0)), (Signal::WorkersThrottled, levels(1.0, 3.0))];
    let latency = Some(LatencyObjective { target: 0.95, seconds: 8.0 });
    let slos = Slos::new(Slo { success: Some(0.99), latency }, Vec::new()).unwrap();
    let thresholds = Arc::new(Thresholds::new(configured.into(), Vec::new()).unwrap().with_slos(slos));
    let collectors = Collector::ALL.iter().copied().collect();
    let reading = Reading { collectors, thresholds, each_worker: true, ..Reading::default() };
    let options = Options { machines: 2, clusters: 1, ..Options::default() };
    let (upstream, exporter) = Upstream::with_webhooks(options, reading, |webhooks| webhooks).await;
    for minute in 0..=minutes {
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
        take(&exporter.scrape().await, upstream.clock.now());
        upstream.clock.advance(STEP);
    }
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
