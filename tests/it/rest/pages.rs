//! Pagination of lists.

use std::sync::Arc;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::routing::{get, post};
use clock::ManualClock;
use serde_json::{Value, json};

use crate::support::{Exporter, Exposition, account, noon, stub};

/// Scrapes pods whose pages are `page` of each cursor.
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
async fn without_pagination_there_is_one_page() {
    let lists: [fn(&str) -> Value; 4] = [
        |_| json!({"pods": pods(&["a"])}),
        |_| json!({"pods": pods(&["a"]), "pagination": null}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"nextCursor": "2"}}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": "false", "nextCursor": 7}}),
    ];
    for list in lists {
        let page = scrape(list).await;
        assert_eq!((page.count("runpod_pod_info", &[]), success(&page)), (1, Some(1.0)), "{}", list(""));
    }
}

/// What was read of it is exported.
#[tokio::test]
async fn a_page_that_cannot_be_found_is_an_incomplete_list() {
    let lists: [fn(&str) -> Value; 7] = [
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": true}}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": true, "nextCursor": null}}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": true, "nextCursor": ""}}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": "true", "nextCursor": 7}}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": [true], "nextCursor": "2"}}),
        |_| json!({"pods": pods(&["a"]), "pagination": "there are more"}),
        |_| json!({"pods": pods(&["a"]), "pagination": {"hasNextPage": true, "nextCursor": {"id": 2}}}),
    ];
    for list in lists {
        let page = scrape(list).await;
        assert_eq!((page.count("runpod_pod_info", &[]), success(&page)), (1, Some(0.0)), "{}", list(""));
    }
}

#[tokio::test]
async fn a_list_has_at_most_ten_thousand_objects() {
    let page = scrape(|cursor| {
        let first = 4_000 * cursor.parse::<usize>().unwrap_or(0);
        let pods: Value = (first..first + 4_000).map(|id| json!({"id": format!("p{id}")})).collect();
        let next = cursor.parse::<usize>().unwrap_or(0) + 1;
        json!({"pods": pods, "pagination": {"hasNextPage": next < 9, "nextCursor": next.to_string()}})
    })
    .await;
    assert_eq!((page.count("runpod_pod_info", &[]), success(&page)), (10_000, Some(0.0)));
    assert_eq!(page.sum("runpod_api_requests_total", &["operation=\"pods\"", "api=\"rest\""]), 3.0);
}

#[tokio::test]
async fn a_pagination_loop_is_detected() {
    let page =
        scrape(|_| json!({"pods": pods(&["a"]), "pagination": {"nextCursor": "1", "hasNextPage": true}}))
            .await;
    assert_eq!((page.count("runpod_pod_info", &[]), success(&page)), (1, Some(0.0)));
    let requests = page.sum("runpod_api_requests_total", &["api=\"rest\"", "operation=\"pods\""]);
    assert_eq!(requests, 2.0);
}

#[tokio::test]
async fn a_missing_list_is_not_an_empty_list() {
    let lists: [fn(&str) -> Value; 2] = [|_| json!({}), |_| json!({"pods": null})];
    for list in lists {
        assert_eq!(success(&scrape(list).await), Some(0.0), "{}", list(""));
    }
}
