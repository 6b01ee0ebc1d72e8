//! No key and no token is in anything that the process emits, whatever fails: responses with their headers, logs, output.

use memchr::memmem;
use reqwest::RequestBuilder;
use runpod_exporter::testing::settings::Collector;

use super::*;
use crate::support::write_secret;

const APIS: &[&str] = &["graphql", "jobs", "rest"];

/// Faults of every API after which requests are still sent.
const FAULTS: &[&str] = &[
    "echo-key",
    "bad-gateway",
    "delay(10ms)",
    "hang",
    "truncated",
    "garbage",
    "reset",
    "reset-body",
    "endless",
    "drip",
    "busy(1)",
    "overloaded(1)",
];

/// Faults that only GraphQL has.
const GRAPHQL_FAULTS: &[&str] = &["partial-errors", "null-data", "no-identity"];

/// Faults after which an API is paused, so that no other fault can follow.
const PAUSES: &[&str] = &["unauthorized", "front-door", "forbidden", "not-found", "gone", "rate-limited(1)"];

const METRICS_KEY: &str = "rpa_METRICS0KEY0THAT0NOBODY0SEES";
const TOKEN: &str = "token-that-nobody-may-see";

const ROUTES: &[&str] = &[
    "/metrics",
    "/probe?account=default",
    "/",
    "/api/v1/status",
    "/ready",
    "/health",
    "/sd",
    "/docs/",
    "/nowhere",
];

/// Runs an exporter with every collector and the most verbose log, and reads every route under each fault. Returns what it emitted.
async fn emitted(faults: &[(&[&str], &str)], mistakes: bool) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        write_secret(folder.path().join(name), text);
        folder.path().join(name).display().to_string()
    };
    let collectors = Collector::ALL.iter().map(|collector| collector.as_str()).collect::<Vec<_>>().join(",");
    let flags = [
        "--log.level=trace".to_owned(),
        "--log.format=json".to_owned(),
        format!("--collectors={collectors}"),
        "--collector.workers.each".to_owned(),
        "--runpod.timeout=1s".to_owned(),
        format!("--runpod.metrics-key-file={}", file("metrics.key", METRICS_KEY)),
        format!("--webhook.token-file={}", file("token", TOKEN)),
    ];
    let upstream = Upstream::start(Options { endpoints: 4, ..Options::default() }).await;
    let running = listening(&flags.each_ref().map(String::as_str), &upstream).await;
    first_scrape(&running).await; // otherwise the first page may be of a scrape that began before its fault
    let mut responses = String::new();
    let mut keep = async |request: RequestBuilder| {
        let response = request.header("X-Prometheus-Scrape-Timeout-Seconds", "2").send().await.unwrap();
        responses.extend([format!("{:?}{:?}", response.status(), response.headers())]);
        responses += &String::from_utf8_lossy(&response.bytes().await.unwrap());
    };
    let (http, url) = (client(), |path: &str| format!("http://{}{path}", running.address));
    for (apis, fault) in faults {
        upstream.simulator.faults().clear();
        for api in *apis {
            upstream.fault(&format!("{api}={fault}"));
        }
        for path in ROUTES {
            keep(http.get(url(path))).await;
        }
    }
    if mistakes {
        keep(http.get(url(&format!("/probe?account={KEY}&collect[]={KEY}")))).await;
        keep(http.get(url(&format!("/probe?account=default&collect[]={KEY}")))).await;
        keep(http.get(url(&format!("/{METRICS_KEY}"))).bearer_auth(KEY)).await;
        keep(http.get(url(&format!("/docs/{KEY}.md")))).await;
        for token in [TOKEN, "another-token-of-some-length"] {
            keep(http.post(url(&format!("/webhooks/jobs/abc?token={token}"))).body(format!("\"{KEY}"))).await;
            keep(http.post(url("/api/v1/jobs")).bearer_auth(token).body(format!("{{\"{KEY}\": 1}}"))).await;
        }
    }
    let Ended { code, stdout, stderr } = terminate(running).await;
    Ended { code, stdout: stdout + &responses, stderr }
}

fn assert_without_secrets(Ended { stdout, stderr, .. }: &Ended) {
    assert!(stderr.contains("upstream body"), "the log is not verbose");
    for text in [stdout, stderr] {
        for secret in [KEY, METRICS_KEY, TOKEN] {
            // Most of a secret is as bad as all of it.
            let found = memmem::find(text.as_bytes(), &secret.as_bytes()[4..]);
            let context =
                found.map(|at| String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(200)..at + 20]));
            assert_eq!(context, None, "{secret}");
        }
    }
}

#[tokio::test]
async fn no_secret_leaves_the_process_under_any_fault() {
    let of_graphql: &[&str] = &["graphql"];
    let faults = GRAPHQL_FAULTS.iter().map(|fault| (of_graphql, *fault));
    let faults: Vec<_> = faults.chain(FAULTS.iter().map(|fault| (APIS, *fault))).collect();
    let ended = emitted(&faults, true).await;
    assert_without_secrets(&ended);
    assert!(ended.stderr.contains("[redacted]"), "the echoed key was not even met");
    for line in ended.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line.get(field).is_some(), "no {field}: {line}");
        }
        assert!(line.get("duration_ms").is_none_or(serde_json::Value::is_u64), "{line}");
    }
}

#[tokio::test]
async fn no_secret_leaves_the_process_while_an_api_is_paused() {
    for fault in PAUSES {
        assert_without_secrets(&emitted(&[(APIS, fault)], false).await);
    }
}

/// The same for the other format of the log.
#[tokio::test]
async fn no_secret_is_in_logfmt() {
    let upstream = Upstream::start(Options::default()).await;
    let running = listening(&["--log.level=trace", "--log.format=logfmt"], &upstream).await;
    first_scrape(&running).await;
    for api in APIS {
        upstream.fault(&format!("{api}=echo-key"));
    }
    client().get(format!("http://{}/metrics", running.address)).send().await.unwrap().text().await.unwrap();
    let Ended { stderr, .. } = terminate(running).await;
    assert!(stderr.contains("[redacted]") && !stderr.contains(&KEY[4..]), "{stderr}");
}
