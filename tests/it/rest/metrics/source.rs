//! Which source the latencies are from, and how many requests they need.

use std::sync::Mutex;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use jiff::SignedDuration;
use runpod_exporter::testing::settings::Collectors;
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Api, Options};

use super::*;
use crate::support::{Exposition, Upstream};

/// What the stub answers, which a test may change, and the requests that it received.
#[derive(Clone, Default)]
struct Stub {
    description: Arc<Mutex<Option<Value>>>,
    metrics: Arc<Mutex<Option<(u16, Value)>>>,
    job_api: Arc<Mutex<Option<u16>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    fn requests(&self, path: &str) -> Vec<String> {
        self.requests.lock().unwrap().iter().filter(|request| request.contains(path)).cloned().collect()
    }

    /// An exporter of an account with this number of endpoints.
    async fn start(
        &self,
        endpoints: usize,
        on: &[Collector],
    ) -> (Exporter, ManualClock, tokio::task::JoinSet<()>) {
        let list: Vec<Value> =
            (0..endpoints).map(|n| json!({"id": format!("e{n}"), "name": "one"})).collect();
        let list = json!({"data": {"myself": {"endpoints": list}}}).to_string();
        let stub = self.clone();
        let any_get = move |uri: axum::http::Uri| {
            stub.requests.lock().unwrap().push(uri.to_string());
            let path = uri.path();
            let answer = if path.ends_with("openapi.json") {
                stub.description.lock().unwrap().clone().map(|document| (200, document))
            } else if path.contains("request_ts_v1") {
                let status = stub.job_api.lock().unwrap();
                let bucket = json!({"time": "2026-11-22 12:00:00", "completed_requests": 1, "et_n95": 4000});
                status.map(|status| (status, json!({"data": [bucket]})))
            } else if path.ends_with("/metrics") {
                stub.metrics.lock().unwrap().clone()
            } else {
                Some((200, json!({"workers": []})))
            };
            async move {
                let Some((status, body)) = answer else { return std::future::pending().await };
                let headers =
                    [("RateLimit-Policy", "\"minute\";q=60;w=60"), ("RateLimit", "\"minute\";r=60;t=60")];
                (StatusCode::from_u16(status).unwrap(), headers, body.to_string()).into_response()
            }
        };
        let routes = Router::new().route("/graphql", post(async move || list)).fallback(any_get);
        let (address, server) = crate::support::stub(routes).await;
        let collectors: Collectors = on.iter().copied().chain([Collector::Endpoints]).collect();
        let reading = Reading { collectors, ..Reading::default() };
        let clock = ManualClock::new(noon());
        let exporter =
            Exporter::start(Account { reading, ..account(address) }, Arc::new(clock.clone())).await;
        (exporter, clock, server)
    }
}

/// A description that is understood, and a response by it: the 95th percentile is three seconds.
fn understood() -> Stub {
    let bucket = json!({"properties": {"start": {"type": "string"}, "executionP95Ms": {"type": "number"}}});
    let schema = json!({"properties": {"data": {"type": "array", "items": bucket}}});
    let names = ["interval", "startTime", "endTime"].map(|name| json!({"name": name, "in": "query"}));
    let response = json!({"200": {"content": {"application/json": {"schema": schema}}}});
    let get = json!({"parameters": names, "responses": response});
    let stub = Stub::default();
    *stub.description.lock().unwrap() = Some(json!({"paths": {"/v2/serverless/{id}/metrics": {"get": get}}}));
    let data = json!({"data": [{"start": "2026-11-22T11:55:00Z", "executionP95Ms": 3000}]});
    *stub.metrics.lock().unwrap() = Some((200, data));
    *stub.job_api.lock().unwrap() = Some(200);
    stub
}

fn p95(page: &Exposition) -> Option<f64> {
    page.value("runpod_reported_execution_seconds", &["quantile=\"0.95\""])
}

fn success(page: &Exposition) -> Option<f64> {
    page.value("runpod_collector_success", &["collector=\"latency\""])
}

