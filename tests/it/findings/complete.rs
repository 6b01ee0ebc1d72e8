//! Everything that belongs to a finding exists.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use runpod_exporter::testing::diagnosis::{Name, Runbook};
use runpod_simulator::scene::SCENES;

use super::{names, read, repository, rules};

/// A text to search: the path of its file or folder, and the contents.
struct Source {
    path: &'static str,
    text: String,
}

impl Source {
    /// All files of a folder with this ending.
    fn folder(path: &'static str, ending: &str) -> Self {
        let files = names(path).into_iter().filter(|name| name.ends_with(ending));
        Self { path, text: files.map(|name| read(&format!("{path}/{name}"))).collect() }
    }
}

static CHECKS: LazyLock<Source> = LazyLock::new(|| Source::folder("src/diagnosis/checks", ".rs"));
static TESTS: LazyLock<Source> = LazyLock::new(|| Source::folder("prometheus/tests", ".test.yml"));
static DASHBOARDS: LazyLock<Source> = LazyLock::new(|| Source::folder("grafana/dashboards", ".json"));

/// What a finding of this name needs and does not have, each with the path of the file to create or to extend.
fn missing(label: &str, variant: &str, runbook: Runbook, metrics: &[&str]) -> Vec<String> {
    let page = runbook.page();
    let mut missing = Vec::new();
    let mut need = |there: bool, what: String| {
        if !there {
            missing.push(what);
        }
    };
    let check = format!("Name::{variant}");
    need(
        CHECKS.text.contains(&check),
        format!("a check: create {}/{label}.rs and add it to mod.rs", CHECKS.path),
    );
    need(
        SCENES.iter().any(|scene| scene.found.contains(&label)),
        "a scene: add it to crates/runpod-simulator/src/scene/table.rs".to_owned(),
    );
    need(
        repository(format!("docs/runbooks/{page}.md")).exists(),
        format!("a runbook: create docs/runbooks/{page}.md"),
    );
    if let Runbook::OfAlert(alert) = runbook {
        need(
            rules().iter().any(|rule| rule.is_alert && rule.name == alert),
            format!("an alert {alert}: add it to prometheus/rules/runpod.alerts.yml"),
        );
        need(
            TESTS.text.contains(&format!("alertname: {alert}")),
            format!("a test of the alert {alert}: add it to a file in {}", TESTS.path),
        );
    }
    need(
        metrics.iter().any(|metric| DASHBOARDS.text.contains(metric)),
        format!(
            "a panel with one of {metrics:?}: add it to a page in grafana/src/pages and run: make dashboards"
        ),
    );
    missing
}

#[test]
fn every_finding_has_all_its_parts() {
    let missing: Vec<String> = Name::ALL
        .iter()
        .flat_map(|name| {
            let row = name.row();
            missing(name.as_str(), &format!("{name:?}"), row.runbook, row.metrics)
                .into_iter()
                .map(|part| format!("{}: {part}", name.as_str()))
        })
        .collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn a_finding_without_anything_lacks_every_part() {
    let alert = Runbook::OfAlert("RunpodWorkersBored");
    insta::assert_snapshot!(
        missing("workers_bored", "WorkersBored", alert, &["runpod_workers_bored"]).join("\n")
    );
}

#[test]
fn a_page_without_an_alert_is_the_page_of_no_alert() {
    let alerts: BTreeSet<String> =
        rules().into_iter().filter(|rule| rule.is_alert).map(|rule| rule.name).collect();
    for name in Name::ALL {
        if let Runbook::WithoutAlert(page) = name.row().runbook {
            assert!(!alerts.contains(page), "{name:?}: there is an alert {page}: use Runbook::OfAlert");
        }
    }
}
