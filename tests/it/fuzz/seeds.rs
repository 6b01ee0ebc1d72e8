//! The seeds of the fuzz targets, with the inputs that were found by fuzzing, as tests.

use std::fs;
use std::path::{Path, PathBuf};

use super::targets::ALL;

/// The files of a folder below the repository, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn no_target_fails_on_its_seeds() {
    let fixtures = files("tests/fixtures");
    for target in ALL {
        let is_seed = |path: &&PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            target.fixtures.iter().any(|start| name.starts_with(start))
        };
        let seeds = files(&format!("fuzz/seeds/{}", target.name));
        let seeds: Vec<_> = seeds.iter().chain(fixtures.iter().filter(is_seed)).collect();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        for seed in seeds {
            let data = fs::read(seed).unwrap();
            // Whole, and as a connection that breaks leaves it.
            for length in [data.len(), data.len() * 2 / 3, 0] {
                println!("{}: {length} bytes of {}", target.name, seed.display());
                (target.run)(&data[..length]);
            }
        }
    }
}

/// Cargo builds a program for each target, named in the manifest.
#[test]
fn every_target_is_in_the_manifest() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).unwrap();
    let programs: Vec<_> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .skip(1)
        .collect();
    assert_eq!(programs, ALL.iter().map(|target| target.name).collect::<Vec<_>>());
}
