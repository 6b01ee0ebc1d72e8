//! What is found in the simulator's scenes: the way from a world in which something happens to a series.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use jiff::SignedDuration;
use runpod_exporter::diagnosis::Name;
use runpod_exporter::metrics::families;
use runpod_exporter::settings::{Collector, Reading};
use runpod_simulator::scene::{SCENES, Scene};
use runpod_simulator::{Options, Shape};
use tokio::task::JoinSet;

use crate::support::{Exporter, Exposition, Upstream, account, client};

/// Minutes between two looks. Shorter than the time after which looks have nothing to do with each other.
const MINUTES: usize = 2;
const INTERVAL: SignedDuration = SignedDuration::from_mins(2);

/// Looks at a scene: for longer than anything has to last that is found, which is half an hour.
const LOOKS: usize = 17;

/// Looks until a world has recovered at the latest: an API that has been retired is asked again after an hour.
const RECOVERY: usize = 40;

/// A small world, so that the tests are quick: an endpoint and a pod on the scene, and others beside them.
fn small(scene: &'static Scene) -> Options {
    Options { endpoints: 2, pods: 2, scenes: vec![scene], ..Options::default() }
}

fn named(name: &str) -> &'static Scene {
    Scene::named(name).unwrap()
}

/// An exporter that reads all that findings are made of.
async fn exporter(upstream: &Upstream) -> Exporter {
    let collectors =
        Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs).collect();
    let mut account = account(upstream.address);
    account.reading = Reading { collectors, ..Reading::default() };
    Exporter::start(account, Arc::new(upstream.clock.clone())).await
}

/// What is found, and how bad it is.
fn found(page: &Exposition) -> BTreeMap<String, String> {
    let findings = page.series().into_iter().filter(|series| series.starts_with("runpod_finding{"));
    let label = |series: &str, name: &str| {
        let (_, value) = series.split_once(&format!("{name}=\"")).unwrap();
        value.split('"').next().unwrap().to_owned()
    };
    findings.map(|series| (label(&series, "finding"), label(&series, "severity"))).collect()
}

/// What was found over some looks: by the finding and how bad it is, at which of them.
#[derive(Default)]
struct Record {
    looks: usize,
    found: BTreeMap<(String, String), Vec<usize>>,
    /// At which looks the first endpoint was not healthy.
    unhealthy: Vec<usize>,
}

impl Record {
    fn note(&mut self, page: &Exposition, id: &str) {
        self.looks += 1;
        for finding in found(page) {
            self.found.entry(finding).or_default().push(self.looks);
        }
        if page.value("runpod_endpoint_healthy", &[&format!("endpoint_id=\"{id}\"")]) == Some(0.0) {
            self.unhealthy.push(self.looks);
        }
    }

    fn names(&self) -> BTreeSet<&str> {
        self.found.keys().map(|(name, _)| name.as_str()).collect()
    }

    /// A line a finding: when it was there.
    fn tell(&self) -> String {
        let mut told = String::new();
        for ((name, severity), looks) in &self.found {
            writeln!(told, "  {name} {severity} {}", self.times(looks)).unwrap();
        }
        if !self.unhealthy.is_empty() {
            writeln!(told, "  runpod_endpoint_healthy 0 {}", self.times(&self.unhealthy)).unwrap();
        }
        told
    }

    fn times(&self, looks: &[usize]) -> String {
        let (first, last) = (*looks.first().unwrap(), *looks.last().unwrap());
        let gaps = if looks.len() == last - first + 1 { "" } else { ", on and off" };
        let end = if last == self.looks { String::new() } else { format!(" to {}", MINUTES * last) };
        format!("from minute {}{end}{gaps}", MINUTES * first)
    }
}

/// Every finding says what to do, where it shows, and where more is written.
async fn are_of_use(exporter: &Exporter) {
    let status = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let account = &status["accounts"][0];
    let of = |value: &serde_json::Value| value["findings"].as_array().unwrap().clone();
    let endpoints = account["endpoints"].as_array().unwrap().iter().flat_map(of);
    for finding in of(account).into_iter().chain(endpoints) {
        let recommendations = finding["recommendations"].as_array().unwrap();
        assert!((1..=3).contains(&recommendations.len()), "{finding}");
        assert!(FAMILIES.contains(finding["metric"].as_str().unwrap()), "{finding}");
        let runbook =
            exporter.get(&format!("/{}", finding["runbook"].as_str().unwrap())).send().await.unwrap();
        assert_eq!(runbook.status(), 200, "{finding}");
    }
}

