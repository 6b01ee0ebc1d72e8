//! A Prometheus with a history, queried over its time range.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::board::{Board, Choices, Variable, interpolate};
use super::history::{self, Span};
use crate::prometheus::server::{Prometheus, until};

/// Queries of the endpoint and pod with the most data, by variable. Of a pod of a cluster, Runpod says less.
const ALONE: [(&str, &str); 2] = [
    ("endpoint", "topk(1, max by (endpoint_id) (runpod_tokens_total))"),
    (
        "pod",
        "topk(1, max by (pod_id) (runpod_pod_cost_dollars_per_hour unless on (pod_id) runpod_pod_cluster_info))",
    ),
];

/// Queries of all endpoints and pods.
const ALL: [(&str, &str); 2] = [
    ("endpoints", "count by (endpoint_id) (last_over_time(runpod_endpoint_info[6h]))"),
    ("pods", "count by (pod_id) (last_over_time(runpod_pod_info[6h]))"),
];

/// A Prometheus with a history.
pub(super) struct Past {
    pub(super) prometheus: Prometheus,
    pub(super) span: Span,
}

impl Past {
    /// The whole history in `directory`.
    pub(super) async fn open(directory: &Path) -> Self {
        Self::of(directory, history::span()).await
    }

    pub(super) async fn of(directory: &Path, span: Span) -> Self {
        let prometheus = Prometheus::configured(&json!({}), Some(directory)).await;
        until("a Prometheus", async || prometheus.value("vector(1)").await).await;
        Self { prometheus, span }
    }

    pub(super) async fn query(&self, path: &str, more: &[(&str, &str)]) -> Value {
        let [start, end] = [self.span.start, self.span.end].map(|moment| moment.as_second().to_string());
        let parameters = [&[("start", &*start), ("end", &*end), ("time", &*end)], more].concat();
        self.prometheus.get(path, &parameters).await.unwrap()
    }

    /// Number of values of an expression, at the end or over the whole history.
    pub(super) async fn numbers(&self, expr: &str, step: Option<u64>) -> usize {
        let value = |series: &Value| finite(&series["values"]) + finite(&json!([series["value"]]));
        self.series(expr, step).await.iter().map(value).sum()
    }

    /// The values of the one label of an expression.
    async fn names(&self, expr: &str) -> Vec<String> {
        let data = self.query("query", &[("query", expr)]).await;
        let label = |series: &Value| series["metric"].as_object().unwrap().values().next().unwrap().clone();
        let labels = data["result"].as_array().unwrap().iter().map(label);
        labels.map(|label| label.as_str().unwrap().to_owned()).collect()
    }

    /// The values of variables that select one endpoint or pod.
    pub(super) async fn single(&self, board: &Board) -> Choices {
        let mut choices = board.everything();
        for (name, expr) in ALONE {
            if let Some(choice) = choices.get_mut(name) {
                *choice = self.names(expr).await.pop().unwrap();
            }
        }
        choices
    }

    /// The series of an expression, at the end or over the whole history.
    pub(super) async fn series(&self, expr: &str, step: Option<u64>) -> Vec<Value> {
        let step = step.map(|step| step.to_string());
        let data = match &step {
            None => self.query("query", &[("query", expr)]).await,
            Some(step) => self.query("query_range", &[("query", expr), ("step", step)]).await,
        };
        data["result"].as_array().unwrap().clone()
    }

    /// Writes a description of the history into its directory.
    pub(super) async fn describe(&self, directory: &Path) {
        let Span { start, end } = self.span;
        let mut story = json!({"from": start.to_string(), "to": end.to_string()});
        for (name, expr) in ALONE {
            story[name] = self.names(expr).await.pop().into();
        }
        for (name, expr) in ALL {
            story[name] = self.names(expr).await.into();
        }
        fs::write(directory.join("history.json"), story.to_string()).unwrap();
    }

    /// The values of a variable.
    pub(super) async fn choices(&self, variable: &Variable, choices: &Choices) -> Vec<String> {
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
    let numbers = values.as_array().into_iter().flatten().filter_map(|value| value[1].as_str());
    numbers.filter(|number| number.parse::<f64>().unwrap().is_finite()).count()
}
