//! Histories of incidents for `make messages`: the exporter is scraped through simulated minutes, and every series is written to
//! a file. What the rules and Alertmanager make of them does not belong here.

mod scenario;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::Options;
use runpod_simulator::scene::{SCENES, Scene};
use serde_json::json;

use self::scenario::{Event, Scenario, of_scene, scenarios};
use super::shipped;
use crate::support::{Exporter, Exposition, Upstream, account};

/// Interval of scrapes in seconds.
const STEP: i64 = 30;

/// Samples by series; a missing sample is `null`.
#[derive(Default)]
struct History {
    series: BTreeMap<String, Vec<Option<f64>>>,
    length: usize,
}

impl History {
    fn add(&mut self, page: &Exposition) {
        for line in page.0.lines().filter(|line| !line.starts_with('#')) {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let values = self.series.entry(series.to_owned()).or_default();
            values.resize(self.length, None);
            values.push(Some(value.parse().unwrap()));
        }
        self.length += 1;
    }

    fn finish(mut self) -> BTreeMap<String, Vec<Option<f64>>> {
        self.series.values_mut().for_each(|values| values.resize(self.length, None));
        self.series
    }
}

fn scenes(names: &[&str]) -> Vec<&'static Scene> {
    names.iter().map(|name| Scene::named(name).unwrap()).collect()
}

/// Scrapes an exporter through a scenario.
async fn simulate(scenario: &Scenario) -> History {
    let Scenario { endpoints, start, minutes, events, .. } = scenario;
    let defaults = Reading::default();
    // Findings about latency need its collector.
    let is_on =
        |collector: &Collector| defaults.collectors.has(*collector) || *collector == Collector::Latency;
    let reading = Reading { collectors: Collector::ALL.iter().copied().filter(is_on).collect(), ..defaults };
    let played = events.iter().flat_map(|(_, event)| match event {
        Event::Play(names) => scenes(names),
        _ => Vec::new(),
    });
    let clusters = played.map(|scene| scene.clusters).max().unwrap_or_default();
    let options = Options { endpoints: *endpoints, clusters, scenes: scenes(start), ..Options::default() };
    let (upstream, mut exporter) =
        Upstream::with_webhooks(options, reading.clone(), |webhooks| webhooks).await;
    let mut history = History::default();
    for step in 0..minutes * 60 / STEP {
        for (_, event) in events.iter().filter(|(minute, _)| minute * 60 == step * STEP) {
            match event {
                Event::Play(names) => upstream.simulator.play(scenes(names)),
                Event::Fault(rule) => upstream.fault(rule),
                Event::Recover => upstream.simulator.faults().clear(),
                Event::Restart => {
                    let account = Account { reading: reading.clone(), ..account(upstream.address) };
                    exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
                }
            }
        }
        upstream.simulator.deliver().await;
        history.add(&exporter.scrape().await);
        upstream.clock.advance(SignedDuration::from_secs(STEP));
    }
    history
}

/// Writes the history of every scenario, or of those in the variable `SCENARIO`, to `target/histories`.
#[tokio::test]
#[ignore = "it only writes files: run make messages"]
async fn the_histories_of_all_scenarios() {
    let directory = shipped("target/histories");
    fs::create_dir_all(&directory).unwrap();
    let wanted = std::env::var_os("SCENARIO").unwrap_or_default();
    let wanted = wanted.to_string_lossy();
    // Scenarios that no longer exist leave nothing behind.
    for file in fs::read_dir(&directory).unwrap().filter(|_| wanted.is_empty()) {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    let of_scenes = SCENES.iter().map(|scene| of_scene(scene.name, scene.story));
    for scenario in scenarios().into_iter().chain(of_scenes) {
        let Scenario { name, about, .. } = &scenario;
        if wanted.is_empty() || wanted.split(',').any(|one| one == *name) {
            let series = simulate(&scenario).await.finish();
            let file = json!({"name": name, "about": about, "step": STEP, "series": series});
            fs::write(directory.join(format!("{name}.json")), file.to_string()).unwrap();
        }
    }
}
