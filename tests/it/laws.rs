//! Rules for all families, whether read from Runpod or measured in this process.

use std::collections::BTreeSet;
use std::sync::Arc;

use regex::Regex;
use runpod_exporter::testing::catalog::{Family, Header, Kind, ScrapeResult};
use runpod_exporter::testing::diagnosis::{DiagnosedAccount, Diagnosis};
use runpod_exporter::testing::exposition;
use runpod_exporter::testing::instruments::Instruments;
use runpod_exporter::testing::logs::DropCounter;
use runpod_exporter::testing::metrics::{chapters, families};
use runpod_exporter::testing::settings::Mode;
use runpod_exporter::testing::snapshot::{
    Account, AccountSnapshot, Cluster, Endpoint, Host, Machine, Pod, Volume,
};

use crate::support::{Exposition, full, instruments};

fn headers() -> Vec<Header> {
    families().map(Family::header).collect()
}

#[test]
fn every_family_is_in_one_chapter() {
    let chapters = chapters();
    let titles: BTreeSet<_> = chapters.iter().map(|(title, _)| *title).collect();
    assert_eq!(titles.len(), chapters.len(), "{titles:?}");
    assert_eq!(chapters.into_iter().flat_map(|(_, headers)| headers).collect::<Vec<_>>(), headers());
}

#[test]
fn names_are_unique() {
    let headers = headers();
    let names: BTreeSet<_> = headers.iter().map(|header| &header.name).collect();
    assert_eq!(names.len(), headers.len());
}

#[test]
fn names_are_snake_case_under_our_prefix_and_their_suffix_fits_their_type() {
    for Header { name, kind, .. } in headers() {
        let snake =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        assert!(snake && !name.contains("__"), "{name}");
        assert!(name.starts_with("runpod_") || name.starts_with("process_"), "{name}");
        assert_eq!(name.ends_with("_total"), kind == Kind::Counter, "{name} is a {kind:?}");
        for reserved in ["_sum", "_count", "_bucket", "_created"] {
            assert!(!name.ends_with(reserved), "{name}");
        }
        for unit in ["_ms", "_milliseconds", "_percent", "_gb", "_minutes", "_hours", "_usd"] {
            assert!(!name.ends_with(unit), "{name}: use the base unit");
        }
    }
}

/// The families whose unit is not in their type, by name or prefix, and why.
const WITHOUT_A_UNIT: &[(&str, &str)] = &[
    ("runpod_threshold", "the label signal names the unit of each series"),
    ("runpod_slo_objective", "an objective is a share of jobs, as in the literature on service levels"),
];

/// Why a name does not fit the suffix that the unit of its family demands, if it does not.
fn misfit(name: &str, suffix: Option<&str>, suffixes: &BTreeSet<&str>) -> Option<String> {
    let Some(suffix) = suffix else {
        let is_excepted =
            |excepted: &str| name == excepted || (excepted.ends_with('_') && name.starts_with(excepted));
        let excepted = WITHOUT_A_UNIT.iter().any(|(excepted, _)| is_excepted(excepted));
        return (!excepted).then(|| format!("{name}: the values are of mixed units"));
    };
    let stem = name.strip_suffix("_total").unwrap_or(name);
    let longest = suffixes.iter().filter(|suffix| stem.ends_with(**suffix)).max_by_key(|suffix| suffix.len());
    let found = longest.copied().unwrap_or_default();
    (found != suffix).then(|| format!("{name}: ends in \"{found}\", but its values demand \"{suffix}\""))
}

#[test]
fn names_end_in_the_unit_of_their_values() {
    let suffixes: BTreeSet<_> = families().filter_map(Family::suffix).collect();
    assert!(suffixes.len() > 8, "{suffixes:?}");
    let misfits: Vec<_> =
        families().filter_map(|family| misfit(&family.header().name, family.suffix(), &suffixes)).collect();
    assert!(misfits.is_empty(), "{misfits:#?}");
}

#[test]
fn a_name_that_does_not_fit_its_unit_would_be_seen() {
    let suffixes = BTreeSet::from(["", "_seconds", "_timestamp_seconds", "_dollars", "_dollars_per_hour"]);
    for (name, suffix) in [
        ("runpod_queue_age", Some("_seconds")),
        ("runpod_queue_seconds", Some("")),
        ("runpod_created_timestamp_seconds", Some("_seconds")),
        ("runpod_created_seconds", Some("_timestamp_seconds")),
        ("runpod_spend_dollars", Some("_dollars_per_hour")),
        ("runpod_waited_seconds_total", Some("")),
        ("runpod_something", None),
    ] {
        assert!(misfit(name, suffix, &suffixes).is_some(), "{name} {suffix:?}");
    }
    assert_eq!(misfit("runpod_waited_seconds_total", Some("_seconds"), &suffixes), None);
}

#[test]
fn help_is_one_sentence() {
    for Header { name, help, .. } in headers() {
        let text = help.trim_end_matches('.');
        if name.starts_with("runpod_") {
            assert!(help.ends_with('.') && help.len() > 20, "{name}: {help}");
            assert!(help.starts_with(|first: char| first.is_uppercase() || first == '1'), "{name}: {help}");
        }
        assert!(!text.contains(". ") && !text.contains('\n'), "{name}: more than one sentence: {help}");
    }
}

#[test]
fn help_is_short() {
    for Header { name, help, .. } in headers() {
        let length = help.chars().count();
        assert!(length <= 140, "{name}: HELP has {length} characters, at most 140 are allowed: {help}");
    }
}

