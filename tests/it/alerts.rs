//! The alerts of Alertmanager on the overview and in the status: those of each endpoint, and a failure in one line.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::routing::get;
use runpod_simulator::Options;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Exporter, Upstream, account, stub};

const LONG: Duration = Duration::from_mins(1);

/// Polls the status until Alertmanager was read.
async fn read(exporter: &Exporter) -> Value {
    let start = Instant::now();
    loop {
        let text = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
        let status: Value = serde_json::from_str(&text).unwrap();
        if !status["alertmanager"].is_null() {
            return status;
        }
        assert!(start.elapsed() < LONG, "Alertmanager was never read");
        tokio::time::sleep(Duration::from_millis(10)).await; // polling
    }
}

async fn page(exporter: &Exporter) -> String {
    exporter.get("/").send().await.unwrap().text().await.unwrap()
}

/// An exporter beside an Alertmanager whose response is made from the ids of the endpoints.
async fn beside(response: impl FnOnce(&[String]) -> (StatusCode, String)) -> (Upstream, Exporter, Arc<Seen>) {
    let upstream = Upstream::start(Options { endpoints: 2, ..Options::default() }).await;
    let (code, body) = response(&upstream.ids());
    let seen = Arc::new(Seen::default());
    let recorder = Arc::clone(&seen);
    let alerts = get(async move |RawQuery(query): RawQuery| {
        recorder.requests.fetch_add(1, Ordering::SeqCst);
        *recorder.query.lock().unwrap() = query.unwrap_or_default();
        (code, Body::from(body.clone()))
    });
    let (address, server) = stub(Router::new().route("/am/api/v2/alerts", alerts)).await;
    let clock = Arc::new(upstream.clock.clone());
    let exporter = Exporter::with_alerts(account(upstream.address), clock, address).await;
    *seen.server.lock().unwrap() = Some(server);
    exporter.scrape().await;
    (upstream, exporter, seen)
}

/// What the stub received.
#[derive(Default)]
struct Seen {
    requests: AtomicUsize,
    query: Mutex<String>,
    server: Mutex<Option<tokio::task::JoinSet<()>>>,
}

fn alert(name: &str, endpoint: &str, muted: &[&str]) -> Value {
    json!({
        "labels": { "alertname": name, "severity": "critical", "account": "default", "endpoint_id": endpoint },
        "annotations": { "summary": "<b>" },
        "startsAt": "2026-11-22T11:48:00.000Z",
        "status": { "state": "active", "silencedBy": muted, "inhibitedBy": [] },
    })
}

#[tokio::test]
async fn each_endpoint_has_its_alerts() {
    let (upstream, exporter, seen) = beside(|ids| {
        let of_account = json!({ "labels": { "alertname": "RunpodBalanceLow", "account": "default" } });
        let of_other =
            json!({ "labels": { "alertname": "Other", "account": "another", "endpoint_id": ids[0] } });
        let alerts = [
            alert("RunpodQueueDeep", &ids[0], &["silence"]),
            alert("<RunpodQueueStuck>", &ids[0], &[]),
            of_account,
            of_other,
            json!({ "labels": "damaged" }),
            json!(7),
        ];
        (StatusCode::OK, json!(alerts).to_string())
    })
    .await;
    assert_eq!(seen.requests.load(Ordering::SeqCst), 0, "not before a request for the page or the status");
    let status = read(&exporter).await;
    assert_eq!(*seen.query.lock().unwrap(), "filter=account%3D%7E%22.%2B%22");
    assert!(status["alertmanager"]["error"].is_null(), "{status}");
    let account = &status["accounts"][0];
    assert_eq!(account["alerts"][0]["name"], "RunpodBalanceLow");
    let endpoints = account["endpoints"].as_array().unwrap();
    let of = |id: &str| endpoints.iter().find(|endpoint| endpoint["id"] == *id).unwrap()["alerts"].clone();
    let [one, other] = &upstream.ids()[..] else { panic!("two endpoints") };
    assert_eq!(
        of(one),
        json!([
            { "name": "<RunpodQueueStuck>", "severity": "critical", "state": "firing", "since": "2026-11-22T11:48:00Z" },
            { "name": "RunpodQueueDeep", "severity": "critical", "state": "silenced", "since": "2026-11-22T11:48:00Z" },
        ])
    );
    assert_eq!(of(other), json!([]));

    let page = page(&exporter).await;
    assert!(page.contains("<span class=\"alerts\">1 alert</span>"), "{page}");
    assert!(page.contains("&lt;RunpodQueueStuck&gt;") && !page.contains("<RunpodQueueStuck>"), "{page}");
    assert!(
        page.contains("since 11:48 UTC (<time datetime=\"2026-11-22T11:48:00Z\">12 min</time>)"),
        "{page}"
    );
    let link = format!("\"https://alerts.example/am/#/alerts?filter=%7Bendpoint_id%3D%22{one}%22%7D\"");
    assert!(page.contains(&link), "{page}");
    for _ in 0..20 {
        read(&exporter).await;
    }
    assert_eq!(seen.requests.load(Ordering::SeqCst), 1, "not at every request");
}

