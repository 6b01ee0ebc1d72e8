//! GraphQL servers that change their schema, report one error at a time, or reject fields in other ways.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use clock::ManualClock;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Exporter, account, noon, stub};

/// A GraphQL server that rejects the given fields, and otherwise answers the account document.
#[derive(Clone)]
struct Strict {
    refused: Arc<Mutex<BTreeSet<&'static str>>>,
    /// Reports the first error only.
    terse: bool,
    /// The status of a rejection.
    status: StatusCode,
    documents: Arc<Mutex<Vec<String>>>,
}

impl Strict {
    fn refusing<const N: usize>(fields: [&'static str; N]) -> Self {
        Self {
            refused: Arc::new(Mutex::new(fields.into())),
            terse: false,
            status: StatusCode::BAD_REQUEST,
            documents: Arc::default(),
        }
    }

    fn answer(&self, request: &str) -> (StatusCode, String) {
        let request: Value = serde_json::from_str(request).unwrap();
        let query = request["query"].as_str().unwrap().to_owned();
        if !query.contains("query Account {") {
            return (StatusCode::OK, json!({"data": {"myself": {"endpoints": [], "pods": []}}}).to_string());
        }
        let refused = self.refused.lock().unwrap();
        let mut errors: Vec<Value> = query
            .lines()
            .enumerate()
            .filter(|(_, line)| refused.contains(line.trim().trim_end_matches(" {")))
            .map(|(n, line)| {
                let column = line.len() - line.trim_start().len() + 1;
                json!({"message": "no.", "locations": [{"line": n + 1, "column": column}]})
            })
            .collect();
        self.documents.lock().unwrap().push(query);
        if errors.is_empty() {
            let account = json!({"clientBalance": 7.5, "currentSpendPerHr": 1.5});
            return (StatusCode::OK, json!({"data": {"myself": account}}).to_string());
        }
        errors.truncate(if self.terse { 1 } else { usize::MAX });
        (self.status, json!({"errors": errors}).to_string())
    }

    async fn exporter(&self) -> (Exporter, JoinSet<()>) {
        let server = self.clone();
        let answer = move |request: String| async move { server.answer(&request) };
        let (address, set) = stub(Router::new().route("/graphql", post(answer))).await;
        (Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await, set)
    }

    /// Number of documents since the last call.
    fn requests(&self) -> usize {
        std::mem::take(&mut *self.documents.lock().unwrap()).len()
    }
}

/// The balance, which every server here has.
const BALANCE: &str = "runpod_account_balance_dollars";

#[tokio::test]
async fn a_removed_field_is_detected_at_once_without_a_failed_scrape() {
    let server = Strict::refusing(["planType"]);
    let (exporter, _server) = server.exporter().await;
    assert_eq!(exporter.scrape().await.value(BALANCE, &[]), Some(7.5));
    assert_eq!(server.requests(), 2);
    assert_eq!(exporter.scrape().await.value(BALANCE, &[]), Some(7.5));
    assert_eq!(server.requests(), 1);
    server.refused.lock().unwrap().insert("spendLimit");
    let page = exporter.scrape().await;
    assert_eq!(page.value(BALANCE, &[]), Some(7.5));
    assert_eq!(page.value("runpod_api_unsupported_fields", &[]), Some(2.0));
    // The previous document, then one with all fields, then one without the rejected field.
    assert_eq!(server.requests(), 3);
    exporter.scrape().await;
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn negotiation_works_with_one_error_at_a_time() {
    let fields = ["spendLimit", "maxServerlessConcurrency", "id", "podId", "planType"];
    let server = Strict { terse: true, ..Strict::refusing(fields) };
    let (exporter, _server) = server.exporter().await;
    assert_eq!(exporter.scrape().await.value(BALANCE, &[]), Some(7.5));
    assert_eq!(server.requests(), fields.len() + 1);
    exporter.scrape().await;
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn negotiation_works_with_status_200() {
    let server = Strict { status: StatusCode::OK, ..Strict::refusing(["spendLimit"]) };
    let (exporter, _server) = server.exporter().await;
    assert_eq!(exporter.scrape().await.value(BALANCE, &[]), Some(7.5));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_server_that_rejects_everything_gets_a_bounded_number_of_requests() {
    let server = Strict::refusing(["myself"]);
    let (exporter, _server) = server.exporter().await;
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"account\""]), Some(0.0));
    assert!(server.requests() <= 2);
    exporter.scrape().await;
    assert_eq!(server.requests(), 0, "no fields are left to request");
}

/// Without a location or name, there is nothing to negotiate, and no endless loop.
#[tokio::test]
async fn a_rejection_without_a_reason_is_an_error_and_not_a_loop() {
    let requests = Arc::new(Mutex::new(0));
    let count = Arc::clone(&requests);
    let answer = move || async move {
        *count.lock().unwrap() += 1;
        (StatusCode::BAD_REQUEST, r#"{"errors":[{"message":"too complex"}]}"#)
    };
    let (address, _server) = stub(Router::new().route("/graphql", post(answer))).await;
    let exporter = Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await;
    let page = exporter.scrape().await;
    assert_eq!(
        *requests.lock().unwrap(),
        5,
        "one for each document, including ids, and volumes without REST"
    );
    assert_eq!(page.value("runpod_up", &[]), Some(0.0));
    assert_eq!(
        page.value("runpod_collector_last_success_timestamp_seconds", &["collector=\"pods\""]),
        Some(0.0)
    );
}
