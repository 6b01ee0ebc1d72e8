//! The documentation that an exporter serves, and the command that prints its runbooks.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use reqwest::redirect::Policy;
use runpod_exporter::testing::metrics::families;
use runpod_simulator::Options;
use url::Url;

use crate::command::{Ended, command, end};
use crate::findings::{names, read, rules};
use crate::support::{Exporter, Upstream};

const RUNBOOKS: &str = "docs/runbooks";

async fn exporter() -> (Upstream, Exporter) {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    (upstream, exporter)
}

fn attributes<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let name = format!(" {name}=\"");
    text.match_indices(&name).filter_map(|(at, _)| text[at + name.len()..].split('"').next()).collect()
}

/// Follows all links, from the overview and from the list of pages.
#[tokio::test]
async fn every_link_leads_to_a_page_and_to_a_place_on_it() {
    let (_upstream, exporter) = exporter().await;
    let base: Url = format!("http://{}/", exporter.address).parse().unwrap();
    let mut next = vec![base.clone(), base.join("docs/").unwrap()];
    let mut pages: BTreeMap<Url, BTreeSet<String>> = BTreeMap::new();
    let mut links = BTreeSet::new();
    while let Some(page) = next.pop() {
        if pages.contains_key(&page) {
            continue;
        }
        let path = page.as_str().strip_prefix(base.as_str()).unwrap();
        let response = exporter.get(&format!("/{path}")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{page}");
        let end = response.url().clone();
        let body = response.bytes().await.unwrap();
        // A picture has no links, and neither has the text of a configuration file or of the metrics.
        let text = std::str::from_utf8(&body).ok().filter(|text| text.starts_with("<!DOCTYPE"));
        pages.insert(
            page.clone(),
            text.iter().flat_map(|text| attributes(text, "id")).map(str::to_owned).collect(),
        );
        for link in text.iter().flat_map(|text| [attributes(text, "href"), attributes(text, "src")].concat())
        {
            let target = end.join(link).unwrap();
            if target.scheme() == "data" || target.origin() != base.origin() {
                continue;
            }
            let mut to = target.clone();
            to.set_fragment(None);
            links.insert((page.clone(), to.clone(), target.fragment().map(str::to_owned)));
            next.push(to);
        }
    }
    assert!(pages.len() > 50, "{}", pages.len());
    for (from, to, fragment) in links {
        let Some(fragment) = fragment else { continue };
        assert!(pages[&to].contains(&fragment), "{from} links to {to}#{fragment}");
    }
}

/// What the links of the documents themselves name, so that none of them vanishes where it is rendered.
#[tokio::test]
async fn the_readme_and_the_rules_are_served_under_their_names() {
    let (_upstream, exporter) = exporter().await;
    for (path, kind, content) in [
        ("/docs/README.md", "text/html; charset=utf-8", "<h1 id=\"runpod-exporter\">"),
        ("/docs/CHANGELOG.md", "text/html; charset=utf-8", "Unreleased"),
        ("/docs/runbooks/RunpodQueueStuck", "text/html; charset=utf-8", "<h2 id=\"commands\">Commands</h2>"),
        ("/docs/runbooks/RunpodQueueStuck.md", "text/html; charset=utf-8", "queue_stuck_no_capacity"),
        ("/docs/prometheus/rules/runpod.alerts.yml", "text/plain; charset=utf-8", "alert: RunpodQueueStuck"),
        ("/docs/prometheus/alertmanager/alertmanager.yml", "text/plain; charset=utf-8", "receivers:"),
    ] {
        let response = exporter.get(path).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
            (200, kind),
            "{path}"
        );
        assert!(response.text().await.unwrap().contains(content), "{path}");
    }
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    for (path, to) in
        [("/docs", "docs/"), ("/docs/runbooks", "runbooks/README.md"), ("/docs/runbooks/", "README.md")]
    {
        let response = client.get(format!("http://{}{path}", exporter.address)).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), response.headers()["location"].to_str().unwrap()),
            (308, to),
            "{path}"
        );
    }
}