#[tokio::test]
async fn rest_is_read_once_a_minute_with_a_short_period_and_the_job_api_is_not() {
    let stub = understood();
    let (exporter, clock, _server) = stub.start(1, &[Collector::Latency]).await;
    for _ in 0..8 {
        assert_eq!(p95(&exporter.scrape().await), Some(3.0));
        clock.advance(SignedDuration::from_secs(15));
    }
    let page = exporter.scrape().await;
    let source = ["collector=\"latency\"", "api=\"rest\""];
    assert_eq!(page.count("runpod_collector_data_timestamp_seconds", &source), 1);
    let requests = stub.requests("/metrics?");
    assert_eq!(requests.len(), 3, "{requests:?}");
    let query = "interval=5m&startTime=2026-11-22T11%3A45%3A00Z&endTime=2026-11-22T12%3A00%3A00Z";
    assert_eq!(requests[0], format!("/rest/v2/serverless/e0/metrics?{query}"));
    assert_eq!(stub.requests("openapi.json").len(), 1);
    assert!(stub.requests("request_ts_v1").is_empty(), "no metrics key is needed");
}

/// The job API is used if the description has no percentile that is understood, or REST does not have the operation.
#[tokio::test]
async fn the_job_api_is_the_fallback() {
    type Change = fn(&Stub);
    let changes: [(&str, Change); 6] = [
        ("no operation", |stub| *stub.description.lock().unwrap() = Some(json!({"paths": {}}))),
        ("no JSON", |stub| *stub.description.lock().unwrap() = Some(json!("oops"))),
        ("no unit", |stub| {
            let text = stub.description.lock().unwrap().take().unwrap().to_string().replace("P95Ms", "P95");
            *stub.description.lock().unwrap() = Some(serde_json::from_str(&text).unwrap());
        }),
        ("forbidden", |stub| *stub.metrics.lock().unwrap() = Some((403, json!({"title": "Forbidden"})))),
        ("gone", |stub| *stub.metrics.lock().unwrap() = Some((410, json!({})))),
        ("not found", |stub| *stub.metrics.lock().unwrap() = Some((404, json!({})))),
    ];
    for (name, change) in changes {
        let stub = understood();
        change(&stub);
        let (exporter, clock, _server) = stub.start(1, &[Collector::Latency]).await;
        for _ in 0..2 {
            let page = exporter.scrape().await;
            assert_eq!((p95(&page), success(&page)), (Some(4.0), Some(1.0)), "{name}");
            assert_eq!(page.value("runpod_reported_bucket_seconds", &[]), Some(3_600.0), "{name}");
            clock.advance(SignedDuration::from_mins(1));
        }
        let requests = stub.requests("/metrics?").len();
        assert!(requests <= if name == "not found" { 2 } else { 1 }, "{name}: {requests} requests");
    }
}

/// A description that never ends must not cost the job API its time.
#[tokio::test]
async fn a_description_that_hangs_leaves_half_of_the_time_to_the_job_api() {
    let stub = understood();
    *stub.description.lock().unwrap() = None;
    let (exporter, _clock, _server) = stub.start(1, &[Collector::Latency]).await;
    let page = exporter.scrape_within(2.0).await;
    assert_eq!((p95(&page), success(&page)), (Some(4.0), Some(1.0)), "{}", page.0);
}

/// A failure of REST is not a reason to mix buckets of other lengths into the series.
#[tokio::test]
async fn a_failure_keeps_the_last_value_and_says_so() {
    let stub = understood();
    let (exporter, clock, _server) = stub.start(1, &[Collector::Latency]).await;
    assert_eq!(p95(&exporter.scrape().await), Some(3.0));
    for (status, body) in [(500, json!({})), (200, json!({"error": "internal"})), (200, json!({"data": "x"}))]
    {
        *stub.metrics.lock().unwrap() = Some((status, body.clone()));
        clock.advance(SignedDuration::from_mins(1));
        let page = exporter.scrape().await;
        assert_eq!((p95(&page), success(&page)), (Some(3.0), Some(0.0)), "{status} {body}");
    }
    clock.advance(SignedDuration::from_mins(10));
    assert_eq!(p95(&exporter.scrape().await), None, "too old");
    assert!(stub.requests("request_ts_v1").is_empty());
}

