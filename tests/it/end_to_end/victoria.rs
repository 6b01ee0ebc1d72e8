//! The dashboards and rules on `VictoriaMetrics`: each query has the same result as on Prometheus, on the same samples.
//!
//! The two differ on purpose in windows. Prometheus 2 includes a sample at the start of a window and extrapolates `rate` and
//! `increase` to its edges; `VictoriaMetrics` excludes that sample and takes the last one before the window instead. Samples of the
//! history are at full minutes. Counters are compared at full minutes, where samples lie on both edges of a window and nothing is
//! extrapolated; everything else is compared half a minute later, where no sample lies on an edge.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::net::SocketAddr;
use std::process::Stdio;

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::board::{Choices, boards, interpolate};
use super::history::{self, Span};
use super::past::Past;
use super::results::{difference, values};
use super::rules;
use crate::prometheus::server::{free_address, spawn, until};
use crate::support::client;

/// Seconds between two times that are compared.
const STEP: i64 = 1800;

/// Seconds from a time between two samples to the next sample.
const BETWEEN: i64 = 30;

/// Queries whose results differ, by a part of the expression, with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "runpod_endpoint_billed_month_dollars{",
        "the window of a day begins before the history: Prometheus extrapolates",
    ),
    ("clamp_max(", "`VictoriaMetrics` counts the first value of a counter that begins within the window"),
];

/// A choice that may differ and need not: of pods with nearly the same average, either may be among the first ten.
const CLOSE_CHOICE: &str = "topk(10, max by (account, pod_id)";

/// An operator that is compared at single times, as rules are evaluated. Over a range, `VictoriaMetrics` fills the times at which a
/// series on the left has no value with those of its match on the right, which then have the labels of the left.
const MATCHED_OR: &str = "or on (";

/// A single-node `VictoriaMetrics`. Dropping it kills the process.
struct Victoria {
    address: SocketAddr,
    client: Client,
    _process: Child,
    _directory: TempDir,
}

impl Victoria {
    /// `staleness` are options about the time after which a series has ended.
    async fn start(staleness: &[&str]) -> Self {
        let directory = TempDir::new().unwrap();
        let address = free_address().await;
        let process = spawn(
            Command::new("victoria-metrics")
                .arg(format!("-storageDataPath={}", directory.path().join("data").display()))
                .arg(format!("-httpListenAddr={address}"))
                .arg("-retentionPeriod=100y")
                .args(staleness)
                .arg("-search.latencyOffset=0s")
                .stdout(Stdio::null())
                .stderr(File::create(directory.path().join("log")).unwrap()),
        );
        let victoria = Self { address, client: client(), _process: process, _directory: directory };
        until("VictoriaMetrics", async || {
            let health = victoria.client.get(format!("http://{address}/health")).send().await.ok()?;
            health.status().is_success().then_some(())
        })
        .await;
        victoria
    }

    /// Imports samples.
    async fn import(&self, lines: String) {
        let url = format!("http://{}/api/v1/import", self.address);
        let answer = self.client.post(url).body(lines).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        self.client.get(format!("http://{}/internal/force_flush", self.address)).send().await.unwrap();
    }

    /// Waits until an expression has this value.
    async fn has(&self, expr: &str, value: &str, time: &str) {
        until("the imported series", async || {
            let seen = self.get("query", &[("query", expr), ("time", time)]).await.ok()?;
            (seen["result"][0]["value"][1].as_str()? == value).then_some(())
        })
        .await;
    }

    async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, String> {
        let mut url = url::Url::parse(&format!("http://{}/api/v1/{path}", self.address)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters).append_pair("nocache", "1");
        let answer = self.client.get(url).send().await.unwrap().text().await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        if answer["status"] == "success" {
            Ok(answer["data"].clone())
        } else {
            Err(answer["error"].to_string())
        }
    }
}

/// The number of series at the end.
const SERIES: &str = "count({__name__=~\".+\"})";

/// All samples of a Prometheus, in the format of `VictoriaMetrics`'s import.
async fn exported(past: &Past) -> String {
    let samples = past.query("query", &[("query", "{__name__=~\".+\"}[7h]")]).await;
    let mut lines = String::new();
    for series in samples["result"].as_array().unwrap() {
        let (mut times, mut values) = (Vec::new(), Vec::new());
        for sample in series["values"].as_array().unwrap() {
            let millis = format!("{:.0}", sample[0].as_f64().unwrap() * 1000.0);
            times.push(millis.parse::<i64>().unwrap());
            values.push(sample[1].as_str().unwrap().parse::<f64>().unwrap());
        }
        let line = json!({"metric": series["metric"], "values": values, "timestamps": times});
        writeln!(lines, "{line}").unwrap();
    }
    lines
}