#[test]
fn labels_are_snake_case_and_not_reserved() {
    let reserved = ["job", "instance", "le", "type", "region", "zone", "cluster", "env", "endpoint", "name"];
    for Header { name, kind, labels, .. } in headers() {
        for label in &labels {
            assert!(label.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}: {label}");
            assert!(!label.starts_with("__") && !reserved.contains(&label.as_str()), "{name}: {label}");
            assert!(label != "quantile" || kind == Kind::Summary, "{name}: {label}");
        }
        let unique: BTreeSet<_> = labels.iter().collect();
        assert_eq!(unique.len(), labels.len(), "{name}: {labels:?}");
    }
}

/// Prefixes of families about the process, which have no account.
const OF_THE_PROCESS: [&str; 6] = [
    "process_",
    "runpod_api_request_duration_",
    "runpod_api_unknown_values_",
    "runpod_exporter_",
    "runpod_jobs_rejected_",
    "runpod_scrape_",
];

#[test]
fn the_account_is_the_first_label_unless_the_family_is_about_the_process() {
    for Header { name, labels, .. } in headers() {
        let of_the_process = OF_THE_PROCESS.iter().any(|prefix| name.starts_with(prefix));
        let has_account = labels.first().is_some_and(|label| label == "account");
        assert_eq!(has_account, !of_the_process, "{name}: {labels:?}");
    }
}

/// The name of a series that each family of this kind has.
fn sample(Header { name, kind, .. }: &Header) -> String {
    if *kind == Kind::Histogram { format!("{name}_count") } else { name.clone() }
}

#[test]
fn every_family_has_a_series_if_everything_is_known() {
    let page = Exposition::new(exposition::text(families(), &full()));
    for header in headers() {
        assert!(page.names().contains(sample(&header).as_str()), "{} has no series", header.name);
    }
    insta::assert_snapshot!(page.0);
}

#[test]
fn the_labels_of_a_series_are_those_that_its_family_declares() {
    let text = exposition::text(families(), &full());
    let label = Regex::new(r#"[{,]([a-z_]+)=""#).unwrap();
    for header in headers() {
        let name = sample(&header);
        let line = text.lines().find(|line| line.split(['{', ' ']).next() == Some(&name)).unwrap();
        let written: Vec<_> = label.captures_iter(line).map(|found| found[1].to_owned()).collect();
        assert_eq!(written, header.labels, "{line}");
    }
}

#[test]
fn no_family_has_a_series_if_nothing_is_known() {
    let nothing = AccountSnapshot {
        account: Some(Account::default()),
        endpoints: vec![Endpoint { id: "e1".into(), ..Endpoint::default() }],
        pods: vec![Pod { id: "p1".into(), ..Pod::default() }],
        clusters: vec![Cluster { id: "c1".into(), ..Cluster::default() }],
        volumes: vec![Volume { id: "v1".into(), ..Volume::default() }],
        host: Some(Host {
            machines: vec![Machine { id: "m1".into(), ..Machine::default() }],
            ..Host::default()
        }),
        ..AccountSnapshot::empty(Arc::from("default"), crate::support::noon())
    };
    let account = DiagnosedAccount { snapshot: nothing, diagnosis: Diagnosis::default() };
    let accounts = vec![Arc::new(account)];
    let measurements = Instruments::new(Mode::Serve, crate::support::stopped()).measure(None);
    let scrape = ScrapeResult { accounts, measurements, ..ScrapeResult::default() };
    let page = Exposition::new(exposition::text(families(), &scrape));
    // Of this process, something is always known.
    let names: Vec<_> = page.names().into_iter().filter(|name| !name.starts_with("process_")).collect();
    // Families about the scrape and the configuration, and the existence of the pod and the machine.
    let known = [
        "runpod_cluster_info",
        "runpod_exporter_build_info",
        "runpod_exporter_config_last_reload_success_timestamp_seconds",
        "runpod_exporter_config_last_reload_successful",
        "runpod_exporter_connections_cut_total",
        "runpod_exporter_late_scrapes_total",
        "runpod_exporter_panics_total",
        "runpod_jobs_rejected_total",
        "runpod_machine_info",
        "runpod_pod_info",
        "runpod_scrape_duration_seconds",
        "runpod_scrape_truncated",
        "runpod_threshold",
        "runpod_up",
    ];
    assert_eq!(names, known);
}

#[test]
fn a_scrape_of_one_account_has_no_series_of_the_process_or_of_other_accounts() {
    let instruments = instruments();
    instruments.log_lines().dropped("other", 1);
    let names = |account| {
        let measurements = instruments.measure(Some(account));
        let scrape = ScrapeResult { measurements, ..ScrapeResult::default() };
        let page = Exposition::new(exposition::text(families(), &scrape));
        let names = page.names().into_iter().filter(|name| !name.starts_with("runpod_scrape_"));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names("nobody"), [""; 0]);
    assert_eq!(names("other"), ["runpod_log_lines_dropped_total"]);
    let of_default = names("default");
    assert!(of_default.len() > 5, "{of_default:?}");
    for name in of_default {
        assert!(!OF_THE_PROCESS.iter().any(|prefix| name.starts_with(prefix)), "{name}");
    }
}

#[test]
fn no_series_is_repeated_even_if_the_upstream_repeats_itself() {
    let text = exposition::text(families(), &full());
    let page = Exposition::new(text.clone());
    let samples = text.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(page.series().len(), samples);
}
