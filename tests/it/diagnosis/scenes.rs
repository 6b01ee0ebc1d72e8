//! The findings of each scene of the simulator, from the simulated account to the series.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use jiff::SignedDuration;
use runpod_exporter::testing::diagnosis::Name;
use runpod_exporter::testing::metrics::families;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::scene::{SCENES, Scene};
use runpod_simulator::{Options, Shape};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::{Exporter, Exposition, Upstream, account, client};

/// Minutes between two samples. Shorter than the gap that ends a streak.
const MINUTES: usize = 2;
const INTERVAL: SignedDuration = SignedDuration::from_mins(2);

/// Samples of a scene: a little more than half an hour. All findings but one appear in that time.
const SAMPLES: usize = 17;

/// Samples of a scene with an idle pod, which is found after an hour.
const SAMPLES_OF_IDLE_POD: usize = 33;

/// Maximum number of samples until an account has recovered: a retired API is queried again after an hour.
const RECOVERY: usize = 40;

/// A small account, so that the tests are fast: an endpoint and a pod that a scene affects, and one more of each.
fn small(scene: &'static Scene) -> Options {
    Options { endpoints: 2, pods: 2, scenes: vec![scene], ..Options::default() }
}

fn named(name: &str) -> &'static Scene {
    Scene::named(name).unwrap()
}

/// An exporter with all collectors that findings depend on.
async fn exporter(upstream: &Upstream) -> Exporter {
    let collectors =
        Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs).collect();
    let mut account = account(upstream.address);
    account.reading = Reading { collectors, ..Reading::default() };
    Exporter::start(account, Arc::new(upstream.clock.clone())).await
}

/// The value of a label in the text of a series.
fn label(series: &str, name: &str) -> Option<String> {
    let (_, value) = series.split_once(&format!("{name}=\""))?;
    Some(value.split('"').next()?.to_owned())
}

/// The findings and their severities, symptoms with what explains them.
fn found(page: &Exposition) -> BTreeMap<String, String> {
    let is_finding = |series: &String| {
        ["runpod_finding{", "runpod_finding_symptom{"].iter().any(|family| series.starts_with(family))
    };
    let findings = page.series().into_iter().filter(is_finding);
    let entry = |series: String| {
        let severity = label(&series, "severity").unwrap();
        let cause = label(&series, "explained_by").map(|cause| format!(", because of {cause}"));
        (label(&series, "finding").unwrap(), format!("{severity}{}", cause.unwrap_or_default()))
    };
    findings.map(entry).collect()
}

/// The samples in which each finding appeared, by its name and severity.
#[derive(Default)]
struct Record {
    samples: usize,
    found: BTreeMap<(String, String), Vec<usize>>,
    /// The samples in which the first endpoint was in each state.
    states: BTreeMap<String, Vec<usize>>,
    /// The samples in which each finding was the cause of the problems of the first endpoint.
    causes: BTreeMap<String, Vec<usize>>,
}

impl Record {
    async fn note(&mut self, exporter: &Exporter, id: &str) {
        let page = exporter.scrape().await;
        self.samples += 1;
        for finding in found(&page) {
            self.found.entry(finding).or_default().push(self.samples);
        }
        let is_of_it = |series: &String| {
            series.starts_with("runpod_endpoint_state{") && series.contains(&format!("endpoint_id=\"{id}\""))
        };
        let states: Vec<_> = page.series().into_iter().filter(is_of_it).collect();
        assert!(states.len() <= 1, "{states:?}");
        let state = states.first().map_or("unknown".to_owned(), |series| label(series, "state").unwrap());
        let healthy = page.value("runpod_endpoint_healthy", &[&format!("endpoint_id=\"{id}\"")]);
        assert_eq!(healthy, (state != "unknown").then(|| f64::from(u8::from(state == "healthy"))));
        self.states.entry(state).or_default().push(self.samples);
        let document = status(exporter).await;
        let endpoints = document["accounts"][0]["endpoints"].as_array().unwrap().iter();
        let cause = endpoints.filter(|endpoint| endpoint["id"] == id).find_map(|it| it["cause"].as_str());
        if let Some(cause) = cause {
            self.causes.entry(cause.to_owned()).or_default().push(self.samples);
        }
    }

    fn names(&self) -> BTreeSet<&str> {
        self.found.keys().map(|(name, _)| name.as_str()).collect()
    }