/// The values of a response.
fn rows(data: &Value) -> BTreeMap<String, f64> {
    values(data["result"].as_array().unwrap())
}

/// Whether an expression has windows of counters.
fn counts(expr: &str) -> bool {
    ["rate(", "increase("].iter().any(|function| expr.contains(function))
}

/// A path of the HTTP API and its parameters.
type Request = (&'static str, Vec<(&'static str, String)>);

/// The requests that evaluate an expression at the compared times: at samples for counters, between samples for everything else.
fn requests(expr: &str, span: Span) -> Vec<Request> {
    let before = if counts(expr) { 0 } else { BETWEEN };
    let (start, end) = (span.start.as_second() + 2 * STEP - before, span.end.as_second() - before);
    let query = ("query", expr.to_owned());
    if expr.contains(MATCHED_OR) {
        let times = (start..=end).step_by(usize::try_from(STEP).unwrap());
        return times.map(|time| ("query", vec![query.clone(), ("time", time.to_string())])).collect();
    }
    let range = [("start", start), ("end", end), ("step", STEP)];
    let range = range.map(|(name, value)| (name, value.to_string()));
    vec![("query_range", [query].into_iter().chain(range).collect())]
}

/// All expressions of dashboards and rules, each for all endpoints and pods and for one.
async fn expressions(past: &Past) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for board in boards() {
        for choices in [board.everything(), past.single(&board).await] {
            found.extend(board.queries.iter().map(|query| query.expression(&choices, past.span)));
        }
        let everything: Choices = board.everything();
        found.extend(board.annotations.iter().map(|expr| interpolate(expr, &everything, past.span)));
        let variables = board.variables.iter().filter_map(|variable| {
            Some(variable.query.strip_prefix("query_result(")?.strip_suffix(')')?.to_owned())
        });
        found.extend(variables.map(|expr| interpolate(&expr, &everything, past.span)));
    }
    found.extend(rules::all().iter().map(|rule| rules::text(rule, "expr").to_owned()));
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn every_query_has_the_result_that_it_has_on_prometheus() {
    let directory = TempDir::new().unwrap();
    history::copy_to(directory.path()).await;
    let past = Past::open(directory.path()).await;
    // The history has no markers at the end of series, as scrapes do. Prometheus returns the last value for five minutes; so does
    // `VictoriaMetrics` with these options, but then it also widens the windows of counters.
    let gauges =
        Victoria::start(&["-search.minStalenessInterval=5m", "-search.maxStalenessInterval=5m"]).await;
    let counters = Victoria::start(&[]).await;
    let end = (past.span.end.as_second() - BETWEEN).to_string();
    let count = async |expr: &str| {
        let data = past.prometheus.get("query", &[("query", expr), ("time", &end)]).await.unwrap();
        data["result"][0]["value"][1].as_str().unwrap().to_owned()
    };
    let samples = exported(&past).await;
    for victoria in [&gauges, &counters] {
        victoria.import(samples.clone()).await;
    }
    gauges.has(SERIES, &count(SERIES).await, &end).await;
    counters.has("count(up)", &count("count(up)").await, &end).await;

    let (mut problems, mut used, mut with_result) = (Vec::new(), Vec::new(), 0);
    for expr in expressions(&past).await {
        let victoria = if counts(&expr) { &counters } else { &gauges };
        let (mut problem, mut has_result) = (None, false);
        for (path, parameters) in requests(&expr, past.span) {
            let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, &**value)).collect();
            let prometheus = rows(&past.prometheus.get(path, &parameters).await.unwrap());
            problem = problem.or(match victoria.get(path, &parameters).await {
                Ok(data) => difference(&prometheus, &rows(&data)),
                Err(error) => Some(error),
            });
            has_result |= !prometheus.is_empty();
        }
        with_result += usize::from(has_result);
        let reason = DIFFERENT.iter().find(|(piece, _)| expr.contains(piece));
        match (problem, reason) {
            (Some(_), Some((piece, _))) => used.push(*piece),
            (Some(_), None) if expr.contains(CLOSE_CHOICE) => {}
            (Some(problem), None) => problems.push(format!("{expr}\n    {problem}")),
            (None, _) => {}
        }
    }
    let unused = DIFFERENT.iter().filter(|(piece, _)| !used.contains(piece));
    problems.extend(unused.map(|(piece, _)| format!("{piece} does not differ, though it is listed")));
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    println!("{with_result} expressions have the same result");
}
