//! Responses of Runpod: a scrape of an account whose API answers every request with the same bytes.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use clock::{ManualClock, after};
use program::task::panics;
use runpod::{Api, ApiKey, Limits, Urls};
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::exposition::{Encoding, Format, encode};
use runpod_exporter::testing::metrics::families;
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::{Collector, Mode, Reading};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use url::Url;

const KEY: &str = "rpa_FUZZ0KEY0THAT0NOBODY0MAY0SEE";

/// An endpoint and a pod, for the APIs that need an id.
const LISTS: &str = r#"{"data":{"myself":{"clientBalance":10,"endpoints":[{"id":"endpoint","name":"name","workersMax":3}],"pods":[{"id":"pod","name":"pod"}]}}}"#;

/// The API that is fuzzed, and its response.
type Answer = Arc<Mutex<(Option<Api>, Bytes)>>;

struct Upstream {
    runtime: Runtime,
    address: SocketAddr,
    answer: Answer,
    _server: JoinSet<()>,
}

static UPSTREAM: LazyLock<Mutex<Upstream>> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let answer = Answer::default();
    let routes = Router::new().fallback(respond).with_state(Arc::clone(&answer));
    let mut server = JoinSet::new();
    let address = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        server.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        address
    });
    Mutex::new(Upstream { runtime, address, answer, _server: server })
});

async fn respond(State(answer): State<Answer>, uri: Uri) -> Response {
    let (fuzzed, body) = answer.lock().unwrap().clone();
    let api = match uri.path().split('/').nth(1) {
        Some("graphql") => Api::Graphql,
        Some("v2") => Api::Jobs,
        _ => Api::Rest,
    };
    let json = |body: Bytes| ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    match fuzzed {
        Some(fuzzed) if fuzzed == api => json(body),
        // REST is read in place of a retired GraphQL.
        Some(Api::Rest) if api == Api::Graphql => StatusCode::GONE.into_response(),
        _ if api == Api::Graphql => json(LISTS.into()),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) fn graphql(data: &[u8]) {
    scrape(Api::Graphql, data);
}

pub(super) fn rest(data: &[u8]) {
    scrape(Api::Rest, data);
}

pub(super) fn jobs(data: &[u8]) {
    scrape(Api::Jobs, data);
}

/// Whatever a server sends, a scrape is a valid page without the key, and nothing panics.
fn scrape(api: Api, data: &[u8]) {
    let upstream = UPSTREAM.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    *upstream.answer.lock().unwrap() = (Some(api), Bytes::copy_from_slice(data));
    let panicked = || panics().map(|(_, count)| count).sum::<u64>();
    let before = panicked();
    let text = upstream.runtime.block_on(async {
        let start = "2026-11-22T12:00:00Z".parse().unwrap();
        let app = App::new(Mode::Serve, Arc::new(ManualClock::new(start)), TaskTracker::new());
        app.apply(vec![account(upstream.address)]).unwrap();
        let deadline = after(Instant::now(), Duration::from_secs(10));
        let page = app.scraper().scrape(Scope::default(), deadline).await.unwrap();
        let protobuf = encode(families(), page.result(), (Format::Protobuf, Encoding::Identity), 0);
        assert!(!contains_key(&protobuf.unwrap()));
        page.text().unwrap().to_vec()
    });
    assert_eq!(panicked(), before, "a panic");
    assert!(!contains_key(&text));
    let text = String::from_utf8(text).unwrap();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let value = line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok());
        assert!(value.is_some_and(f64::is_finite), "{line}");
    }
}

fn contains_key(page: &[u8]) -> bool {
    memchr::memmem::find(page, KEY.as_bytes()).is_some()
}

fn account(address: SocketAddr) -> Account {
    let url = |path: &str| Url::parse(&format!("http://{address}{path}")).unwrap();
    let collectors = Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs);
    Account {
        name: Arc::from("default"),
        key: ApiKey::parse(KEY).unwrap(),
        key_file: None,
        metrics_key: None,
        urls: Urls { graphql: url("/graphql"), jobs: url("/v2"), rest: url("/rest/v2") },
        limits: Limits::default(),
        reading: Reading { collectors: collectors.collect(), each_worker: true, ..Reading::default() },
    }
}
