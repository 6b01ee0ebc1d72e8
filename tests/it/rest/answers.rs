//! Responses with status 200 that contain no answer, such as the error of a proxy.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use clock::ManualClock;

use crate::support::{Exporter, Exposition, account, noon, stub};

/// Scrapes an account with one endpoint, all of whose REST responses are this one.
async fn scrape(response: &'static str) -> Exposition {
    let endpoints = r#"{"data":{"myself":{"endpoints":[{"id":"e","name":"one"}],"pods":[]}}}"#;
    let rest = async move || response;
    let routes =
        Router::new().route("/graphql", post(async move || endpoints)).route("/rest/v2/{*path}", get(rest));
    let (address, _server) = stub(routes).await;
    Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await.scrape().await
}

#[tokio::test]
async fn none_of_them_is_a_success() {
    for response in [
        "{}",
        r#"{"error":"internal"}"#,
        r#"{"workers":"x","records":"x","networkVolumes":"x"}"#,
        r#"{"workers":null,"records":null,"networkVolumes":null}"#,
        r#"{"workers":5,"summary":[],"records":{},"networkVolumes":{}}"#,
    ] {
        let page = scrape(response).await;
        for collector in ["workers", "billing", "volumes"] {
            let label = format!("collector=\"{collector}\"");
            assert_eq!(
                page.value("runpod_collector_success", &[&label]),
                Some(0.0),
                "{collector}: {response}"
            );
        }
        assert_eq!(page.count("runpod_billed_day_dollars", &[]), 0, "{response}");
    }
}

#[tokio::test]
async fn an_empty_list_is_one() {
    let page = scrape(r#"{"workers":[],"records":[],"networkVolumes":[]}"#).await;
    for collector in ["workers", "billing", "volumes"] {
        let label = format!("collector=\"{collector}\"");
        assert_eq!(page.value("runpod_collector_success", &[&label]), Some(1.0), "{collector}");
    }
}
