//! Documents that are generated from the findings, their limits and their alerts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use regex::Regex;
use runpod_exporter::testing::diagnosis::{Limit, Name, Place};
use runpod_exporter::testing::settings::{Collector, Levels, Signal};
use serde_json::{Value, json};

use super::{check, check_part};
use crate::findings::{
    Rule, amounts, limits_of, long, names, on_page, range, ranges_of_alert, read, rules, spaced,
};

const RUNBOOKS: &str = "docs/runbooks";

/// The limits for the dashboards.
#[test]
fn the_dashboards_read_the_limits() {
    let limits: BTreeMap<_, Value> = Limit::ALL
        .iter()
        .map(|limit| {
            let value = limit.row().value;
            let number = match value {
                runpod_exporter::testing::diagnosis::Value::Time(time) => json!(time.as_secs()),
                runpod_exporter::testing::diagnosis::Value::Ratio(ratio) => json!(ratio),
                runpod_exporter::testing::diagnosis::Value::Jobs(jobs) => json!(jobs),
            };
            (limit.as_str(), json!({ "value": number, "range": range(value), "text": long(value) }))
        })
        .collect();
    let defaults: BTreeMap<_, Value> = Signal::ALL
        .iter()
        .map(|signal| {
            let Levels { info, warning, critical } = signal.defaults();
            (signal.as_str(), json!({ "info": info, "warning": warning, "critical": critical }))
        })
        .collect();
    let live: Vec<_> =
        Collector::ALL.iter().filter(|collector| collector.is_live()).map(|it| it.as_str()).collect();
    let document = json!({ "limits": limits, "defaults": defaults, "live_collectors": live });
    check("grafana/limits.json", &format!("{}\n", serde_json::to_string_pretty(&document).unwrap()));
}

/// The table of limits in the documentation.
#[test]
fn the_limits_are_those_of_the_diagnosis() {
    let mut table = String::from("| limit | value | findings | rules |\n|---|---|---|---|\n");
    for limit in Limit::ALL {
        let row = limit.row();
        let rules = row.rules.iter().map(|place| match place {
            Place::Comparison(rule) => format!("`{rule}`"),
            Place::Window(rule) => format!("`{rule}` (range)"),
            Place::For(rule) => format!("`{rule}` (`for`)"),
        });
        let rules: Vec<_> = rules.collect();
        writeln!(
            table,
            "| {} | {} | {} | {} |",
            row.about,
            long(row.value),
            list(&Name::with_limit(*limit)),
            rules.join(", ")
        )
        .unwrap();
    }
    check_part("docs/dashboards.md", "limits", &table);
}

fn list(names: &[Name]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_str())).collect::<Vec<_>>().join(", ")
}

/// The paragraph of a runbook that is generated: its findings, limits, thresholds and alert.
fn summary(page: &str, rules: &[Rule]) -> String {
    let findings = on_page(page);
    let mut lines = Vec::new();
    if !findings.is_empty() {
        lines.push(format!("- Findings: {}", list(&findings)));
    }
    for limit in limits_of(page) {
        let row = limit.row();
        lines.push(format!("- Limit: {}: {}", row.about, long(row.value)));
    }
    let mut signals: Vec<Signal> = findings.iter().flat_map(|name| name.row().signals).copied().collect();
    signals.dedup();
    for signal in signals {
        let Levels { info, warning, critical } = signal.defaults();
        let levels = [(info, "a note"), (warning, "a warning"), (critical, "critical")].into_iter();
        let levels = levels.filter_map(|(level, severity)| Some(format!("{} is {severity}", level?)));
        lines.push(format!(
            "- [Threshold](../configuration.md) `{}`: by default {}",
            signal.as_str(),
            levels.collect::<Vec<_>>().join(" and ")
        ));
    }
    let of_alert = |rule: &&Rule| rule.is_alert && rule.name == page;
    let levels: Vec<_> = rules
        .iter()
        .filter(of_alert)
        .map(|rule| format!("{} after {}", rule.severity, spaced(rule.lasts.as_deref().unwrap())))
        .collect();
    let windows: Vec<_> = ranges_of_alert(page).into_iter().map(spaced).collect();
    let windows =
        if windows.is_empty() { String::new() } else { format!("; over the last {}", windows.join(" and ")) };
    let alert = if levels.is_empty() { "none".to_owned() } else { levels.join(", ") };
    lines.push(format!("- Alert: {alert}{windows}"));
    lines.join("\n") + "\n"
}

#[test]
fn the_runbooks_contain_the_limits() {
    let rules = rules();
    for file in names(RUNBOOKS).iter().filter(|file| *file != "README.md") {
        let page = file.trim_end_matches(".md");
        check_part(&format!("{RUNBOOKS}/{file}"), "summary", &format!("\n{}\n", summary(page, &rules)));
    }
}

/// Amounts stand in the generated part only. Those of others, such as a status code, have no unit.
#[test]
fn the_runbooks_contain_no_other_limits() {
    // Queries have windows of their own.
    let summary = Regex::new("(?s)<!-- summary, .*<!-- end of summary -->|```.*?```").unwrap();
    for file in names(RUNBOOKS).iter().filter(|file| *file != "README.md") {
        let page = read(&format!("{RUNBOOKS}/{file}"));
        let found = amounts(&summary.replace_all(&page, ""));
        assert!(
            found.is_empty(),
            "{RUNBOOKS}/{file}: {found:?}: a limit belongs in src/diagnosis/limit.rs; run: make docs"
        );
    }
}

/// The list of runbooks, by the groups of their alerts.
#[test]
fn the_index_lists_every_runbook() {
    let rules = rules();
    let mut pages: Vec<String> =
        rules.iter().filter(|rule| rule.is_alert).map(|rule| rule.name.clone()).collect();
    pages.dedup();
    let all = names(RUNBOOKS).into_iter().filter(|file| file != "README.md");
    let others: Vec<String> = all
        .map(|file| file.trim_end_matches(".md").to_owned())
        .filter(|page| !pages.contains(page))
        .collect();
    let mut index = String::from("\n| runbook | alert group | severity | findings |\n|---|---|---|---|\n");
    for page in pages.iter().chain(&others) {
        let of_page: Vec<&Rule> = rules.iter().filter(|rule| rule.is_alert && rule.name == *page).collect();
        let group = of_page.first().map_or("no alert", |rule| rule.group.trim_start_matches("runpod-"));
        let severities: Vec<_> = of_page.iter().map(|rule| rule.severity.as_str()).collect();
        writeln!(
            index,
            "| [{page}]({page}.md) | {group} | {} | {} |",
            severities.join(", "),
            list(&on_page(page))
        )
        .unwrap();
    }
    check_part("docs/runbooks/README.md", "index", &(index + "\n"));
}
