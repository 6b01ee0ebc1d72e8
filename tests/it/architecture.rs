//! Who may know whom. The rules stand in the documentation of the crate; this reads the sources and holds them.

use std::path::{Path, PathBuf};

/// A word that only some places may use.
struct Rule {
    word: &'static str,
    allowed: &'static [&'static str],
}

/// Places are paths under `src`, and stand for all that is below them.
const RULES: &[Rule] = &[
    // Loki is nobody's account: its client must not be the one that has the key.
    Rule { word: "reqwest::", allowed: &["runpod", "simulator/webhooks", "logs/loki"] },
    Rule { word: "axum::", allowed: &["http", "simulator", "serve.rs"] },
    Rule { word: "prometheus::", allowed: &["catalog", "instruments", "exposition", "serve.rs"] },
    Rule { word: "clap::", allowed: &["cli"] },
    Rule { word: "async_graphql::", allowed: &["simulator"] },
    Rule {
        word: "serde_json::",
        allowed: &["runpod", "simulator", "jobs", "catalog/reference.rs", "logs", "check/json.rs"],
    },
    Rule {
        word: "crate::runpod",
        allowed: &[
            "runpod",
            "snapshot",
            "diagnosis",
            "config",
            "instruments",
            "cli",
            "serve.rs",
            "demo.rs",
            "logs",
        ],
    },
    Rule { word: "crate::simulator", allowed: &["simulator", "cli", "demo.rs"] },
    Rule { word: "crate::http", allowed: &["http", "serve.rs"] },
    // A snapshot has the jobs that lists of requests tell of.
    Rule {
        word: "crate::jobs",
        allowed: &["jobs", "instruments", "http", "config", "cli", "snapshot", "diagnosis"],
    },
    Rule { word: "crate::status", allowed: &["status", "check", "http", "run.rs"] },
    Rule { word: "crate::check", allowed: &["check", "cli", "run.rs"] },
    Rule { word: "crate::metrics", allowed: &["metrics", "scrape", "run.rs"] },
    Rule {
        word: "crate::diagnosis",
        allowed: &["diagnosis", "snapshot", "scrape", "metrics", "check", "status", "http", "instruments"],
    },
    Rule { word: "crate::cli", allowed: &["cli", "run.rs", "demo.rs", "show.rs"] },
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The file without what stands under `#[cfg(test)]`: tests may use oracles.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// Whether the word is there as a path of its own, not as the end of another.
fn uses(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':')
    })
}

#[test]
fn modules_know_only_whom_they_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
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

#[test]
fn the_simulator_never_sees_the_clients_types() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/simulator");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| line.contains("crate::")) {
            assert!(
                line.contains("crate::clock") || line.contains("crate::simulator"),
                "{}: {line}",
                file.display()
            );
        }
    }
}

#[test]
fn a_rule_that_is_broken_would_be_seen() {
    assert!(uses("use reqwest::Client;", "reqwest::"));
    assert!(uses("fn x(c: reqwest::Client)", "reqwest::"));
    assert!(!uses("use my_reqwest::Client;", "reqwest::"));
}
