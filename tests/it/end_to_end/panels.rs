//! Every query of the dashboards and every rule, on hours of history and on an empty Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::board::{Board, Choices, Query, Variable, boards, interpolate};
use super::history::{self, Span};
use super::{rules, shipped};
use crate::prometheus::server::{Prometheus, until};

/// Variable with the directory in which the history is kept: `make render` renders the dashboards with it.
const KEEP: &str = "KEEP_HISTORY";

/// Queries of the endpoint and pod with the most data, by variable.
const ALONE: [(&str, &str); 2] = [
    ("endpoint", "topk(1, max by (endpoint_id) (runpod_tokens_total))"),
    ("pod", "topk(1, max by (pod_id) (runpod_pod_cost_dollars_per_hour))"),
];

/// A Prometheus with a history.
struct Past {
    prometheus: Prometheus,
    span: Span,
}

impl Past {
    async fn open(directory: &Path) -> Self {
        let prometheus = Prometheus::configured(&json!({}), Some(directory)).await;
        until("a Prometheus", async || prometheus.value("vector(1)").await).await;
        Self { prometheus, span: history::span() }
    }

    async fn query(&self, path: &str, more: &[(&str, &str)]) -> Value {
        let [start, end] = [self.span.start, self.span.end].map(|moment| moment.as_second().to_string());
        let parameters = [&[("start", &*start), ("end", &*end), ("time", &*end)], more].concat();
        self.prometheus.get(path, &parameters).await.unwrap()
    }

    /// Number of values of an expression, at the end or over the whole history.
    async fn numbers(&self, expr: &str, step: Option<u64>) -> usize {
        let Some(step) = step.map(|step| step.to_string()) else {
            let data = self.query("query", &[("query", expr)]).await;
            let values = data["result"].as_array().unwrap().iter().map(|series| series["value"].clone());
            return finite(&values.collect());
        };
        let data = self.query("query_range", &[("query", expr), ("step", &step)]).await;
        data["result"].as_array().unwrap().iter().map(|series| finite(&series["values"])).sum()
    }

    /// The label of the one series of an expression.
    async fn name_of_one(&self, expr: &str) -> String {
        let data = self.query("query", &[("query", expr)]).await;
        let labels = data["result"][0]["metric"].as_object().unwrap();
        labels.values().next().unwrap().as_str().unwrap().to_owned()
    }

    /// Writes a description of the history into its directory.
    async fn describe(&self, directory: &Path) {
        let Span { start, end } = self.span;
        let mut story = json!({"from": start.to_string(), "to": end.to_string()});
        for (name, expr) in ALONE {
            story[name] = self.name_of_one(expr).await.into();
        }
        fs::write(directory.join("history.json"), story.to_string()).unwrap();
    }

    /// The values of a variable.
    async fn choices(&self, variable: &Variable, choices: &Choices) -> Vec<String> {
        let query = interpolate(&variable.query, choices, self.span);
        let results: Vec<String> = if let Some((metric, label)) =
            query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')')?.split_once(", "))
        {
            let values = self.query(&format!("label/{label}/values"), &[("match[]", metric)]).await;
            serde_json::from_value(values).unwrap()
        } else {
            let expr = query.strip_prefix("query_result(").and_then(|rest| rest.strip_suffix(')')).unwrap();
            let found = self.query("query", &[("query", expr)]).await;
            found["result"].as_array().unwrap().iter().map(|series| as_text(&series["metric"])).collect()
        };
        results.iter().filter_map(|result| variable.value(result)).collect()
    }
}

/// A series in the text format to which Grafana applies the regular expression of a variable.
fn as_text(metric: &Value) -> String {
    let labels = metric.as_object().unwrap().iter();
    labels.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",")
}

/// Number of finite values in a range.
fn finite(values: &Value) -> usize {
    let values =
        values.as_array().unwrap().iter().map(|value| value[1].as_str().unwrap().parse::<f64>().unwrap());
    values.filter(|value| value.is_finite()).count()
}

