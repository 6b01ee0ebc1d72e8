//! Documents that are generated from the program. `make docs` writes them; these tests compare them.

mod findings;

use std::path::Path;
use std::process::Command;

use runpod_exporter::testing::alerts::{Alert, AlertState};
use runpod_exporter::testing::logs::ErrorLine;
use runpod_exporter::testing::settings::Mode;
use runpod_exporter::testing::status::{AlertmanagerStatus, Selection, Status};
use runpod_simulator::scene::Scene;

/// Set by `make docs`.
const WRITE: &str = "WRITE_DOCS";

fn output(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
        .args(args)
        .env_clear()
        .env("COLUMNS", "110")
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn check(path: &str, generated: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, generated).unwrap();
    }
    let current = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(current == generated, "{path} is not what the program says; run: make docs");
}

#[test]
fn the_metrics_page_is_the_catalog() {
    check("docs/metrics.md", &output(&["metrics"]));
}

/// The part between the markers of `what` is generated; the rest of the page is written by hand.
pub(crate) fn check_part(path: &str, what: &str, generated: &str) {
    let (begin, end) = (format!("<!-- {what}, by make docs -->\n"), format!("<!-- end of {what} -->"));
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) =
        parts.unwrap_or_else(|| panic!("{path}: add the lines\n{begin}{end}\nand run: make docs"));
    check(path, &[before, &begin, generated, &end, after].concat());
}

#[test]
fn the_sources_are_those_of_the_program() {
    check_part("docs/apis.md", "sources", &runpod_exporter::testing::settings::sources());
}

#[test]
fn the_settings_are_those_of_the_example() {
    let example = output(&["config", "init"]);
    check_part("docs/configuration.md", "settings", &format!("```yaml\n{example}```\n"));
}

#[test]
fn the_scenes_are_those_of_the_simulator() {
    check_part("docs/simulator.md", "scenes", &Scene::table());
}

/// The table is written by hand and must have a row for each field; the example is generated.
#[test]
fn the_status_page_has_every_field_and_a_generated_example() {
    let snapshot = crate::support::full();
    let tokens = |_: &str| Some([1_200, 340]);
    let running = std::time::Duration::from_hours(1);
    let (noon, everything) = (crate::support::noon(), Selection::default());
    let mut status = Status::new(&snapshot.accounts, everything, &tokens, Mode::Serve, noon, running);
    status.alertmanager = Some(AlertmanagerStatus { read: noon, error: None });
    status.accounts[0].alerts = Some(Vec::new());
    let endpoint = &mut status.accounts[0].endpoints[0];
    endpoint.alerts = Some(vec![Alert {
        name: "RunpodQueueDeep".to_owned(),
        severity: Some("critical".to_owned()),
        state: AlertState::Firing,
        since: Some(noon),
        account: None,
        endpoint: None,
    }]);
    endpoint.last_errors = Some(vec![ErrorLine {
        timestamp: Some(noon),
        worker: Some("w1".to_owned()),
        count: 3,
        text: "CUDA out of memory".to_owned(),
    }]);
    let json = serde_json::to_value(&status).unwrap();

    let mut fields = std::collections::BTreeSet::new();
    paths(&json, "", &mut fields);
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/status.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let described: std::collections::BTreeSet<_> = rows.map(str::to_owned).collect();
    assert_eq!(fields, described, "the fields in docs/status.md differ");

    let example = format!("```json\n{}\n```\n", serde_json::to_string_pretty(&status).unwrap());
    check_part("docs/status.md", "example", &example);
}

/// The paths of all fields. Elements of a list share one path; quantiles are not fields.
fn paths(value: &serde_json::Value, at: &str, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| !name.starts_with("0.")) {
                let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                paths(value, &path, found);
                found.insert(path);
            }
        }
        serde_json::Value::Array(values) => {
            for value in values {
                paths(value, &format!("{at}[]"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_flags_page_is_the_help() {
    let title = "\
# Commands and flags

What `--help` prints for each command, generated by `make docs`; `-h` prints one line per flag. Without a command,
`runpod-exporter` serves, with the flags of `serve`.
"
    .to_owned();
    let help = |command: &[&str]| {
        let name = [&["runpod-exporter"], command].concat().join(" ");
        let text = output(&[command, &["--help"]].concat());
        // Clap indents empty lines.
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        format!("\n## `{name}`\n\n```text\n{}\n```\n", lines.join("\n"))
    };
    let root = output(&["--help"]);
    let listed =
        root.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.split_whitespace().next());
    // `serve` is what the program does without a command; `healthcheck` is hidden.
    let names = names.filter(|name| !["serve", "help"].contains(name)).chain(["healthcheck"]);
    let commands = names.map(|name| if name == "config" { vec!["config", "init"] } else { vec![name] });
    let page: String = std::iter::once(help(&[])).chain(commands.map(|command| help(&command))).collect();
    check("docs/flags.md", &(title + &page));
}

#[test]
fn the_json_catalog_has_the_same_content() {
    let catalog: serde_json::Value = serde_json::from_str(&output(&["metrics", "--format=json"])).unwrap();
    let page = output(&["metrics"]);
    let families = catalog.as_array().unwrap();
    assert!(families.len() > 60);
    for family in families {
        assert!(page.contains(&format!(
            "| `{}` | {} |",
            family["name"].as_str().unwrap(),
            family["type"].as_str().unwrap()
        )));
    }
}

/// The page about the simulator is written by hand, but must list every fault.
#[test]
fn the_simulator_page_names_every_fault() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/simulator.md")).unwrap();
    let error = "graphql=?".parse::<runpod_simulator::faults::Rule>().unwrap_err().to_string();
    let names: Vec<_> = error.rsplit("expected one of ").next().unwrap().split(", ").collect();
    assert_eq!(names.len(), 22, "{error}");
    for name in names {
        let row = |line: &&str| line.starts_with(&format!("| `{name}"));
        assert!(page.lines().any(|line| row(&line)), "docs/simulator.md does not name {name}");
    }
}