#[tokio::test]
async fn a_failure_is_one_line_and_costs_nothing_else() {
    let too_large = format!("[{}\"\"]", "\"x\",".repeat(1_200_000));
    for (code, body, error) in [
        (StatusCode::BAD_GATEWAY, "bad gateway".to_owned(), "Alertmanager returned status 502"),
        (StatusCode::OK, "<html>".to_owned(), "the response of Alertmanager is not a list of alerts"),
        (StatusCode::OK, "{}".to_owned(), "the response of Alertmanager is not a list of alerts"),
        (StatusCode::OK, too_large, "the response of Alertmanager is larger than 4 MiB"),
        (StatusCode::FOUND, String::new(), "Alertmanager returned status 302"),
    ] {
        let (_upstream, exporter, _seen) = beside(|_| (code, body)).await;
        let status = read(&exporter).await;
        assert_eq!(status["alertmanager"]["error"], error);
        assert!(status["accounts"][0]["endpoints"][0]["alerts"].is_null(), "unknown, not none");
        assert_ne!(status["verdict"], "unknown");
        let page = page(&exporter).await;
        let line = format!("Alerts are unknown: <bdi>{error}</bdi>; check --alertmanager.url");
        assert_eq!(page.matches(&line).count(), 1, "{page}");
    }
}

#[tokio::test]
async fn an_alertmanager_that_is_gone_is_not_waited_for() {
    let upstream = Upstream::start(Options { endpoints: 1, ..Options::default() }).await;
    let gone = crate::support::bind().await.1; // closed again at once
    let exporter =
        Exporter::with_alerts(account(upstream.address), Arc::new(upstream.clock.clone()), gone).await;
    exporter.scrape().await;
    let status = read(&exporter).await;
    let error = status["alertmanager"]["error"].as_str().unwrap();
    assert!(error.starts_with("cannot reach Alertmanager ("), "{error}");
    assert!(!error.contains("http"), "no URL: {error}");
}

/// An Alertmanager that accepts a request and never answers delays neither the page nor the status. The request ends after three
/// seconds, by the clock of the runtime, which does not run here.
#[tokio::test]
async fn an_alertmanager_that_does_not_answer_is_not_waited_for() {
    let upstream = Upstream::start(Options { endpoints: 1, ..Options::default() }).await;
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let hanging = get(async move || {
        counter.fetch_add(1, Ordering::SeqCst);
        std::future::pending::<String>().await
    });
    let (address, _server) = stub(Router::new().route("/am/api/v2/alerts", hanging)).await;
    let exporter =
        Exporter::with_alerts(account(upstream.address), Arc::new(upstream.clock.clone()), address).await;
    exporter.scrape().await;
    // While a blocking task runs, a paused clock does not advance on its own when the runtime waits for the network.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let blocking = tokio::task::spawn_blocking(move || held.recv());
    tokio::time::pause();
    let before = Instant::now();
    while requests.load(Ordering::SeqCst) == 0 {
        assert!(page(&exporter).await.contains("<html"), "before the request has arrived");
    }
    for _ in 0..20 {
        assert!(!page(&exporter).await.contains("Alerts are unknown"), "not known to be unknown yet");
        let status = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
        assert!(status.contains("\"alertmanager\":null"), "{status}");
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
    tokio::time::advance(Duration::from_secs(3)).await;
    tokio::time::resume();
    drop(release);
    blocking.await.unwrap().unwrap_err(); // the sender is gone
    let status = read(&exporter).await;
    assert_eq!(status["alertmanager"]["error"], "no response from Alertmanager within 3 s");
    assert!(page(&exporter).await.contains("no response from Alertmanager within 3 s"));
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}
