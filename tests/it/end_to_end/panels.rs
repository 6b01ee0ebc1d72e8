//! Every query of the dashboards and every rule, on hours of history and on an empty Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::board::{Board, Choices, Query, boards, interpolate};
use super::past::Past;
use super::{history, rules, shipped};

/// In seconds.
const HOUR: u64 = 3600;

/// Variable with the directory in which the history is kept: `make render` renders the dashboards with it.
const KEEP: &str = "KEEP_HISTORY";

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

/// The panels that show the same for one endpoint or pod as for all, although their expression names the variable.
async fn same(past: &Past, board: &Board) -> Vec<String> {
    let (all, one) = (board.everything(), past.single(board).await);
    let mut same = Vec::new();
    for query in
        board.queries.iter().filter(|query| query.expr.contains("$endpoint") || query.expr.contains("$pod"))
    {
        let step = (!query.instant).then_some(HOUR);
        let [all, one] = [&all, &one].map(|choices| query.expression(choices, past.span));
        let (all, one) = (past.series(&all, step).await, past.series(&one, step).await);
        if all == one && all.len() > 1 {
            same.push(format!("{}: {} is the same for one as for all", board.uid, query.panel));
        }
    }
    same
}

#[tokio::test]
async fn every_query_has_a_result_on_hours_of_history() {
    let (kept, own) = (std::env::var_os(KEEP), tempfile::tempdir().unwrap());
    let directory = kept.as_ref().map_or(own.path(), Path::new);
    history::copy_to(directory).await;
    let past = Past::open(directory).await;
    let (mut problems, mut queries, mut may) = (Vec::new(), 0, MayBeEmpty::read());

    for board in boards() {
        let everything = board.everything();
        problems.extend(empty(&past, &board, &everything, &mut may).await);
        problems.extend(empty(&past, &board, &past.single(&board).await, &mut may).await);
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
        problems.extend(same(&past, &board).await);
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