/// Every family that there is, by its name.
static FAMILIES: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| families().map(|family| family.header().name).collect());

/// Looks at a scene that begins while an exporter is looking, until long after its end.
async fn look_at(scene: &'static Scene, shape: Shape) -> (Record, Option<usize>) {
    let upstream = Upstream::start(Options { shape, ..small(named("healthy")) }).await;
    let exporter = exporter(&upstream).await;
    let id = upstream.ids().remove(0);
    let (mut before, mut record) = (Record::default(), Record::default());
    for _ in 0..2 {
        before.note(&exporter.scrape().await, &id);
        upstream.clock.advance(INTERVAL);
    }
    assert_eq!(before.names(), BTreeSet::new(), "before {scene:?}");
    upstream.simulator.play(vec![scene]);
    for _ in 0..LOOKS {
        upstream.clock.advance(INTERVAL);
        record.note(&exporter.scrape().await, &id);
        are_of_use(&exporter).await;
    }
    upstream.simulator.play(Vec::new());
    let mut recovered = None;
    for look in 0..RECOVERY {
        upstream.clock.advance(INTERVAL);
        if found(&exporter.scrape().await).is_empty() {
            recovered = Some(MINUTES * (look + 1));
            break;
        }
    }
    (record, recovered)
}

/// One scene after the other on each of the machine's processors.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scene_is_found_and_passes() {
    let mut looking = JoinSet::new();
    for (number, scene) in SCENES.iter().enumerate() {
        looking.spawn(async move { (number, scene, look_at(scene, Shape::Live).await) });
    }
    let mut seen = looking.join_all().await;
    seen.sort_by_key(|(number, ..)| *number);
    let mut table = String::new();
    for (_, scene, (record, recovered)) in seen {
        for name in scene.found {
            assert!(record.names().contains(name), "{name} is not found in {scene:?}:\n{}", record.tell());
        }
        assert_eq!(scene.found.is_empty(), record.names().is_empty(), "{scene:?}:\n{}", record.tell());
        let recovered = recovered.unwrap_or_else(|| panic!("{scene:?} does not pass"));
        writeln!(table, "{}: {}", scene.name, scene.story).unwrap();
        table.push_str(&record.tell());
        writeln!(table, "  nothing {recovered} minutes after its end").unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_finding_has_a_scene_and_no_scene_tells_of_another() {
    let told: BTreeSet<&str> = SCENES.iter().flat_map(|scene| scene.found).copied().collect();
    assert_eq!(told, Name::ALL.map(Name::as_str).into());
}

#[tokio::test]
async fn nothing_is_found_in_a_healthy_scene_of_any_size_and_shape() {
    for (shape, endpoints, pods, seed) in
        [(Shape::Live, 9, 8, 2), (Shape::Documented, 4, 4, 1), (Shape::Live, 0, 0, 3)]
    {
        let options = Options { shape, endpoints, pods, seed, ..small(named("healthy")) };
        let upstream = Upstream::start(options).await;
        let exporter = exporter(&upstream).await;
        for look in 0..35 {
            let page = exporter.scrape().await;
            assert_eq!(found(&page), BTreeMap::new(), "{shape:?}, look {look}");
            assert_eq!(page.count("runpod_endpoint_healthy", &["} 1"]), endpoints);
            upstream.clock.advance(INTERVAL);
        }
    }
}

/// The tables of the queue and of the workers come from elsewhere in this shape.
#[tokio::test]
async fn the_documented_shape_tells_of_the_same_stuck_queues() {
    for name in ["no-capacity", "crash-loop", "idle-workers"] {
        let scene = named(name);
        let (record, recovered) = look_at(scene, Shape::Documented).await;
        for name in scene.found {
            let looks = record.found.iter().find(|((found, _), _)| found == name);
            assert!(looks.is_some_and(|(_, looks)| looks.contains(&LOOKS)), "{name}:\n{}", record.tell());
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
async fn the_usual_account_has_its_usual_troubles() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    for _ in 0..LOOKS {
        exporter.scrape().await;
        upstream.clock.advance(INTERVAL);
    }
    let page = exporter.scrape().await;
    let found = found(&page);
    for name in ["pod_idle", "pod_stopped_with_volume", "standby_without_minimum"] {
        assert!(found.contains_key(name), "{name}: {found:?}");
    }
    assert_eq!(page.value("runpod_endpoint_healthy", &["endpoint_name=\"llama-3-70b\""]), Some(1.0));
}
