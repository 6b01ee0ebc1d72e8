//! Lists in pages, from a server that cuts them as it likes.

use std::sync::Arc;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::routing::{get, post};
use clock::ManualClock;
use serde_json::{Value, json};

use crate::support::{Exporter, Exposition, account, noon, stub};

/// Pods in pages: what the first page says of those that follow, by the cursor of each.
async fn scrape(page: fn(&str) -> Value) -> Exposition {
    let pods = move |RawQuery(query): RawQuery| async move {
        let query = query.unwrap_or_default();
        let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor=")).unwrap_or_default();
        page(cursor).to_string()
    };
    let routes =
        Router::new().route("/graphql", post(async || StatusCode::GONE)).route("/rest/v2/pods", get(pods));
    let (address, _server) = stub(routes).await;
    Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await.scrape().await
}

fn pods(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({"id": id, "status": "RUNNING"})).collect()
}

fn success(page: &Exposition) -> Option<f64> {
    page.value("runpod_collector_success", &["collector=\"pods\""])
}

#[tokio::test]
async fn every_page_is_read_however_short() {
    let page = scrape(|cursor| match cursor {
        "" => json!({"pods": pods(&["a"]), "pagination": {"nextCursor": "x%2F1", "hasNextPage": true}}),
        "x%252F1" => json!({"pods": [], "pagination": {"nextCursor": "2", "hasNextPage": true}}),
        "2" => json!({"pods": pods(&["b", "a"]), "pagination": {"nextCursor": "3", "hasNextPage": false}}),
        _ => json!({"pods": pods(&["never"])}),
    })
    .await;
    assert_eq!(page.count("runpod_pod_info", &[]), 2, "each once");
    assert_eq!(success(&page), Some(1.0));
}

#[tokio::test]
async fn without_a_word_on_pages_there_is_one() {
    let tellings: [fn(&str) -> Value; 4] = [
        |_| json!({"pods": pods(&["a"])}),
        |_| json!({"pods": pods(&["a"]), "pagination": null}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"nextCursor": "2"}}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": true}}),
    ];
    for telling in tellings {
        let page = scrape(telling).await;
        assert_eq!((page.count("runpod_pod_info", &[]), success(&page)), (1, Some(1.0)), "{}", telling(""));
    }
}

#[tokio::test]
async fn pages_in_a_circle_are_left() {
    let page =
        scrape(|_| json!({"pods": pods(&["a"]), "pagination": {"nextCursor": "1", "hasNextPage": true}}))
            .await;
    assert_eq!((page.count("runpod_pod_info", &[]), success(&page)), (0, Some(0.0)));
    let asked = page.sum("runpod_api_requests_total", &["api=\"rest\"", "operation=\"pods\""]);
    assert_eq!(asked, 2.0);
}

#[tokio::test]
async fn a_list_that_is_not_there_is_no_empty_list() {
    let tellings: [fn(&str) -> Value; 2] = [|_| json!({}), |_| json!({"pods": null})];
    for telling in tellings {
        assert_eq!(success(&scrape(telling).await), Some(0.0), "{}", telling(""));
    }
}
