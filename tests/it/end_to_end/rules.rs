//! The shipped rules.

use std::fs;

use regex::{Captures, Regex};
use serde_json::{Value, json};

use super::shipped;

/// All rule files.
pub(super) fn files() -> Vec<Value> {
    let mut paths: Vec<_> =
        fs::read_dir(shipped("prometheus/rules")).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// All rules.
pub(super) fn all() -> Vec<Value> {
    let groups = files().into_iter().flat_map(|file| file["groups"].as_array().unwrap().clone());
    groups.flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

/// The rules in an order in which they can be recorded: each depends only on earlier ones. promtool does not record alerts, so
/// each alert becomes a series of `ALERTS`, while its condition holds for its `for`.
pub(super) fn levels() -> Vec<Vec<Value>> {
    let (mut waiting, alerts): (Vec<_>, Vec<_>) =
        all().into_iter().partition(|rule| rule["record"].is_string());
    let mut levels = Vec::new();
    while !waiting.is_empty() {
        let needs = |rule: &Value, other: &Value| text(rule, "expr").contains(text(other, "record"));
        let (later, ready): (Vec<_>, Vec<_>) =
            waiting.iter().cloned().partition(|rule| waiting.iter().any(|other| needs(rule, other)));
        assert!(!ready.is_empty(), "rules that need each other: {later:?}");
        levels.push(ready);
        waiting = later;
    }
    levels.push(alerts.iter().map(as_series).collect());
    levels
}

fn as_series(alert: &Value) -> Value {
    let (expr, held) = (text(alert, "expr"), text(alert, "for"));
    let minutes = minutes(held);
    let mut labels = alert["labels"].clone();
    labels["alertname"] = alert["alert"].clone();
    labels["alertstate"] = json!("firing");
    json!({
        "record": "ALERTS",
        "expr": format!("(count_over_time(({expr})[{held}:1m]) >= {minutes}) ^ 0"),
        "labels": labels,
    })
}

/// A duration of one unit.
fn minutes(duration: &str) -> u64 {
    let (number, unit) = duration.split_at(duration.len() - 1);
    let each = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        _ => panic!("{duration} is not in minutes, hours or days"),
    };
    number.parse::<u64>().unwrap() * each
}

/// The value of a rule under a key.
pub(super) fn text<'a>(rule: &'a Value, key: &str) -> &'a str {
    rule[key].as_str().unwrap_or_else(|| panic!("a rule without {key}: {rule}"))
}

/// A rule file with all durations divided by `times`: `for`, `keep_firing_for`, the intervals of groups, and the windows of
/// expressions. Limits are not changed.
pub(super) fn accelerated(file: &Value, times: u64) -> Value {
    let window = Regex::new(r"(\[|offset )(\w+)(:\w+)?").unwrap();
    let shorter = |duration: &str| format!("{}ms", minutes(duration) * 60_000 / times);
    let mut file = file.clone();
    for group in file["groups"].as_array_mut().unwrap() {
        group.as_object_mut().unwrap().remove("interval"); // use that of the configuration
        for rule in group["rules"].as_array_mut().unwrap() {
            for key in ["for", "keep_firing_for"] {
                if let Some(duration) = rule[key].as_str() {
                    rule[key] = shorter(duration).into();
                }
            }
            let expr = window.replace_all(text(rule, "expr"), |found: &Captures<'_>| {
                let step = found.get(3).map(|step| format!(":{}", shorter(&step.as_str()[1..])));
                format!("{}{}{}", &found[1], shorter(&found[2]), step.unwrap_or_default())
            });
            rule["expr"] = expr.into();
        }
    }
    file
}
