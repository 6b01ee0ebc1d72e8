//! The words of the project: every text file is searched for the words and phrases of the table in `words.rs`.

mod text;
mod words;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use regex::Regex;

use self::text::Text;
use self::words::WORDS;

/// The searched files and folders of the repository.
const ROOTS: &[&str] = &[
    ".github",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.toml",
    "Dockerfile",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "benches",
    "build.rs",
    "compose.yaml",
    "crates",
    "deny.toml",
    "deploy",
    "docs",
    "grafana",
    "prometheus",
    "scripts",
    "src",
    "tests",
];

/// Files and folders that are not searched: texts of others, generated dashboards, and the places that must name the words.
const EXEMPT: &[&str] = &[
    "crates/runpod-simulator/src/rest/openapi.json",
    "deploy/helm/runpod-exporter/files/dashboards",
    "docs/glossary.md",
    "grafana/dashboards",
    "tests/fixtures",
    "tests/it/language",
];

/// Names of files and folders that are not searched anywhere.
const EXEMPT_NAMES: &[&str] = &["dist", "node_modules", "package-lock.json", "target"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a path that are searched. Other tests and editors write files at the same time: what has vanished since it
/// was listed is skipped.
fn files(path: &Path, found: &mut Vec<PathBuf>) {
    let relative = path.strip_prefix(root()).unwrap();
    let is_exempt = EXEMPT.iter().any(|exempt| relative == Path::new(exempt))
        || EXEMPT_NAMES.iter().any(|name| path.ends_with(name));
    if is_exempt {
        return;
    }
    if path.is_dir() {
        let entries = unless_vanished(path, fs::read_dir(path)).into_iter().flatten();
        let mut entries: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            files(&entry, found);
        }
    } else if path.is_file() {
        found.push(relative.to_owned());
    }
}

fn unless_vanished<T>(path: &Path, result: io::Result<T>) -> Option<T> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        result => Some(result.unwrap_or_else(|error| panic!("{}: {error}", path.display()))),
    }
}

/// The content of a file; `None` if it has vanished since it was listed, or if it is a picture, which is not UTF-8.
fn text(path: &Path) -> Option<String> {
    let content = unless_vanished(path, fs::read(root().join(path)))?;
    String::from_utf8(content).ok()
}

/// Each word that a text contains, with its line and its replacement.
fn violations(text: &Text, patterns: &[(Regex, &str)]) -> Vec<String> {
    let mut found: Vec<_> = patterns
        .iter()
        .flat_map(|(pattern, instead)| {
            let found = pattern.find_iter(text.as_str());
            found.map(move |found| (text.line(found.start()), found.as_str().to_owned(), *instead))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(line, word, instead)| format!("{line}: \"{word}\": use {instead}")).collect()
}

fn patterns() -> Vec<(Regex, &'static str)> {
    WORDS.iter().map(|(pattern, instead)| (Regex::new(pattern).unwrap(), *instead)).collect()
}

#[test]
fn every_text_uses_the_words_of_the_project() {
    let patterns = patterns();
    let mut paths = Vec::new();
    for path in ROOTS {
        assert!(root().join(path).exists(), "there is no {path}");
        files(&root().join(path), &mut paths);
    }
    assert!(paths.len() > 400, "the files moved: {}", paths.len());
    let mut report = Vec::new();
    for path in paths {
        let Some(content) = text(&path) else { continue };
        let found = violations(&Text::new(&content), &patterns);
        report.extend(found.into_iter().map(|found| format!("{}:{found}", path.display())));
    }
    assert!(report.is_empty(), "{} words to replace:\n{}", report.len(), report.join("\n"));
}

#[test]
fn words_are_found_in_names_and_across_lines() {
    let patterns = patterns();
    let found = |text: &str| violations(&Text::new(text), &patterns);
    assert_eq!(found("a\nfn a_port_is_told() {\n"), ["2: \"told\": use reported, logged or sent"]);
    assert_eq!(found("enum End { NotTold }").len(), 1);
    assert_eq!(found("/// Lines that are kept at\n    /// the most, or\n").len(), 1);
    assert_eq!(found("# what came\n# through\n").len(), 1);
    assert_eq!(found("Who asks gets an answer."), ["1: \"Who asks\": use a client, the owner, a caller"]);
    let fine = "The latest scrape is cached for a minute. Both keys are optional, see the log.\n\
                let step = steps in 0..3; // a folder, a bold word, the household\n";
    assert_eq!(found(fine), Vec::<String>::new());
}

#[test]
fn a_file_that_vanishes_after_it_was_listed_is_no_failure() {
    assert_eq!(text(Path::new("src/no such file")), None);
    assert!(text(Path::new("src/lib.rs")).is_some());
    let mut found = Vec::new();
    files(&root().join("src/no such folder"), &mut found);
    assert_eq!(found, Vec::<PathBuf>::new());
    let missing = root().join("src/no such folder");
    assert!(unless_vanished(&missing, fs::read_dir(&missing)).is_none());
}