/// The link of a message is the URL of the exporter and the path in `runbook_url`.
#[tokio::test]
async fn every_alert_has_its_runbook_where_its_message_links_to() {
    let (_upstream, exporter) = exporter().await;
    for rule in rules().iter().filter(|rule| rule.is_alert) {
        let path = &rule.runbook;
        let response = exporter.get(&format!("/{path}")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let heading = format!(">{}</h1>", rule.name);
        assert!(response.text().await.unwrap().contains(&heading), "{path} is not about {}", rule.name);
    }
}

#[tokio::test]
async fn an_unknown_path_names_the_nearest_pages() {
    let (_upstream, exporter) = exporter().await;
    for (path, nearest) in [
        ("/docs/runbooks/RunpodQueueStuk.md", "href=\"../../docs/runbooks/RunpodQueueStuck.md\""),
        ("/docs/queue_stuck_no_capacity", "href=\"../docs/runbooks/RunpodQueueStuck.md\""),
        ("/docs/configuraton.html", "href=\"../docs/configuration.md\""),
        ("/docs/a/b/logs", "href=\"../../../docs/logs.md\""),
        ("/docs/<script>alert(1)</script>", "href=\"../../docs/\""),
        ("/docs/../Cargo.toml", "href=\"./docs/\""),
        ("/docs/%2e%2e/Cargo.toml", "href=\"./docs/\""),
        ("/runbooks/RunpodQueueStuck", "href=\"../docs/\""),
        ("/metric", "href=\"./metrics\""),
    ] {
        let response = exporter.get(path).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        let page = response.text().await.unwrap();
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains(nearest), "{path}: {page}");
        assert!(!page.contains("<script"), "{page}");
        let suggested = page.split_once("Did you mean").map_or("", |(_, rest)| rest);
        let targets = attributes(suggested, "href");
        assert_eq!(
            targets.iter().collect::<BTreeSet<_>>().len(),
            targets.len(),
            "a page is named twice: {page}"
        );
    }
}

/// What a runbook page must have to be of use: commands and queries to paste, and the flags that they need.
#[test]
fn every_runbook_has_commands_and_names_the_flags_that_its_queries_need() {
    let known: BTreeSet<String> = families()
        .map(|family| family.header().name)
        .chain(rules().iter().filter(|rule| !rule.is_alert).map(|rule| rule.name.clone()))
        .collect();
    let queries = Regex::new("(?s)```promql\n(.*?)```").unwrap();
    let metric = Regex::new(r"[a-z_:]*\brunpod_[a-z0-9_:]+").unwrap();
    let needs = [
        ("runpod_log_lines", "--collector.logs"),
        ("runpod_gpu_", "--collector.market"),
        ("runpod_reported_delay", "--collector.latency"),
        ("runpod_reported_execution", "--collector.latency"),
        ("runpod_reported_cold_start", "--collector.latency"),
        ("runpod_request_", "--collector.requests"),
    ];
    for file in names(RUNBOOKS).iter().filter(|file| *file != "README.md") {
        let page = read(&format!("{RUNBOOKS}/{file}"));
        let (_, commands) =
            page.split_once("\n## Commands\n").unwrap_or_else(|| panic!("{file} has no Commands"));
        assert!(commands.contains("\n## Fix\n"), "{file}: commands stand before the fix");
        let blocks: Vec<&str> =
            queries.captures_iter(&page).map(|found| found.get(1).unwrap().as_str()).collect();
        assert!(!blocks.is_empty(), "{file} has no query");
        let mut optional = false;
        for name in blocks.iter().flat_map(|block| metric.find_iter(block)).map(|found| found.as_str()) {
            let base =
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(
                known.contains(name) || known.contains(base) || name.ends_with('_'),
                "{file}: no metric {name}"
            );
            for (_, flag) in needs.iter().filter(|(start, _)| name.starts_with(start)) {
                optional = true;
                assert!(page.contains(flag), "{file}: {name} needs {flag}");
            }
        }
        assert!(
            optional || page.contains("No optional flag") || page.contains("--collector."),
            "{file} does not say which flags it needs"
        );
    }
}

#[tokio::test]
async fn a_runbook_is_printed_by_the_name_of_its_alert_or_finding() {
    let run = |args: &[&str]| end(command(&[&["runbook"], args].concat()));
    for name in ["RunpodQueueStuck", "queue_stuck_no_capacity"] {
        let Ended { code, stdout, stderr } = run(&[name]).await;
        assert_eq!((code, &*stderr), (0, ""));
        assert!(
            stdout.starts_with("RunpodQueueStuck\n") && stdout.contains("    runpod-exporter logs ENDPOINT"),
            "{stdout}"
        );
    }
    let Ended { code, stdout, .. } = run(&[]).await;
    assert_eq!(code, 0);
    for file in names(RUNBOOKS).iter().filter(|file| *file != "README.md") {
        assert!(stdout.contains(file.trim_end_matches(".md")), "{stdout}");
    }
    let Ended { code, stdout, stderr } = run(&["QueueStuk"]).await;
    assert_eq!((code, &*stdout), (64, ""));
    assert_eq!(
        stderr,
        "runpod-exporter: no runbook \"QueueStuk\"; did you mean RunpodQueueStuck? For a list: runpod-exporter runbook\n"
    );
}
