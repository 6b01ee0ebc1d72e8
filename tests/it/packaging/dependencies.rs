//! The tables in docs/dependencies.md are written by hand, and must have a row for each direct dependency.

use std::collections::BTreeSet;

use super::{read, repository};

/// The names in the tables of dependencies of all manifests whose heading ends with `kind`, without the crates of this repository.
fn declared(kind: &str) -> BTreeSet<String> {
    let crates = std::fs::read_dir(repository("crates")).unwrap();
    let own: Vec<String> = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let manifests = own.iter().map(|name| format!("crates/{name}/Cargo.toml"));
    let mut found = BTreeSet::new();
    for manifest in manifests.chain(["Cargo.toml".to_owned()]) {
        let text = read(&manifest);
        let mut inside = false;
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix('[') {
                inside = heading == format!("{kind}]");
            } else if inside && !line.starts_with('#') && line.contains('=') {
                let name = line.split(['.', ' ', '=']).next().unwrap();
                found.insert(name.to_owned());
            }
        }
    }
    found.retain(|name| !own.contains(name));
    found
}

fn described(heading: &str) -> BTreeSet<String> {
    let page = read("docs/dependencies.md");
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let rows = section.split("\n## ").next().unwrap().lines();
    rows.filter_map(|line| line.strip_prefix("| `")?.split('`').next().map(str::to_owned)).collect()
}

#[test]
fn every_direct_dependency_has_a_reason() {
    let (program, tests) = (declared("dependencies"), declared("dev-dependencies"));
    assert!(program.len() > 40 && tests.len() > 5, "{program:?} {tests:?}");
    let only_tests: BTreeSet<_> = tests.difference(&program).cloned().collect();
    assert_eq!(described("In the program"), program, "docs/dependencies.md differs from Cargo.toml");
    assert_eq!(described("Only in tests"), only_tests, "docs/dependencies.md differs from Cargo.toml");
}
