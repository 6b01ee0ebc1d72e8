//! An upstream whose endpoints can be replaced.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use runpod::{ApiKey, Limits, Urls};
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

/// An upstream. Dropping it stops it.
pub(crate) struct Upstream {
    address: SocketAddr,
    existing: Arc<Existing>,
    _server: JoinSet<()>,
}

/// The endpoints that exist, by number; there are as many pods.
#[derive(Debug, Default)]
struct Existing {
    first: AtomicUsize,
    count: AtomicUsize,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let existing = Arc::<Existing>::default();
        let routes = Router::new().fallback(respond).with_state(Arc::clone(&existing));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, existing, _server: server }
    }

    /// Its account, with all collectors of endpoints and pods.
    pub(crate) fn account(&self) -> Account {
        let url = |path: &str| Url::parse(&format!("http://{}{path}", self.address)).unwrap();
        let collectors = Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs);
        Account {
            name: Arc::from("default"),
            key: ApiKey::parse("rpa_MEMORY").unwrap(),
            key_file: None,
            metrics_key: None,
            urls: Urls { graphql: url("/graphql"), jobs: url("/v2"), rest: url("/rest/v2") },
            limits: Limits::default(),
            reading: Reading { collectors: collectors.collect(), each_worker: true, ..Reading::default() },
        }
    }

    /// Has this number of endpoints and pods, a tenth of them others than before.
    pub(crate) fn replace_a_tenth(&self, count: usize) {
        self.existing.first.fetch_add(count / 10, Ordering::Relaxed);
        self.existing.count.store(count, Ordering::Relaxed);
    }
}

async fn respond(State(existing): State<Arc<Existing>>, uri: Uri) -> Response {
    let first = existing.first.load(Ordering::Relaxed);
    // Longer ones, so that a hundred of them are seen among all other bytes.
    let ids = (first..first + existing.count.load(Ordering::Relaxed)).map(|number| format!("{number:0>100}"));
    let path: Vec<&str> = uri.path().split('/').skip(1).collect();
    let body = match path.as_slice() {
        ["graphql"] => graphql(ids),
        ["v2", id, "health"] => health(id),
        ["v2", _, "requests"] => json!({"requests": [
            {"id": format!("{first}-u1"), "status": "COMPLETED", "delayTime": 800, "executionTime": 1500},
        ]}),
        ["v2", _, "metrics", "request_ts_v1"] => json!({"data": [
            {"time": "2026-11-22 12:00:00", "requests": 10, "completed_requests": 9, "et_n95": 3900},
        ]}),
        ["rest", "v2", "serverless", _, "workers"] => json!({"workers": [
            {"id": "worker", "status": "RUNNING", "isStale": true, "version": 3},
        ]}),
        ["rest", "v2", "serverless", _, "releases"] => {
            json!({"rollout": {"inProgress": true, "workersOnLatest": 1, "workersTotal": 2}, "releases": []})
        }
        ["rest", "v2", "billing", "serverless"] => {
            let record =
                |id| json!({"startTime": "2026-11-22T00:00:00Z", "serverlessId": id, "totalAmount": 1});
            json!({"records": ids.map(record).collect::<Vec<_>>()})
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    Json(body).into_response()
}

fn graphql(ids: impl Iterator<Item = String> + Clone) -> Value {
    let endpoint = |id| json!({"id": id, "name": id, "workersMax": 3, "workersMin": 1});
    let pod = |id| json!({"id": id, "name": id, "desiredStatus": "RUNNING", "costPerHr": 0.5});
    json!({"data": {"myself": {
        "clientBalance": 10,
        "endpoints": ids.clone().map(endpoint).collect::<Vec<_>>(),
        "pods": ids.map(pod).collect::<Vec<_>>(),
    }}})
}

fn health(id: &str) -> Value {
    // Grows with each endpoint, so that jobs fail and complete.
    let jobs = id.trim_start_matches('0').parse().unwrap_or(0_u64);
    json!({
        "jobs": {"completed": jobs, "failed": jobs, "inProgress": 1, "inQueue": 60, "retried": 0},
        "workers": {"idle": 0, "initializing": 0, "ready": 0, "running": 0, "throttled": 1, "unhealthy": 1},
    })
}
