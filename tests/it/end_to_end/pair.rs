//! Two accounts, each watched by two exporters, with labels of their own on each target: the dashboards show of one account what
//! they show if one exporter watches it alone, and of both accounts twice as many rows.

use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use super::board::{Board, Choices, Query, boards};
use super::history::{self, Span, Workload};
use super::openmetrics::OpenMetrics;
use super::past::Past;
use super::results::{difference, values};
use crate::examples::documented_queries;
use crate::support::{Exposition, noon};

const MINUTES: i64 = 40;

/// The number of endpoints or pods in the graphs about the worst.
const WORST: usize = 10;

/// Panels about the exporters themselves: two exporters are two rows, or twice the requests.
const OF_EXPORTERS: &[&str] = &["Versions", "Requests", "Failures", "Series", "Memory", "CPU", "Open files"];

/// Series about what an exporter itself does: two exporters do it twice.
const COUNTED_BY_EXPORTERS: [&str; 3] = ["runpod_api_", "runpod_exporter_", "runpod_collector_"];

/// The one finding of an endpoint in a table: of two that are as severe and as old, either is right.
const EITHER: &str = "topk by (account, endpoint_id) (1, ";

/// Labels of targets as a team adds them: none of them says something about Runpod.
const PAIR: [&str; 2] = [
    r#"job="runpod-a",instance="exporter-a:10736",cluster="eu",env="prod""#,
    r#"job="runpod-b",instance="exporter-b:10736",cluster="us",env="prod""#,
];

/// The page without the series of single jobs: each webhook reaches one exporter of a pair.
fn without_jobs(page: &Exposition) -> Exposition {
    let single = ["runpod_request_", "runpod_jobs_observed_total", "runpod_tokens_total"];
    let kept = page.0.lines().filter(|line| !single.iter().any(|name| line.starts_with(name)));
    Exposition(kept.flat_map(|line| [line, "\n"]).collect())
}

const ACCOUNT: &str = r#"account="default""#;
const OTHER_ACCOUNT: &str = r#"account="other""#;

/// The page of another account, with the same endpoints and pods: ids are unique only within an account.
fn of_another_account(page: &Exposition) -> Exposition {
    Exposition(page.0.replace(ACCOUNT, OTHER_ACCOUNT))
}

/// The result over the whole history, also of a query of the present: at its end, many numbers are 0.
async fn result(past: &Past, query: &Query, choices: &Choices) -> Vec<Value> {
    past.series(&query.expression(choices, past.span), Some(query.step(past.span))).await
}

fn choices(board: &Board, account: &str) -> Choices {
    let mut choices = board.everything();
    choices.insert("account".to_owned(), account.to_owned());
    choices
}

#[tokio::test]
async fn a_pair_of_exporters_and_a_second_account_change_no_number() {
    let (mut alone, mut pairs) = (OpenMetrics::default(), OpenMetrics::default());
    history::simulate(MINUTES, |page: &Exposition, workloads: &[Workload], at: Timestamp| {
        alone.add(page, at);
        for Workload { labels, page } in workloads {
            alone.add_from(page, at, labels);
            pairs.add_from(page, at, labels);
            pairs.add_from(page, at, &labels.replace(ACCOUNT, OTHER_ACCOUNT));
        }
        for account in [page.clone(), of_another_account(page)] {
            pairs.add_from(&account, at, PAIR[0]);
            pairs.add_from(&without_jobs(&account), at, PAIR[1]);
        }
    })
    .await;
    let span = Span { start: noon(), end: noon() + SignedDuration::from_mins(MINUTES) };
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    history::import(one.path(), &alone).await;
    history::import(two.path(), &pairs).await;
    let (alone, pairs) = (Past::of(one.path(), span).await, Past::of(two.path(), span).await);

    let (mut problems, mut compared) = (Vec::new(), 0);
    for board in boards() {
        for query in board.queries.iter().filter(|query| !query.expr.contains(EITHER)) {
            if board.uid == "runpod-exporter" && OF_EXPORTERS.iter().any(|name| query.panel.starts_with(name))
            {
                continue;
            }
            let expected = result(&alone, query, &choices(&board, "default")).await;
            let found = result(&pairs, query, &choices(&board, "default")).await;
            if let Some(difference) = difference(&values(&expected), &values(&found)) {
                problems.push(format!(
                    "{}: {}: {}
  {difference}",
                    board.uid, query.panel, query.expr
                ));
            }
            if expected.first().is_some_and(|row| row["metric"]["account"] == "default") {
                let both = result(&pairs, query, &choices(&board, ".+")).await;
                let most = if query.expr.contains("topk(") { WORST } else { usize::MAX };
                if both.len() != most.min(2 * expected.len()) {
                    problems.push(format!(
                        "{}: {}: two accounts have {} rows",
                        board.uid,
                        query.panel,
                        both.len()
                    ));
                }
            }
            compared += usize::from(!expected.is_empty());
        }
    }
    problems.extend(of_documented(&alone, &pairs).await);
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    println!("{compared} queries have the same result");
}

/// What is wrong with the queries on the pages of the documentation.
async fn of_documented(alone: &Past, pairs: &Past) -> Vec<String> {
    let placeholder = Regex::new("=\"[A-Z]+\"").unwrap();
    let mut problems = Vec::new();
    for query in documented_queries() {
        let query = placeholder.replace_all(&query, "=~\".+\"");
        let counts_requests = COUNTED_BY_EXPORTERS.iter().any(|name| query.contains(name));
        let [expected, found] = [of_one_account(alone, &query).await, of_one_account(pairs, &query).await];
        let problem = difference(&values(&expected), &values(&found)).filter(|_| !counts_requests);
        problems.extend(problem.map(|problem| format!("{query}:\n  {problem}")));
    }
    problems
}

/// The series of a query that are of one account, and not of one exporter. The query must not fail.
async fn of_one_account(past: &Past, query: &str) -> Vec<Value> {
    let is_wanted = |row: &Value| {
        let has = |label| row["metric"].get(label).is_some();
        row["metric"]["account"] == "default" && !has("instance") && !has("cluster")
    };
    past.series(query, Some(60)).await.into_iter().filter(is_wanted).collect()
}