/// The newest bucket may be on a page that cannot be found.
#[tokio::test]
async fn a_lost_page_is_a_failure() {
    let data = json!([{"start": "2026-11-22T11:55:00Z", "executionP95Ms": 5000}]);
    for (pagination, is_lost) in [
        (json!({"hasNextPage": true}), true),
        (json!({"hasNextPage": true, "nextCursor": ""}), true),
        (json!({"hasNextPage": true, "nextCursor": "the operation takes none"}), true),
        (json!("there are more"), true),
        (json!({"hasNextPage": false, "nextCursor": "1"}), false),
        (json!({"nextCursor": "1"}), false),
        (json!(null), false),
    ] {
        let stub = understood();
        *stub.metrics.lock().unwrap() = Some((200, json!({"data": data, "pagination": pagination})));
        let (exporter, _clock, _server) = stub.start(1, &[Collector::Latency]).await;
        let page = exporter.scrape().await;
        let read = if is_lost { (None, Some(0.0)) } else { (Some(5.0), Some(1.0)) };
        assert_eq!((p95(&page), success(&page)), read, "{pagination}");
        assert_eq!(stub.requests("/metrics?").len(), 1, "{pagination}");
    }
}

/// Buckets that have not ended, are in the future or too old say nothing of now.
#[tokio::test]
async fn only_a_complete_and_recent_bucket_is_exported() {
    for (start, is_exported) in [
        ("2026-11-22T11:55:00Z", true),
        ("2026-11-22T12:00:00Z", false),
        ("2027-11-22T12:00:00Z", false),
        ("2026-11-22T10:55:00Z", true),
        ("2026-11-22T10:50:00Z", false),
        ("0001-01-01T00:00:00Z", false),
    ] {
        let stub = understood();
        let data = json!({"data": [{"start": start, "executionP95Ms": 3000}]});
        *stub.metrics.lock().unwrap() = Some((200, data));
        let (exporter, _clock, _server) = stub.start(1, &[Collector::Latency]).await;
        let page = exporter.scrape().await;
        assert_eq!((p95(&page).is_some(), success(&page)), (is_exported, Some(1.0)), "{start}");
    }
}

/// A value that no job can have is unknown.
#[tokio::test]
async fn a_time_longer_than_a_job_can_take_is_unknown() {
    for (milliseconds, is_exported) in [(1_209_600_000_u64, true), (1_209_600_001, false), (u64::MAX, false)]
    {
        let stub = understood();
        let data = json!({"data": [{"start": "2026-11-22T11:55:00Z", "executionP95Ms": milliseconds}]});
        *stub.metrics.lock().unwrap() = Some((200, data));
        let (exporter, _clock, _server) = stub.start(1, &[Collector::Latency]).await;
        assert_eq!(p95(&exporter.scrape().await).is_some(), is_exported, "{milliseconds}");
    }
}

/// With Runpod's example of a quota and fifty endpoints, both collectors are read, and neither starves the other.
#[tokio::test]
async fn latencies_and_workers_share_the_quota() {
    let rest = RestOptions { quota: "60/3000/50000".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { endpoints: 50, rest, ..Options::default() }).await;
    let collectors = [Collector::Endpoints, Collector::Latency, Collector::Workers].into_iter().collect();
    let account =
        Account { reading: Reading { collectors, ..Reading::default() }, ..account(upstream.address) };
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    let mut page = exporter.scrape().await;
    for _ in 0..80 {
        upstream.clock.advance(SignedDuration::from_secs(15));
        page = exporter.scrape().await;
    }
    let requests = |operation| upstream.simulator.traffic().operation(Api::Rest, operation);
    let (latencies, workers) = (requests("metrics"), requests("workers"));
    println!("in 20 minutes: {latencies} metrics, {workers} lists of workers");
    let (low, high) = (latencies.min(workers), latencies.max(workers));
    assert!(low > 150 && high <= low + 40, "{latencies} and {workers}");
    assert_eq!(page.count("runpod_reported_bucket_timestamp_seconds", &[]), 50, "every endpoint is read");
    assert_eq!(success(&page), Some(1.0));
    assert_eq!(page.sum("runpod_api_requests_total", &["outcome=\"rate_limited\""]), 0.0);
}
