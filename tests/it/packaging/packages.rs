//! The lists of the Debian package and of the rpm in Cargo.toml.

use std::collections::BTreeSet;

use super::{read, repository, starting};

/// The lines of a table of Cargo.toml.
fn table(name: &str) -> String {
    let manifest = read("Cargo.toml");
    let (_, rest) = manifest.split_once(&format!("\n[{name}]\n")).unwrap();
    rest.split("\n\n[").next().unwrap().to_owned()
}

/// The files of the Debian package, source and destination.
fn deb() -> Vec<(String, String)> {
    let table = table("package.metadata.deb");
    let quoted = |line: &str| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = table.lines().filter(|line| line.starts_with("    [\"")).map(quoted);
    rows.map(|row| (row[0].clone(), row[1].clone())).collect()
}

/// The files of the rpm, source and destination.
fn rpm() -> Vec<(String, String)> {
    let table = table("package.metadata.generate-rpm");
    let value = |line: &str, key: &str| {
        line.split_once(&format!("{key} = \"")).unwrap().1.split('"').next().unwrap().to_owned()
    };
    let rows = table.lines().filter(|line| line.starts_with("    { source"));
    rows.map(|line| (value(line, "source"), value(line, "dest"))).collect()
}

#[test]
fn every_file_of_a_package_exists_or_is_written_by_make_dist() {
    let script = read("scripts/dist.sh");
    for (source, _) in deb().into_iter().chain(rpm()) {
        if let Some(written) = source.strip_prefix("target/package/") {
            let end = format!("\"$package/{}\"", written.trim_end_matches("/*.1"));
            let writes = script.lines().any(|line| line.ends_with(&end));
            assert!(writes, "scripts/dist.sh does not write {source}");
        } else if let Some(folder) = source.split_once("/*") {
            let extension = folder.1;
            let files = std::fs::read_dir(repository(folder.0)).unwrap();
            let matches = |name: &str| name.ends_with(extension);
            assert!(
                files.flatten().any(|file| matches(file.file_name().to_str().unwrap())),
                "{source} is empty"
            );
        } else if source != "target/release/runpod-exporter" {
            assert!(repository(&source).is_file(), "there is no {source}");
        }
    }
}

/// The same documentation, rules, dashboards, completions and configuration in both.
#[test]
fn both_packages_have_the_same_sources() {
    let sources =
        |rows: Vec<(String, String)>| rows.into_iter().map(|(source, _)| source).collect::<BTreeSet<_>>();
    let (deb, rpm) = (sources(deb()), sources(rpm()));
    let only_deb: Vec<_> = deb.difference(&rpm).map(String::as_str).collect();
    let only_rpm: Vec<_> = rpm.difference(&deb).map(String::as_str).collect();
    assert_eq!(only_deb, ["target/package/changelog"]);
    assert_eq!(
        only_rpm,
        [
            "CHANGELOG.md",
            "LICENSE",
            "deploy/rpm/runpod-exporter.sysusers",
            "deploy/systemd/runpod-exporter.service"
        ]
    );
}

/// The unit reads the files that the packages install.
#[test]
fn the_unit_and_the_packages_agree_on_paths() {
    let unit = read("deploy/systemd/runpod-exporter.service");
    let (deb, rpm) = (deb(), rpm());
    let installs = |rows: &[(String, String)], path: &str| {
        let place = |(source, to): &(String, String)| {
            let name = source.rsplit('/').next().unwrap();
            let to = to.trim_start_matches('/');
            if to.ends_with('/') { format!("/{to}{name}") } else { format!("/{to}") }
        };
        rows.iter().any(|row| place(row) == path)
    };
    let program = starting(&unit, "ExecStart=").next().unwrap().split(' ').next().unwrap();
    assert!(installs(&deb, program) && installs(&rpm, program), "{program}");
    let files: Vec<&str> = starting(&unit, "EnvironmentFile=-").collect();
    assert!(installs(&deb, files[0]) && installs(&rpm, files[1]), "{files:?}");
    let settings = read("deploy/systemd/runpod-exporter.default");
    let configuration = starting(&settings, "RUNPOD_EXPORTER_CONFIG=").next().unwrap();
    assert!(installs(&deb, configuration) && installs(&rpm, configuration), "{configuration}");
    let user = starting(&unit, "User=").next().unwrap();
    for script in [
        "deploy/debian/postinst",
        "deploy/debian/postrm",
        "deploy/rpm/pre.sh",
        "deploy/rpm/runpod-exporter.sysusers",
    ] {
        let text = read(script);
        let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '/'));
        assert!(words.any(|word| word == user), "{script} does not name the user {user}");
    }
}

/// cargo-deb inserts its commands only where the mark is, and would call systemd-sysusers for a file beside the unit.
#[test]
fn the_maintainer_scripts_start_and_stop_the_unit() {
    for script in ["postinst", "prerm", "postrm"] {
        let text = read(&format!("deploy/debian/{script}"));
        assert!(text.starts_with("#!/bin/sh\n") && text.contains("\nset -e\n"), "{script}");
        assert!(text.lines().any(|line| line == "#DEBHELPER#"), "{script}");
    }
    let folder = std::fs::read_dir(repository("deploy/systemd")).unwrap();
    let names: Vec<_> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.ends_with("sysusers")), "{names:?}");
}
