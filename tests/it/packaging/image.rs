//! The Dockerfile copies what the compiler reads. Without a container engine, a missing file would show only in a release.

use std::path::Path;

use regex::Regex;

use super::{read, repository, starting};

/// The paths that the first stage copies, with `*.md` for the pages at the root.
fn copied() -> Vec<String> {
    let file = read("Dockerfile");
    let words = starting(&file, "COPY ").filter(|copy| !copy.starts_with("--from"));
    words.flat_map(|copy| copy.split_whitespace().rev().skip(1)).map(str::to_owned).collect()
}

/// The paths in the repository that the macros in these sources include.
fn included(folder: &Path, found: &mut Vec<String>) {
    let file = Regex::new(r#"include_(?:str|bytes)!\(\s*"([^"]+)""#).unwrap();
    let dir = Regex::new(r#"include_dir!\("\$CARGO_MANIFEST_DIR/([^"]+)"#).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            included(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.extend(dir.captures_iter(&text).map(|dir| dir[1].to_owned()));
            for include in file.captures_iter(&text) {
                let target = path.parent().unwrap().join(&include[1]).canonicalize().unwrap();
                found.push(target.strip_prefix(repository("")).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
}

fn is_covered(path: &str, copied: &[String]) -> bool {
    let is_page = Path::new(path).extension().is_some_and(|extension| extension == "md");
    let is_page = is_page && !path.contains('/') && copied.iter().any(|copied| copied == "*.md");
    is_page || copied.iter().any(|copied| path == copied || path.starts_with(&format!("{copied}/")))
}

#[test]
fn the_dockerfile_copies_everything_that_the_sources_include() {
    let mut paths: Vec<String> = ["build.rs", "Cargo.lock", "src/main.rs"].map(str::to_owned).to_vec();
    included(&repository("src"), &mut paths);
    included(&repository("crates"), &mut paths);
    // Of Cargo.toml: a target whose file is missing is an error, except for tests.
    let manifest = read("Cargo.toml");
    paths.extend(starting(&manifest, "path = \"").map(|path| path.trim_end_matches('"').to_owned()));
    paths.retain(|path| !path.starts_with("tests/"));
    assert!(paths.len() > 15, "{paths:?}");
    let copied = copied();
    let missing: Vec<_> = paths.iter().filter(|path| !is_covered(path, &copied)).collect();
    assert!(missing.is_empty(), "Dockerfile: copy {missing:?}");
    assert!(!is_covered("grafana/dashboards/x.json", &copied));
}

#[test]
fn the_image_build_may_read_what_the_dockerfile_copies() {
    let ignored = read(".dockerignore");
    let sent: Vec<&str> = starting(&ignored, "!").collect();
    for path in copied() {
        let pages = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
        let needed: Vec<&str> = if path == "*.md" { pages.to_vec() } else { vec![&path] };
        for path in needed {
            assert!(sent.contains(&path), ".dockerignore does not let {path} through");
            assert!(repository(path).exists(), "Dockerfile copies {path}, which does not exist");
        }
    }
}

#[test]
fn the_simulator_has_an_image_of_its_own() {
    let file = read("Dockerfile");
    let (_, stage) = file.split_once("\nFROM scratch AS simulator\n").unwrap();
    let (stage, rest) = stage.split_once("\n\n").unwrap();
    for line in
        ["USER 65532:65532", "EXPOSE 10737", "STOPSIGNAL SIGTERM", "ENTRYPOINT [\"/runpod-simulator\"]"]
    {
        assert!(stage.lines().any(|found| found == line), "no {line}");
    }
    let manifest = read("crates/runpod-simulator/Cargo.toml");
    for name in ["name = \"runpod-simulator\"", "required-features = [\"cli\"]"] {
        assert!(manifest.contains(name), "the command that builds it is out of date: {name}");
    }
    assert!(file.contains("--package runpod-simulator --features cli --bin runpod-simulator"));
    // A release has the first stage replaced by folders with the exporter alone.
    assert!(!rest.contains("simulator"), "the image of the exporter depends on the simulator: {rest}");
    let flags = read("docs/flags.md");
    let (variable, _) = stage.split_once("ENV ").unwrap().1.split_once('=').unwrap();
    assert!(flags.contains(&format!("[env: {variable}")), "no flag reads {variable}");
}

#[test]
fn the_image_runs_without_privileges_and_checks_its_health() {
    let file = read("Dockerfile");
    let (_, last) = file.rsplit_once("\nFROM ").unwrap();
    assert!(last.starts_with("scratch\n"), "{last}");
    for line in ["USER 65532:65532", "STOPSIGNAL SIGTERM", "ENTRYPOINT [\"/runpod-exporter\"]"] {
        assert!(last.lines().any(|found| found == line), "no {line}");
    }
    assert!(last.contains("CMD [\"/runpod-exporter\", \"healthcheck\"]"), "{last}");
}
