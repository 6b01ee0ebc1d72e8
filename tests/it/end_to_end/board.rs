//! The shipped dashboards, queried like Grafana: with its values of variables, intervals and steps.

use std::collections::BTreeMap;
use std::fs;

use jiff::SignedDuration;
use regex::Regex;
use serde_json::Value;

use super::history::Span;
use super::shipped;

/// Maximum number of points of a panel.
const ROOM: u64 = 1000;

/// The scrape interval of the data source in seconds, unless a query has its own.
const SCRAPE: u64 = 30;

/// The value of each variable, as a regular expression.
pub(super) type Choices = BTreeMap<String, String>;

/// A dashboard.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) uid: String,
    pub(super) queries: Vec<Query>,
    pub(super) variables: Vec<Variable>,
    /// The queries of its annotations.
    pub(super) annotations: Vec<String>,
}

/// A query of a panel.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) panel: String,
    pub(super) expr: String,
    pub(super) instant: bool,
    /// In seconds.
    interval: u64,
}

/// A variable whose values are queried from Prometheus.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) query: String,
    regex: String,
    /// The value of the option "All". `None` if there is none: then all options can be selected one by one.
    all: Option<String>,
}

/// All dashboards.
pub(super) fn boards() -> Vec<Board> {
    let mut paths: Vec<_> =
        fs::read_dir(shipped("grafana/dashboards")).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| Board::read(&serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()))
        .collect()
}

impl Board {
    fn read(json: &Value) -> Self {
        let targets = |panel: &Value| panel["targets"].as_array().cloned().unwrap_or_default();
        // A closed row contains its panels.
        let panels = list(&json["panels"]).flat_map(|panel| list(&panel["panels"]).chain([panel]));
        let panels = panels.flat_map(|panel| {
            targets(panel).into_iter().map(|target| Query {
                panel: text(&panel["title"]),
                expr: text(&target["expr"]),
                instant: target["instant"] == true,
                interval: target["interval"].as_str().map_or(SCRAPE, seconds),
            })
        });
        let queries = list(&json["templating"]["list"]).filter(|variable| variable["type"] == "query");
        Self {
            uid: text(&json["uid"]),
            queries: panels.collect(),
            variables: queries.map(Variable::read).collect(),
            annotations: list(&json["annotations"]["list"])
                .map(|annotation| text(&annotation["expr"]))
                .collect(),
        }
    }

    /// All options of every variable.
    pub(super) fn everything(&self) -> Choices {
        let all = |variable: &Variable| variable.all.clone().unwrap_or_else(|| ".+".to_owned());
        self.variables.iter().map(|variable| (variable.name.clone(), all(variable))).collect()
    }
}

impl Variable {
    fn read(json: &Value) -> Self {
        Self {
            name: text(&json["name"]),
            query: text(&json["query"]["query"]),
            regex: text(&json["regex"]).trim_matches('/').to_owned(),
            all: (json["includeAll"] == true).then(|| text(&json["allValue"])),
        }
    }

    /// The value in a result of the query: a series as text, or a label value.
    pub(super) fn value(&self, result: &str) -> Option<String> {
        if self.regex.is_empty() {
            return Some(result.to_owned());
        }
        // Named groups have the same syntax, `(?<name>…)`.
        Some(Regex::new(&self.regex).unwrap().captures(result)?["value"].to_owned())
    }
}

impl Query {
    /// Seconds between two points.
    pub(super) fn step(&self, span: Span) -> u64 {
        let least = span.seconds().div_ceil(ROOM).max(self.interval);
        least.div_ceil(self.interval) * self.interval
    }

    /// The expression that Grafana sends to Prometheus.
    pub(super) fn expression(&self, choices: &Choices, span: Span) -> String {
        let step = self.step(span);
        let rate = (step + self.interval).max(4 * self.interval);
        let expr = self.expr.replace("$__rate_interval", &format!("{rate}s"));
        interpolate(&expr.replace("$__interval", &format!("{step}s")), choices, span)
    }
}

/// Replaces the variables in a text.
pub(super) fn interpolate(text: &str, choices: &Choices, span: Span) -> String {
    let text = text.replace("$__range", &format!("{}s", span.seconds()));
    let text = choices.iter().fold(text, |text, (name, value)| text.replace(&format!("${name}"), value));
    let left = text.split('$').skip(1).find(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    assert_eq!(left, None, "a variable was not replaced: {text}");
    text
}

impl Span {
    fn seconds(self) -> u64 {
        self.end.duration_since(self.start).as_secs().unsigned_abs()
    }
}

fn seconds(duration: &str) -> u64 {
    duration.parse::<SignedDuration>().unwrap().as_secs().unsigned_abs()
}

fn list(json: &Value) -> impl Iterator<Item = &Value> {
    json.as_array().into_iter().flatten()
}

fn text(json: &Value) -> String {
    json.as_str().unwrap_or_else(|| panic!("{json} is not text")).to_owned()
}