    /// One line per finding: when it appeared.
    fn describe(&self) -> String {
        let mut text = String::new();
        for ((name, severity), samples) in &self.found {
            writeln!(text, "  {name} {}: {severity}", self.times(samples)).unwrap();
        }
        for (what, all) in [("state", &self.states), ("cause", &self.causes)] {
            for (value, samples) in all.iter().filter(|(value, _)| *value != "healthy") {
                writeln!(text, "  {what} {value} {}", self.times(samples)).unwrap();
            }
        }
        text
    }

    fn times(&self, samples: &[usize]) -> String {
        let (first, last) = (*samples.first().unwrap(), *samples.last().unwrap());
        let gaps = if samples.len() == last - first + 1 { "" } else { ", on and off" };
        let end = if last == self.samples { String::new() } else { format!(" to {}", MINUTES * last) };
        format!("from minute {}{end}{gaps}", MINUTES * first)
    }
}

async fn status(exporter: &Exporter) -> serde_json::Value {
    let status = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&status).unwrap()
}

/// Every finding has recommendations, a metric of its row, and a runbook.
async fn are_complete(exporter: &Exporter) {
    let status = status(exporter).await;
    let account = &status["accounts"][0];
    let of = |value: &serde_json::Value| value["findings"].as_array().unwrap().clone();
    let endpoints = account["endpoints"].as_array().unwrap().iter().flat_map(of);
    for finding in of(account).into_iter().chain(endpoints) {
        let recommendations = finding["recommendations"].as_array().unwrap();
        assert!((1..=3).contains(&recommendations.len()), "{finding}");
        let name = Name::ALL.iter().find(|name| name.as_str() == finding["name"]).unwrap();
        let metric = finding["metric"].as_str().unwrap();
        assert!(name.row().metrics.contains(&metric) && FAMILIES.contains(metric), "{finding}");
        assert_eq!(name.row().subject.as_str(), finding["subject"]["kind"], "{finding}");
        let runbook =
            exporter.get(&format!("/{}", finding["runbook"].as_str().unwrap())).send().await.unwrap();
        assert_eq!(runbook.status(), 200, "{finding}");
    }
}

/// The names of all families.
static FAMILIES: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| families().map(|family| family.header().name).collect());

/// Plays a scene while an exporter is running, until the account has recovered.
async fn play(scene: &'static Scene, shape: Shape) -> (Record, Option<usize>) {
    let options = Options { shape, clusters: scene.clusters, ..small(named("healthy")) };
    let upstream = Upstream::start(options).await;
    let exporter = exporter(&upstream).await;
    let id = upstream.ids().remove(0);
    let (mut before, mut record) = (Record::default(), Record::default());
    for _ in 0..2 {
        before.note(&exporter, &id).await;
        upstream.clock.advance(INTERVAL);
    }
    assert_eq!(before.names(), BTreeSet::new(), "before {scene:?}");
    upstream.simulator.play(vec![scene]);
    let samples = if scene.found.contains(&"pod_idle") { SAMPLES_OF_IDLE_POD } else { SAMPLES };
    for _ in 0..samples {
        upstream.clock.advance(INTERVAL);
        record.note(&exporter, &id).await;
        are_complete(&exporter).await;
    }
    upstream.simulator.play(Vec::new());
    let mut recovered = None;
    for sample in 0..RECOVERY {
        upstream.clock.advance(INTERVAL);
        if found(&exporter.scrape().await).is_empty() {
            recovered = Some(MINUTES * (sample + 1));
            break;
        }
    }
    (record, recovered)
}