/// The panels and series that may be empty, with reasons. `make render` uses the same list.
struct MayBeEmpty {
    reasons: BTreeMap<String, String>,
    used: BTreeSet<String>,
}

impl MayBeEmpty {
    fn read() -> Self {
        let text = fs::read_to_string(shipped("grafana/may-be-empty.json")).unwrap();
        let lists: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(&text).unwrap();
        Self { reasons: lists.into_values().flatten().collect(), used: BTreeSet::new() }
    }

    /// Whether this panel, or this query, may be empty.
    fn allows(&mut self, panel: &str, expr: &str) -> bool {
        let names = self.reasons.keys();
        let names: Vec<_> =
            names.filter(|name| *name == panel || expr.contains(name.as_str())).cloned().collect();
        let allowed = !names.is_empty();
        self.used.extend(names);
        allowed
    }

    /// Entries that were not needed.
    fn unused(&self) -> impl Iterator<Item = String> {
        let names = self.reasons.keys().filter(|name| !self.used.contains(*name));
        names.map(|name| format!("{name} is not empty, though it may be"))
    }
}

/// The values of variables that select one endpoint or pod.
async fn single(past: &Past, board: &Board) -> Choices {
    let mut choices = board.everything();
    for (name, expr) in ALONE {
        if let Some(choice) = choices.get_mut(name) {
            *choice = past.name_of_one(expr).await;
        }
    }
    choices
}

/// The queries of a dashboard that are empty and must not be.
async fn empty(past: &Past, board: &Board, choices: &Choices, may: &mut MayBeEmpty) -> Vec<String> {
    let mut silent = Vec::new();
    for query in &board.queries {
        let Query { panel, .. } = query;
        let expr = query.expression(choices, past.span);
        let step = (!query.instant).then(|| query.step(past.span));
        if past.numbers(&expr, step).await == 0 && !may.allows(panel, &query.expr) {
            silent.push(format!("{}: {panel}: {expr}", board.uid));
        }
    }
    silent
}

#[tokio::test]
async fn every_query_has_a_result_on_hours_of_history() {
    let (kept, own) = (std::env::var_os(KEEP), tempfile::tempdir().unwrap());
    let directory = kept.as_ref().map_or(own.path(), Path::new);
    history::make(directory).await;
    let past = Past::open(directory).await;
    let (mut problems, mut queries, mut may) = (Vec::new(), 0, MayBeEmpty::read());

    for board in boards() {
        let everything = board.everything();
        problems.extend(empty(&past, &board, &everything, &mut may).await);
        problems.extend(empty(&past, &board, &single(&past, &board).await, &mut may).await);
        for variable in &board.variables {
            if past.choices(variable, &everything).await.is_empty() {
                problems.push(format!("{}: nothing to choose for {}", board.uid, variable.name));
            }
        }
        for annotation in &board.annotations {
            if past.numbers(&interpolate(annotation, &everything, past.span), Some(60)).await == 0 {
                problems.push(format!("{}: no annotation: {annotation}", board.uid));
            }
        }
        queries += board.queries.len();
    }
    for rule in rules::all().iter().filter(|rule| rule["record"].is_string()) {
        let name = rules::text(rule, "record");
        if past.numbers(name, Some(60)).await == 0 && !may.allows("", name) {
            problems.push(format!("{name} was never recorded"));
        }
    }
    problems.extend(may.unused());
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    println!("{queries} queries, each for everything and for one");
    if kept.is_some() {
        past.describe(directory).await;
    }
}

#[tokio::test]
async fn every_query_is_valid_on_an_empty_prometheus() {
    let directory = tempfile::tempdir().unwrap();
    let past = Past::open(directory.path()).await;
    for board in boards() {
        for query in &board.queries {
            let expr = query.expression(&board.everything(), past.span);
            let step = (!query.instant).then(|| query.step(past.span));
            assert_eq!(past.numbers(&expr, step).await, 0, "{}: {expr}", query.panel);
        }
    }
}
