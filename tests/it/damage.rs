//! Answers with one bad value: it costs itself, is counted, and is logged once with its path.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use clock::ManualClock;

use crate::support::{Exporter, Exposition, account, noon, stub};

/// Scrapes an upstream that answers the list of endpoints, pods and the account, `/health` of each endpoint, and REST's pods.
/// What is empty is not found.
#[derive(Clone, Default)]
struct Answers {
    graphql: Vec<(&'static str, Vec<u8>)>,
    health: Vec<(&'static str, Vec<u8>)>,
    rest_pods: Vec<u8>,
}

impl Answers {
    fn graphql(mut self, operation: &'static str, body: impl Into<Vec<u8>>) -> Self {
        self.graphql.push((operation, body.into()));
        self
    }

    fn health(mut self, id: &'static str, body: impl Into<Vec<u8>>) -> Self {
        self.health.push((id, body.into()));
        self
    }

    fn rest_pods(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.rest_pods = body.into();
        self
    }

    async fn scrape(self) -> Exposition {
        let Self { graphql, health, rest_pods } = self;
        let answer_graphql = move |query: String| async move {
            let requested = |operation: &str| query.contains(&format!("query {operation} {{"));
            let found = graphql.iter().find(|(operation, _)| requested(operation));
            match found {
                Some((_, body)) => (StatusCode::OK, body.clone()),
                None => (StatusCode::GONE, Vec::new()),
            }
        };
        let answer_health = move |Path(id): Path<String>| async move {
            let found = health.iter().find(|(known, _)| *known == id);
            found.map_or((StatusCode::NOT_FOUND, Vec::new()), |(_, body)| (StatusCode::OK, body.clone()))
        };
        let status = if rest_pods.is_empty() { StatusCode::NOT_FOUND } else { StatusCode::OK };
        let answer_pods = async move || (status, rest_pods);
        let routes = Router::new()
            .route("/graphql", post(answer_graphql))
            .route("/v2/{id}/health", get(answer_health))
            .route("/rest/v2/pods", get(answer_pods));
        let (address, _server) = stub(routes).await;
        Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await.scrape().await
    }
}

/// How many values of any API could not be read.
fn unreadable(page: &Exposition, operation: &str) -> f64 {
    page.sum("runpod_api_unreadable_total", &[&format!("operation=\"{operation}\"")])
}

fn success(page: &Exposition, collector: &str) -> Option<f64> {
    page.value("runpod_collector_success", &[&format!("collector=\"{collector}\"")])
}

const HEALTH: &str =
    r#"{"jobs":{"completed":10,"failed":0,"inProgress":1,"inQueue":7,"retried":0},"workers":{"ready":2}}"#;

/// Half of an emoji, a byte that is not UTF-8, a raw control character.
#[tokio::test]
async fn a_name_that_is_not_unicode_costs_no_endpoint() {
    let names: [(&[u8], &str); 4] = [
        (b"cut \\ud83d", "cut \u{FFFD}"),
        (b"cut \xf0\x9f", "cut \u{FFFD}"),
        (b"\\ude00 cut", "\u{FFFD} cut"),
        (b"two\nlines", "two\\nlines"),
    ];
    for (written, shown) in names {
        let list = [
            &br#"{"data":{"myself":{"endpoints":[{"id":"ep0001","name":"fine","workersMin":0,"workersMax":3},{"id":"ep0002","name":""#[..],
            written,
            br#"","workersMin":0,"workersMax":4}]}}}"#,
        ]
        .concat();
        let page = Answers::default()
            .graphql("Endpoints", list)
            .health("ep0001", HEALTH)
            .health("ep0002", HEALTH)
            .scrape()
            .await;
        assert_eq!(page.value("runpod_queue_depth", &["endpoint_name=\"fine\""]), Some(7.0));
        let name = format!("endpoint_name=\"{shown}\"");
        assert_eq!(
            page.value("runpod_workers_max", &[&name]),
            Some(4.0),
            "{}",
            page.about("runpod_workers_max")
        );
        assert_eq!((success(&page, "endpoints"), unreadable(&page, "endpoints")), (Some(1.0), 0.0));
    }
}

#[tokio::test]
async fn an_id_that_cannot_be_one_is_not_requested() {
    let list = r#"{"data":{"myself":{"endpoints":[{"id":"ok","name":"a"},{"id":".."},{"id":"a\nb"},{"id":"cut \ud83d"},{"id":7},{"id":""}]}}}"#;
    let page = Answers::default().graphql("Endpoints", list).health("ok", HEALTH).scrape().await;
    assert_eq!(page.count("runpod_endpoint_info", &[]), 1);
    assert_eq!(page.sum("runpod_api_requests_total", &["operation=\"health\""]), 1.0);
    assert_eq!((unreadable(&page, "endpoints"), success(&page, "health")), (5.0, Some(1.0)));
}

#[tokio::test]
async fn workers_that_are_a_text_cost_no_queue() {
    for workers in [r#""unavailable""#, "7", "[]", "true", "NaN", r#"{"ready":"two"}"#] {
        let health = HEALTH.replace(r#"{"ready":2}"#, workers);
        let list = r#"{"data":{"myself":{"endpoints":[{"id":"e","name":"e"}]}}}"#;
        let page = Answers::default().graphql("Endpoints", list).health("e", health).scrape().await;
        assert_eq!(page.value("runpod_queue_depth", &[]), Some(7.0), "{workers}");
        assert_eq!(page.count("runpod_workers_ready", &[]), 0, "{workers}");
        assert_eq!((success(&page, "health"), unreadable(&page, "health")), (Some(1.0), 1.0), "{workers}");
    }
}

#[tokio::test]
async fn a_gpu_that_is_a_text_costs_no_pod() {
    for gpu in [r#""NVIDIA A40""#, "[]", "7", r#"{"id":{"name":"A40"},"count":1}"#] {
        let pods = format!(
            r#"{{"pods":[{{"id":"pod001","name":"fine","status":"RUNNING","cost":0.44,"gpu":{{"id":"NVIDIA A40","count":1}}}},"oops",{{"id":"pod002","name":"odd","status":"RUNNING","cost":0.44,"gpu":{gpu}}}]}}"#
        );
        let page = Answers::default().rest_pods(pods).scrape().await;
        assert_eq!(page.value("runpod_pod_gpus", &["pod_id=\"pod001\""]), Some(1.0));
        assert_eq!(
            page.value("runpod_pod_cost_dollars_per_hour", &["pod_id=\"pod002\""]),
            Some(0.44),
            "{gpu}"
        );
        assert_eq!(unreadable(&page, "pods"), 2.0, "{gpu}");
    }
}

#[tokio::test]
async fn what_cannot_be_true_is_unknown() {
    let list = r#"{"data":{"myself":{"endpoints":[
        {"id":"a","name":"a","createdAt":"0001-01-01T00:00:00Z","workersMin":-1,"workersMax":2.5,"workersStandby":"3","idleTimeout":-5},
        {"id":"b","name":"b","createdAt":"2026-01-01T00:00:00Z","workersMax":1e300,"executionTimeoutMs":1e308},
        {"id":"c","name":"c","createdAt":"9999-12-31T23:59:59Z","workersMax":5},
        {"id":"d","name":"d","createdAt":"2021-12-31T23:59:59Z"}]}}}"#;
    let page = Answers::default().graphql("Endpoints", list).scrape().await;
    assert_eq!(page.count("runpod_endpoint_created_timestamp_seconds", &[]), 1);
    assert_eq!(
        page.value("runpod_endpoint_created_timestamp_seconds", &["endpoint_id=\"b\""]),
        Some(1_767_225_600.0)
    );
    assert_eq!(page.count("runpod_workers_min", &[]), 0);
    assert_eq!(
        (page.count("runpod_workers_max", &[]), page.value("runpod_workers_max", &[])),
        (1, Some(5.0))
    );
    assert_eq!(page.value("runpod_workers_standby", &[]), Some(3.0));
    assert_eq!(page.count("runpod_endpoint_idle_timeout_seconds", &[]), 0);
    assert_eq!(page.count("runpod_endpoint_execution_timeout_seconds", &[]), 0);
    assert_eq!((success(&page, "endpoints"), page.count("runpod_endpoint_info", &[])), (Some(1.0), 4));
}

