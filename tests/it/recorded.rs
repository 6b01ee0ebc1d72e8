//! Every recorded response of GraphQL and `/health`, and the series that result from it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use clock::ManualClock;

use crate::support::{Exporter, Exposition, account, fixture, noon, stub};

/// An upstream that answers each GraphQL operation and each endpoint's health with a file.
#[derive(Clone, Default)]
struct Recorded {
    /// By operation name: status and body.
    graphql: BTreeMap<&'static str, (u16, String)>,
    /// By endpoint id.
    health: BTreeMap<String, String>,
}

impl Recorded {
    fn graphql(mut self, operation: &'static str, status: u16, body: String) -> Self {
        self.graphql.insert(operation, (status, body));
        self
    }

    async fn scrape(self) -> Exposition {
        let health = self.health;
        let answer_health = move |Path(id): Path<String>| async move {
            health.get(&id).cloned().ok_or((StatusCode::NOT_FOUND, r#"{"error":"endpoint not found"}"#))
        };
        let graphql = self.graphql;
        let answer_graphql = move |query: String| async move {
            let is_requested = |operation: &&&str| query.contains(&format!("query {operation} {{"));
            let (status, body) = match graphql.keys().find(is_requested) {
                Some(operation) => graphql[operation].clone(),
                None => (200, r#"{"data":{"myself":{"endpoints":[],"pods":[]}}}"#.to_owned()),
            };
            (StatusCode::from_u16(status).unwrap(), body).into_response()
        };
        let routes = Router::new()
            .route("/graphql", post(answer_graphql))
            .route("/v2/{id}/health", get(answer_health));
        let (address, _server) = stub(routes).await;
        Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await.scrape().await
    }
}

/// A list of endpoints with these ids and nothing else.
fn endpoints(ids: &[&str]) -> String {
    let endpoints: Vec<_> =
        ids.iter().map(|id| serde_json::json!({"id": id, "name": format!("{id} -fb")})).collect();
    serde_json::json!({"data": {"myself": {"endpoints": endpoints}}}).to_string()
}

#[tokio::test]
async fn health() {
    let names: Vec<String> = std::fs::read_dir(format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()))
        .filter(|name| name.starts_with("health_"))
        .collect();
    assert_eq!(names.len(), 7, "{names:?}");
    for name in names {
        let upstream =
            Recorded { health: BTreeMap::from([(name.clone(), fixture(&name))]), ..Recorded::default() };
        let page = upstream.graphql("Endpoints", 200, endpoints(&[&name])).scrape().await;
        insta::assert_snapshot!(name, page.about("endpoint_id"));
    }
}

#[tokio::test]
async fn a_missing_field_is_an_absent_series_and_not_zero() {
    let whole: serde_json::Value = serde_json::from_str(&fixture("health_running")).unwrap();
    let key_paths =
        ["/jobs/inQueue", "/jobs/completed", "/workers/ready", "/workers/unhealthy", "/jobs", "/workers"];
    let full =
        Recorded { health: BTreeMap::from([("e".to_owned(), whole.to_string())]), ..Recorded::default() };
    let full = full.graphql("Endpoints", 200, endpoints(&["e"])).scrape().await;
    for path in key_paths {
        for null in [true, false] {
            let mut health = whole.clone();
            let (parent, key) = path.rsplit_once('/').unwrap();
            let object = health.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            if null {
                object.insert(key.to_owned(), serde_json::Value::Null)
            } else {
                object.remove(key)
            };
            let upstream = Recorded {
                health: BTreeMap::from([("e".to_owned(), health.to_string())]),
                ..Recorded::default()
            };
            let page = upstream.graphql("Endpoints", 200, endpoints(&["e"])).scrape().await;
            // The server of each page has a port of its own.
            let gone: Vec<_> = full.series().difference(&page.series()).cloned().collect();
            let gone: Vec<_> = gone.into_iter().filter(|series| !series.contains("server=")).collect();
            // Each of the three totals is also a counter. The health has two series, and needs the queue and the workers.
            let expected = match (parent, key) {
                ("", "jobs") => 2 + 3 * 2 + 2,
                ("", _) => 6 + 2,
                (_, "completed") => 2,
                (_, "inQueue") => 1 + 2,
                _ => 1,
            };
            assert_eq!(gone.len(), expected, "without {path}: {gone:?}");
            assert_eq!(page.value("runpod_endpoint_up", &[]), Some(1.0));
        }
    }
}

#[tokio::test]
async fn endpoints_of_the_documentation() {
    let upstream = Recorded::default().graphql("Endpoints", 200, fixture("graphql_myself_endpoints"));
    insta::assert_snapshot!(upstream.scrape().await.about("endpoint_id"));
}

#[tokio::test]
async fn pods_of_the_documentation() {
    // The example selects neither status nor price. Without a status, series that depend on it are missing.
    let upstream = Recorded::default().graphql("Pods", 200, fixture("graphql_myself_pods_runtime"));
    insta::assert_snapshot!(upstream.scrape().await.about("pod_id"));
}

#[tokio::test]
async fn a_running_pod_with_the_runtime_of_the_documentation() {
    let mut pods: serde_json::Value = serde_json::from_str(&fixture("graphql_myself_pods_runtime")).unwrap();
    pods["data"]["myself"]["pods"][0]["desiredStatus"] = "RUNNING".into();
    pods["data"]["myself"]["pods"][0]["costPerHr"] = "0.74".into();
    let upstream = Recorded::default().graphql("Pods", 200, pods.to_string());
    insta::assert_snapshot!(upstream.scrape().await.about("pod_id"));
}

#[tokio::test]
async fn the_pod_of_the_documentation_as_the_only_one_of_a_list() {
    let pod: serde_json::Value = serde_json::from_str(&fixture("graphql_pod_by_id")).unwrap();
    let mut pod = pod["data"]["pod"].clone();
    pod["desiredStatus"] = "RUNNING".into();
    let list = serde_json::json!({"data": {"myself": {"pods": [pod]}}});
    insta::assert_snapshot!(
        Recorded::default().graphql("Pods", 200, list.to_string()).scrape().await.about("pod_id")
    );
}

#[tokio::test]
async fn account_of_a_third_party() {
    let upstream = Recorded::default().graphql("Account", 200, fixture("graphql_account"));
    insta::assert_snapshot!(upstream.scrape().await.about("runpod_account_"));
}

/// Responses without data: their error, and no effect on other collectors.
#[tokio::test]
async fn answers_without_data() {
    for (name, status, outcome) in [
        ("graphql_anonymous_myself_null", 200, "unauthorized"),
        ("graphql_error_unauthorized_200", 200, "forbidden"),
        ("graphql_error_internal", 200, "graphql_error"),
        // The location is outside of our document, and the document does not contain the name: no field can be removed.
        ("synthetic_graphql_error_validation_400", 400, "schema"),
    ] {
        let page = Recorded::default().graphql("Account", status, fixture(name)).scrape().await;
        assert_eq!(page.value("runpod_collector_success", &["collector=\"account\""]), Some(0.0), "{name}");
        assert_eq!(page.value("runpod_collector_success", &["collector=\"pods\""]), Some(1.0), "{name}");
        assert_eq!(page.count("runpod_account_balance_dollars", &[]), 0, "{name}");
        let counted = page
            .sum("runpod_api_requests_total", &["operation=\"account\"", &format!("outcome=\"{outcome}\"")]);
        assert!(counted >= 1.0, "{name}: {}", page.0);
        assert!(!page.0.contains("Something went wrong"), "{name}: upstream prose in the exposition");
    }
}

/// The same rejection of a field in the document: its location is that of another client's document, so its message decides.
#[tokio::test]
async fn a_rejection_with_another_location_is_understood_by_its_name() {
    let refusal = fixture("synthetic_graphql_error_validation_400");
    let answer = move |query: String| {
        let refused = query.contains("query Endpoints {") && query.contains("status");
        let body = if refused { refusal.clone() } else { endpoints(&["e"]) };
        let status = if refused { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        async move { (status, body) }
    };
    let (address, _server) = stub(Router::new().route("/graphql", post(answer))).await;
    let exporter = Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await;
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"endpoints\""]), Some(1.0));
    assert_eq!(page.value("runpod_endpoint_info", &["endpoint_id=\"e\""]), Some(1.0));
}

