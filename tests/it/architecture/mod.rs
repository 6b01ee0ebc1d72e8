//! Rules for dependencies between modules, enforced by reading the sources. The manifests ensure that the simulator and the
//! client do not depend on each other.

mod circles;
mod sources;
mod waits;

use std::path::Path;

use self::sources::{code, files};

/// A path that only some modules of the exporter may use.
struct Rule {
    word: &'static str,
    allowed: &'static [&'static str],
}

/// Allowed paths are relative to `src`, and include everything below them.
const RULES: &[Rule] = &[
    // The clients for Loki, Alertmanager and another exporter must not be the one that has an API key.
    Rule {
        word: "reqwest::",
        allowed: &["logs/loki", "alerts/client.rs", "command/check/remote.rs", "config/client.rs"],
    },
    Rule { word: "axum::", allowed: &["http", "command/listeners.rs", "command/serve.rs"] },
    Rule { word: "hyper::", allowed: &["http/server"] },
    Rule { word: "hyper_util::", allowed: &["http/server"] },
    // Each task has a name, under which its panics are counted.
    Rule { word: "std::thread::", allowed: &[] },
    Rule { word: "tokio::spawn", allowed: &[] },
    Rule { word: "prometheus::", allowed: &["exposition/tests.rs"] },
    Rule { word: "clap::", allowed: &["cli"] },
    Rule { word: "runpod_simulator::", allowed: &["cli", "command/demo.rs", "command/simulate.rs"] },
    Rule { word: "runpod::wire", allowed: &["snapshot", "gather", "logs"] },
    Rule { word: "crate::app", allowed: &["command", "reload", "testing.rs"] },
    Rule { word: "crate::command", allowed: &["command", "main.rs"] },
    Rule { word: "crate::cli", allowed: &["cli", "command"] },
    Rule {
        word: "crate::http",
        allowed: &["http", "command/listeners.rs", "command/serve.rs", "testing.rs"],
    },
    Rule {
        word: "crate::metrics",
        allowed: &["metrics", "scrape", "command/metrics.rs", "command/doctor", "testing.rs"],
    },
];

/// Whether the code contains the word as a path, not as the end of another.
fn uses(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':')
    })
}

#[test]
fn modules_have_only_allowed_dependencies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = files(&root);
    assert!(files.len() > 40, "the sources moved: {}", files.len());
    let mut broken = Vec::new();
    for file in &files {
        let place = file.strip_prefix(&root).unwrap();
        let code = code(file);
        for Rule { word, allowed } in RULES {
            if uses(&code, word) && !allowed.iter().any(|allowed| place.starts_with(allowed)) {
                broken.push(format!("{}: {word} belongs in {allowed:?}", place.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The beginnings of tasks without a name: their panics would be counted as those of `other`, and would end something silently.
fn nameless(code: &str) -> Vec<&str> {
    let starts =
        [".spawn(", ".spawn_on(", "spawn_blocking("].into_iter().flat_map(|start| code.match_indices(start));
    let named = ["named(", "caught(", "restarting(", "task::run("];
    let task = |(at, _): (usize, &str)| &code[at..code.floor_char_boundary(at + 500)];
    starts.map(task).filter(|task| !named.iter().any(|name| task.contains(name))).collect()
}

#[test]
fn every_task_has_a_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in files(&root) {
        let code = code(&file);
        assert_eq!(nameless(&code), [""; 0], "{}: use program::task", file.display());
    }
    assert_eq!(nameless("set.spawn(async { work() });").len(), 1);
    assert_eq!(nameless("spawn_blocking(move || work())").len(), 1);
}

#[test]
fn a_violation_is_detected() {
    assert!(uses("use reqwest::Client;", "reqwest::"));
    assert!(uses("fn x(c: reqwest::Client)", "reqwest::"));
    assert!(!uses("use my_reqwest::Client;", "reqwest::"));
}

/// A longer file has more than one subject.
const MAX_LINES: usize = 400;

#[test]
fn no_file_is_too_long() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = ["src", "crates", "tests", "benches"].into_iter().flat_map(|folder| files(&root.join(folder)));
    let lines = |path: &Path| std::fs::read_to_string(path).unwrap().lines().count();
    let long: Vec<_> = all.filter(|path| lines(path) > MAX_LINES).collect();
    assert!(long.is_empty(), "split these files: {long:#?}");
}