#[tokio::test]
async fn utilizations_are_ratios_and_that_of_cpus_may_be_above_one() {
    let pod = |id: &str, cpu: &str, memory: &str| {
        format!(
            r#"{{"id":"{id}","desiredStatus":"RUNNING","runtime":{{"uptimeInSeconds":5,"container":{{"cpuPercent":{cpu},"memoryPercent":{memory}}}}}}}"#
        )
    };
    let pods = [pod("a", "310", "100"), pod("b", "-1", "100.5"), pod("c", "99999", "-0.1")].join(",");
    let list = format!(r#"{{"data":{{"myself":{{"pods":[{pods}]}}}}}}"#);
    let page = Answers::default().graphql("Pods", list).scrape().await;
    assert_eq!(page.about("runpod_pod_cpu_utilization_ratio").lines().count(), 1);
    assert_eq!(page.value("runpod_pod_cpu_utilization_ratio", &["pod_id=\"a\""]), Some(3.1));
    assert_eq!(page.about("runpod_pod_memory_utilization_ratio").lines().count(), 1);
    assert_eq!(page.value("runpod_pod_memory_utilization_ratio", &[]), Some(1.0));
}

/// Errors of any form are errors, and data that is there is used.
#[tokio::test]
async fn graphql_errors_may_have_any_form() {
    let pods = r#"{"data":{"myself":{"pods":[{"id":"a"}]}},"errors":ERRORS}"#;
    for errors in [
        r#"[{"message":{"text":"no"}}]"#,
        r#"[{"message":"no","locations":"here"}]"#,
        r#"[{"message":"no","locations":[{"line":-3,"column":"x"}]}]"#,
        r#"[{"message":"no","locations":[{"line":1e300,"column":1}],"path":["a"]}]"#,
        r#"["no"]"#,
        "[null]",
        "[[7]]",
        r#""no""#,
        r#"{"message":"no"}"#,
        "[7,NaN]",
    ] {
        let page = Answers::default().graphql("Pods", pods.replace("ERRORS", errors)).scrape().await;
        assert_eq!((page.count("runpod_pod_info", &[]), success(&page, "pods")), (1, Some(0.0)), "{errors}");
        let counted =
            page.sum("runpod_api_requests_total", &["operation=\"pods\"", "outcome=\"graphql_error\""]);
        assert_eq!(counted, 1.0, "{errors}");
    }
    for none in ["null", "[]", "false"] {
        let page = Answers::default().graphql("Pods", pods.replace("ERRORS", none)).scrape().await;
        assert_eq!((page.count("runpod_pod_info", &[]), success(&page, "pods")), (1, Some(1.0)), "{none}");
    }
}

/// As an empty account, it would remove everything, and as a missing user it would page.
#[tokio::test]
async fn data_of_another_type_is_a_failure_of_this_request() {
    for data in
        [r#""text""#, "[]", "7", r#"{"myself":"text"}"#, r#"{"myself":[]}"#, r#"{"myself":{"pods":"text"}}"#]
    {
        let page = Answers::default().graphql("Pods", format!(r#"{{"data":{data}}}"#)).scrape().await;
        let counted =
            page.sum("runpod_api_requests_total", &["operation=\"pods\"", "outcome=\"unauthorized\""]);
        assert_eq!((success(&page, "pods"), counted), (Some(0.0), 0.0), "{data}");
    }
}

#[tokio::test]
async fn names_are_cut_and_lists_are_bounded() {
    let long = "n".repeat(5_000);
    let pods: Vec<String> = (0..12_000)
        .map(|n| format!(r#"{{"id":"p{n}","name":"{}"}}"#, if n == 0 { &*long } else { "n" }))
        .collect();
    let list = format!(r#"{{"data":{{"myself":{{"pods":[{}]}}}}}}"#, pods.join(","));
    let page = Answers::default().graphql("Pods", list).scrape().await;
    assert_eq!((page.count("runpod_pod_info", &[]), success(&page, "pods")), (10_000, Some(0.0)));
    let name = format!("pod_name=\"{}…\"", "n".repeat(255));
    assert_eq!(page.value("runpod_pod_info", &[&name, "pod_id=\"p0\""]), Some(1.0));
    let truncated = |kind: &str| {
        page.value("runpod_api_truncated_total", &["operation=\"pods\"", &format!("kind=\"{kind}\"")])
    };
    assert_eq!((truncated("list"), truncated("text")), (Some(2_000.0), Some(1.0)));
}

/// Five thousand endpoints, each of them damaged in several ways, are read in a time that grows with their number.
#[tokio::test]
async fn a_list_with_damage_in_every_element_is_read() {
    let pods: Vec<String> = (0..5_000)
        .map(|n| format!(r#"{{"id":"p{n}","name":"x\ud83d","gpuCount":[NaN],"gpuCount":1,"machine":"m","costPerHr":1e999}}"#))
        .collect();
    let list = format!(r#"{{"data":{{"myself":{{"pods":[{}]}}}}}}"#, pods.join(","));
    let page = Answers::default().graphql("Pods", list).scrape().await;
    assert_eq!((page.count("runpod_pod_info", &[]), success(&page, "pods")), (5_000, Some(1.0)));
    assert_eq!(unreadable(&page, "pods"), 20_000.0);
}