/// One scene after the other on each of the machine's processors.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scene_is_found_and_resolves() {
    // With all scenes at once, a busy machine lets single requests wait for longer than their timeout.
    let (mut playing, places) = (JoinSet::new(), Arc::new(Semaphore::new(4)));
    for (number, scene) in SCENES.iter().enumerate() {
        let places = Arc::clone(&places);
        playing.spawn(async move {
            let _place = places.acquire().await.unwrap();
            (number, scene, play(scene, Shape::Live).await)
        });
    }
    let mut seen = playing.join_all().await;
    seen.sort_by_key(|(number, ..)| *number);
    let mut table = String::new();
    for (_, scene, (record, recovered)) in seen {
        for name in scene.found {
            assert!(
                record.names().contains(name),
                "{name} is not found in {scene:?}:\n{}",
                record.describe()
            );
        }
        assert_eq!(scene.found.is_empty(), record.names().is_empty(), "{scene:?}:\n{}", record.describe());
        let recovered = recovered.unwrap_or_else(|| panic!("{scene:?} does not end"));
        writeln!(table, "{}: {}", scene.name, scene.story).unwrap();
        table.push_str(&record.describe());
        writeln!(table, "  nothing {recovered} minutes after its end").unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_finding_has_a_scene() {
    let found: BTreeSet<&str> = SCENES.iter().flat_map(|scene| scene.found).copied().collect();
    assert_eq!(found, Name::ALL.iter().map(|name| name.as_str()).collect());
}

#[tokio::test]
async fn a_healthy_account_of_any_size_and_shape_has_no_findings() {
    for (shape, [endpoints, pods, clusters, machines], seed) in [
        (Shape::Live, [9, 8, 0, 0], 2),
        (Shape::Documented, [4, 4, 1, 0], 1),
        (Shape::Live, [0, 0, 0, 0], 3),
        (Shape::Live, [0, 0, 2, 1], 4),
        (Shape::Live, [2, 30, 3, 2], 5),
    ] {
        let options = Options { shape, endpoints, pods, clusters, machines, seed, ..small(named("healthy")) };
        let upstream = Upstream::start(options).await;
        let exporter = exporter(&upstream).await;
        for sample in 0..35 {
            let page = exporter.scrape().await;
            assert_eq!(found(&page), BTreeMap::new(), "{shape:?}, sample {sample}");
            assert_eq!(page.count("runpod_endpoint_healthy", &["} 1"]), endpoints);
            upstream.clock.advance(INTERVAL);
        }
    }
}

/// Queue and workers have another source in this shape.
#[tokio::test]
async fn stuck_queues_are_found_in_the_documented_shape() {
    for name in ["no-capacity", "crash-loop", "idle-workers"] {
        let scene = named(name);
        let (record, recovered) = play(scene, Shape::Documented).await;
        for name in scene.found {
            let mut samples = record.found.iter().filter(|((found, _), _)| found == name);
            assert!(samples.any(|(_, samples)| samples.contains(&SAMPLES)), "{name}:\n{}", record.describe());
        }
        assert!(recovered.is_some(), "{scene:?}");
    }
}

#[tokio::test]
async fn a_scene_is_played_from_the_command_line_and_ended_by_the_control_route() {
    let upstream = Upstream::start(small(named("throttled"))).await;
    let exporter = exporter(&upstream).await;
    let control = format!("http://{}/simulator/scene", upstream.address);
    upstream.clock.advance(INTERVAL);
    assert!(found(&exporter.scrape().await).contains_key("workers_throttled"));
    let put = client().put(&control).body("stopped-pod\nfailing-handler").send().await.unwrap();
    assert_eq!(put.status(), 204);
    assert_eq!(
        client().get(&control).send().await.unwrap().text().await.unwrap(),
        "stopped-pod\nfailing-handler\n"
    );
    upstream.clock.advance(INTERVAL);
    let both = found(&exporter.scrape().await);
    assert!(
        both.contains_key("pod_stopped_with_volume") && both.contains_key("error_ratio_high"),
        "{both:?}"
    );
    assert_eq!(client().delete(&control).send().await.unwrap().status(), 204);
    for _ in 0..6 {
        upstream.clock.advance(INTERVAL);
        exporter.scrape().await;
    }
    assert_eq!(found(&exporter.scrape().await), BTreeMap::new());
}

#[tokio::test]
async fn the_default_account_has_its_usual_problems() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let mut healthy = false;
    for _ in 0..SAMPLES_OF_IDLE_POD {
        let page = exporter.scrape().await;
        healthy |= page.value("runpod_endpoint_healthy", &["endpoint_name=\"llama-3-70b\""]) == Some(1.0);
        upstream.clock.advance(INTERVAL);
    }
    assert!(healthy, "llama-3-70b is never healthy");
    let found = found(&exporter.scrape().await);
    for name in ["pod_idle", "pod_stopped_with_volume", "standby_without_minimum"] {
        assert!(found.contains_key(name), "{name}: {found:?}");
    }
}
