//! No circular dependencies between files or modules, in any crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::sources::{Crate, Module};

/// The folders with the sources of all crates.
fn crates() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let others = root.join("crates").read_dir().unwrap().map(|entry| entry.unwrap().path().join("src"));
    std::iter::once(root.join("src")).chain(others).collect()
}

type Arrows = BTreeMap<Module, BTreeSet<Module>>;

/// Removes modules without dependencies until none is left. The rest are the circles, and the modules that depend on them.
fn circles(mut arrows: Arrows) -> Arrows {
    loop {
        let before = arrows.len();
        arrows.retain(|_, uses| !uses.is_empty());
        let left: BTreeSet<Module> = arrows.keys().cloned().collect();
        for uses in arrows.values_mut() {
            uses.retain(|module| left.contains(module));
        }
        if arrows.len() == before && arrows.values().all(|uses| !uses.is_empty()) {
            return arrows;
        }
    }
}

/// Whether one is a submodule of the other: dependencies between them are allowed.
fn is_family(one: &[String], other: &[String]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

fn describe(arrows: &Arrows) -> Vec<String> {
    let line = |(module, uses): (&Module, &BTreeSet<Module>)| {
        let uses: Vec<_> = uses.iter().map(|module| module.join("::")).collect();
        format!("{} -> {}", module.join("::"), uses.join(", "))
    };
    arrows.iter().map(line).collect()
}

#[test]
fn no_circle_between_files() {
    for folder in crates() {
        let arrows = Crate::read(&folder).uses.into_iter().map(|(module, uses)| {
            let uses = uses.into_iter().filter(|used| !is_family(&module, used)).collect();
            (module, uses)
        });
        let left = circles(arrows.collect());
        assert!(left.is_empty(), "{}: {:#?}", folder.display(), describe(&left));
    }
}

/// The parts of each folder, and of each crate, depend on each other in one direction only.
#[test]
fn no_circle_between_the_parts_of_a_folder() {
    for folder in crates() {
        let uses = Crate::read(&folder).uses;
        let parents: BTreeSet<&[String]> =
            uses.keys().filter_map(|module| module.split_last()).map(|(_, parent)| parent).collect();
        for parent in parents {
            let part = |module: &Module| {
                let inside = module.starts_with(parent) && module.len() > parent.len();
                inside.then(|| module[..=parent.len()].to_vec())
            };
            let mut arrows = Arrows::new();
            for (module, uses) in &uses {
                let Some(from) = part(module) else { continue };
                let to = uses.iter().filter_map(part).filter(|to| *to != from);
                arrows.entry(from.clone()).or_default().extend(to);
            }
            let left = circles(arrows);
            assert!(
                left.is_empty(),
                "{}, in {:?}: {:#?}",
                folder.display(),
                parent.join("::"),
                describe(&left)
            );
        }
    }
}

#[test]
fn a_circle_is_detected() {
    let module = |name: &str| vec![name.to_owned()];
    let arrows = |pairs: &[(&str, &str)]| {
        let mut arrows = Arrows::new();
        for (one, other) in pairs {
            arrows.entry(module(one)).or_default().insert(module(other));
        }
        arrows
    };
    assert!(circles(arrows(&[("a", "b"), ("b", "c")])).is_empty());
    assert_eq!(circles(arrows(&[("a", "b"), ("b", "a"), ("c", "d")])).len(), 2);
    let uses = Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).uses;
    let gatherer = vec!["gather".to_owned(), "gatherer".to_owned()];
    assert!(uses[&gatherer].contains(&module("snapshot")), "the sources were not read: {uses:?}");
}