/// The public price list must not be mistaken for an account.
#[tokio::test]
async fn a_response_about_something_else_is_not_an_account() {
    let page =
        Recorded::default().graphql("Account", 200, fixture("graphql_gputypes_lowestprice")).scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"account\""]), Some(0.0));
    assert_eq!(page.count("runpod_account_balance_dollars", &[]), 0);
}

/// As an empty list, it would remove all endpoints, and their alerts.
#[tokio::test]
async fn a_list_that_is_null_is_not_an_empty_list() {
    let list = Arc::new(Mutex::new(endpoints(&["e"])));
    let answers = Arc::clone(&list);
    let answer_graphql = move |query: String| async move {
        let asks_endpoints = query.contains("query Endpoints {");
        if asks_endpoints { answers.lock().unwrap().clone() } else { endpoints(&[]) }
    };
    let health = fixture("health_running");
    let routes = Router::new()
        .route("/graphql", post(answer_graphql))
        .route("/v2/{id}/health", get(async move || health));
    let (address, _server) = stub(routes).await;
    let exporter = Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await;
    assert_eq!(exporter.scrape().await.value("runpod_queue_depth", &[]), Some(0.0));
    *list.lock().unwrap() = r#"{"data":{"myself":{"endpoints":null}}}"#.to_owned();
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"endpoints\""]), Some(0.0));
    assert_eq!(
        page.value("runpod_queue_depth", &["endpoint_name=\"e\""]),
        Some(0.0),
        "it is still exported under its name"
    );
}
