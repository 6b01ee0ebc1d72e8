//! The examples on the pages of the documentation: queries, commands and configuration files are accepted by the programs that
//! they are for.

mod integrations;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use regex::Regex;
use serde_json::{Value, json};

use crate::findings::{names, read, rules};
use runpod_exporter::testing::metrics::families;

/// A block of code on a page.
#[derive(Clone)]
struct Block {
    page: String,
    text: String,
}

/// The queries on all pages.
pub(crate) fn documented_queries() -> Vec<String> {
    blocks("promql").iter().flat_map(queries).collect()
}

/// The blocks in this language on all pages.
fn blocks(language: &str) -> Vec<Block> {
    let fence = Regex::new(&format!("(?ms)^```{language}\n(.*?)^```$")).unwrap();
    let folder = |folder: &'static str| names(folder).into_iter().map(move |name| format!("{folder}/{name}"));
    let pages = folder("docs").chain(folder("docs/runbooks")).chain(["README.md".to_owned()]);
    let pages = pages.filter(|page| Path::new(page).extension().is_some_and(|end| end == "md"));
    pages
        .flat_map(|page| {
            let text = read(&page);
            let found = fence.captures_iter(&text).map(|found| found[1].to_owned());
            found.map(|text| Block { page: page.clone(), text }).collect::<Vec<_>>()
        })
        .collect()
}

/// The queries of a block: each begins at the start of a line.
fn queries(block: &Block) -> Vec<String> {
    let mut queries: Vec<String> = Vec::new();
    for line in block.text.lines().filter(|line| !line.starts_with('#')) {
        match queries.last_mut() {
            Some(query) if line.starts_with([' ', ')']) => query.extend(["\n", line]),
            _ => queries.push(line.to_owned()),
        }
    }
    queries
}

/// Fails with the output of promtool if it rejects the file.
fn promtool(check: &str, content: &str, from: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.yml");
    std::fs::write(&file, content).unwrap();
    let mut arguments = vec!["check", check];
    if check == "config" {
        arguments.push("--syntax-only");
    }
    let output = Command::new("promtool").args(arguments).arg(&file).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{from}: {}\n{content}", String::from_utf8_lossy(&text));
}

#[test]
fn prometheus_accepts_every_query() {
    let queries = documented_queries();
    assert!(queries.len() > 50, "{}", queries.len());
    accepts(&queries);
}

/// Prometheus can parse these queries.
fn accepts(queries: &[String]) {
    let rule = |(number, query): (usize, &String)| json!({"record": "a:b", "labels": {"n": number.to_string()}, "expr": query});
    let rules: Vec<Value> = queries.iter().enumerate().map(rule).collect();
    promtool("rules", &json!({"groups": [{"name": "documentation", "rules": rules}]}).to_string(), "queries");
}

#[test]
fn every_query_reads_series_that_exist() {
    for block in blocks("promql") {
        exist(&block.text, &block.page);
    }
}

/// Every series that a text reads exists.
fn exist(text: &str, from: &str) {
    let recorded = rules().into_iter().filter(|rule| !rule.is_alert).map(|rule| rule.name);
    let known: BTreeSet<String> = families().map(|family| family.header().name).chain(recorded).collect();
    let metric = Regex::new(r"[a-z_:]*\brunpod_[a-z0-9_:]+").unwrap();
    for name in metric.find_iter(text).map(|found| found.as_str()) {
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let exists = |name: &str| known.contains(name);
        assert!(exists(name) || base.is_some_and(exists) || name.ends_with('_'), "{from}: no series {name}");
    }
}

/// The exporter accepts its configuration. The files that it names are those of the test.
fn exporter(text: &str, from: &str) {
    let file = Regex::new(r"(?m)(api_key|metrics_key|token)_file: \S+").unwrap();
    let text = file.replace_all(text, |found: &regex::Captures<'_>| {
        format!("{}_file: {}", &found[1], if &found[1] == "token" { "token" } else { "key" })
    });
    let key = if text.contains("\naccounts:") || text.starts_with("accounts:") {
        "RUNPOD_KEY_PRODUCTION"
    } else {
        "RUNPOD_API_KEY"
    };
    let (code, output) = crate::config::check(&text, &[(key, "rpa_x")]);
    assert_eq!(code, 0, "{from}: {output}\n{text}");
}

/// A configuration of Prometheus, of the web, or of the exporter, by its first key. Values of the chart are checked with the chart.
#[test]
fn the_program_that_it_is_for_accepts_every_configuration() {
    let all = [blocks("yaml"), blocks("yml")].concat();
    assert!(all.len() > 10, "{}", all.len());
    for Block { page, text } in all {
        let first = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
        match first.split(':').next().unwrap_or_default() {
            _ if text.starts_with("# values.yaml") => {}
            "scrape_configs" | "rule_files" | "remote_write" => promtool("config", &text, &page),
            "basic_auth" => crate::web::reader::accepts(&text),
            "apiVersion" | "externalRules" | "receivers" | "init_config" => integrations::check(&text, &page),
            "tls_server_config" => crate::web::file::accepts(&text),
            "accounts" | "refresh" | "thresholds" | "webhook" | "x-defaults" | "" => exporter(&text, &page),
            other => panic!("{page}: which program is a configuration for that begins with {other}?"),
        }
    }
}
