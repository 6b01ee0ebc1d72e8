//! Latencies from REST, whose paths and properties are found in the API's description.

mod source;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, post};
use clock::ManualClock;
use runpod::{DescribedProperty, KeyRing, Measure, ReportedStatistic, Statistic};
use runpod_exporter::testing::app::client;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::metrics::family_of;
use runpod_exporter::testing::settings::{Collector, Reading};
use serde_json::{Value, json};

use crate::support::{Exporter, account, noon, stub};

/// A description that Runpod could publish, and a response to each of its operations.
fn style(name: &str) -> (Value, Value) {
    let path = format!("{}/tests/it/rest/metrics/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut style: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    (style["description"].take(), style["answer"].take())
}

/// An account with one endpoint, whose REST API has this description and these responses.
async fn upstream(description: Value, answer: Value) -> (Account, tokio::task::JoinSet<()>) {
    let endpoints = r#"{"data":{"myself":{"endpoints":[{"id":"e","name":"one"}]}}}"#;
    let rest = move |uri: axum::http::Uri| {
        let path = uri.path();
        let response = match path {
            "/rest/v2/openapi.json" => description.clone(),
            _ if path.contains("worker-metrics") => answer["workers"].clone(),
            _ if path.contains("request-metrics") => answer["requests"].clone(),
            _ => answer.clone(),
        };
        async move { response.to_string() }
    };
    let routes = Router::new()
        .route("/graphql", post(async move || endpoints))
        .route("/rest/v2/{*path}", any(rest))
        .route("/v2/e/metrics/request_ts_v1", any(async || r#"{"data":[]}"#));
    let (address, server) = stub(routes).await;
    let collectors = [Collector::Endpoints, Collector::Latency].into_iter().collect();
    (Account { reading: Reading { collectors, ..Reading::default() }, ..account(address) }, server)
}

/// What is read of a description, and why the rest is not.
async fn table(account: &Account) -> String {
    let clock = Arc::new(ManualClock::new(noon()));
    let runpod = client(account, KeyRing::default(), Arc::new(()), clock).unwrap();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    let described = runpod.rest().described_metrics(deadline).await.unwrap();
    let mut table = String::new();
    for DescribedProperty { operation, property, fact, unit } in &described.readings {
        let ReportedStatistic { measure, statistic } = *fact;
        let family = family_of(*fact).unwrap_or("no metric: runpod_requests_total counts jobs");
        let read = format!("{} {} [{unit}]", measure.as_str(), statistic.as_str());
        writeln!(table, "{operation} {property} -> {read} {family}").unwrap();
    }
    for note in &described.notes {
        writeln!(table, "{} {} -- {}", note.operation, note.property, note.reason).unwrap();
    }
    table
}

/// The table of a style, and the exposition of its responses.
async fn read(name: &str) -> String {
    let (description, answer) = style(name);
    let (account, _server) = upstream(description, answer).await;
    let table = table(&account).await;
    let exporter = Exporter::start(account, Arc::new(ManualClock::new(noon()))).await;
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"latency\""]), Some(1.0), "{}", page.0);
    format!("{table}\n{}", page.about("runpod_reported_"))
}

#[tokio::test]
async fn flat_buckets_with_the_unit_in_each_name() {
    insta::assert_snapshot!(read("flat").await);
}

#[tokio::test]
async fn an_object_for_each_measure_with_the_unit_in_its_description() {
    insta::assert_snapshot!(read("nested").await);
}

#[tokio::test]
async fn series_with_a_metric_a_statistic_and_a_unit_of_their_own() {
    insta::assert_snapshot!(read("series").await);
}

#[tokio::test]
async fn names_that_say_what_their_values_are_not() {
    insta::assert_snapshot!(read("misleading").await);
}

/// The description of today has none of these operations.
#[tokio::test]
async fn the_published_description_has_no_metrics() {
    let path = format!("{}/tests/fixtures/openapi/rest-v2.json", env!("CARGO_MANIFEST_DIR"));
    let published = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (account, _server) = upstream(published, json!({})).await;
    assert_eq!(table(&account).await, "");
}

/// What the documentation of a fact promises is what is exported.
#[tokio::test]
async fn each_fact_is_in_the_family_that_is_documented() {
    for measure in Measure::ALL {
        for statistic in Statistic::ALL {
            let fact = ReportedStatistic { measure: *measure, statistic: *statistic };
            let (unit, name) = match statistic {
                Statistic::Count => ("", format!("{}Count", measure.as_str())),
                _ => ("_seconds", format!("{}_{}_seconds", measure.as_str(), statistic.as_str())),
            };
            let bucket = json!({"type": "object", "properties": {"time": {"type": "string"}, &name: {"type": "number"}}});
            let schema =
                json!({"type": "object", "properties": {"data": {"type": "array", "items": bucket}}});
            let parameters =
                json!([{"name": "interval", "in": "query"}, {"name": "startTime", "in": "query"}]);
            let get = json!({"parameters": parameters, "responses": {"200": {"content": {"application/json": {"schema": schema}}}}});
            let description = json!({"paths": {"/v2/serverless/{id}/metrics": {"get": get}}});
            let answer = json!({"data": [{"time": "2026-11-22T11:55:00Z", &name: 3}]});
            let (account, _server) = upstream(description, answer).await;
            let exporter = Exporter::start(account, Arc::new(ManualClock::new(noon()))).await;
            let page = exporter.scrape().await;
            let series = page.about("runpod_reported_");
            let values: Vec<&str> = series.lines().filter(|line| !line.contains("_bucket_")).collect();
            match family_of(fact) {
                Some(family) => {
                    assert!(family.ends_with(unit), "{family}");
                    assert!(
                        values.len() == 1 && values[0].starts_with(&format!("{family}{{")),
                        "{name}: {series}"
                    );
                    assert_eq!(page.sum(family, &[]), 3.0, "{name}");
                }
                None => assert!(values.is_empty(), "{name}: {series}"),
            }
        }
    }
}
