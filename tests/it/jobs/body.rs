//! Request bodies of all sizes, and their limits.

use std::sync::Arc;

use runpod_exporter::testing::config::Webhook;
use serde_json::json;

use super::{completed, read_once, route};
use crate::support::{Exporter, Upstream, account, receiving};

#[tokio::test]
async fn a_body_above_the_limit_is_rejected_and_one_below_is_not() {
    for limit in [1_000, 1_000_000] {
        let upstream = Upstream::start(runpod_simulator::Options::default()).await;
        let webhook = Webhook { max_body: limit, ..Webhook::default() };
        let (accounts, clock) = (vec![account(upstream.address)], Arc::new(upstream.clock.clone()));
        let exporter = Exporter::with(accounts, clock, receiving(webhook, true)).await;
        let path = route(&upstream.ids()[0]);
        let mut job = completed("one", 1, 2).to_string().into_bytes();
        job.resize(limit, b' ');
        assert_eq!(exporter.post(&path, job.clone()).await.0, 200);
        job.push(b' ');
        assert_eq!(
            exporter.post(&path, job).await,
            (413, format!("the body is larger than {limit} bytes\n"))
        );
        let page = exporter.scrape().await;
        assert_eq!(
            page.value("runpod_jobs_rejected_total", &["reason=\"too_large\"", "via=\"webhook\""]),
            Some(1.0)
        );
    }
}

/// Bodies as large as the limit allows: a picture, an array of numbers, and other fields before and after them.
#[tokio::test]
async fn a_large_body_is_parsed_like_a_small_one() {
    let (upstream, exporter) = read_once().await;
    let path = route(&upstream.ids()[0]);
    let picture = "A".repeat(16_000_000);
    let numbers: Vec<u32> = (0..1_000_000).collect();
    for (n, output) in [
        json!({"image": picture, "usage": {"input": 3, "output": 5}}),
        json!({"usage": {"input": 3, "output": 5}, "embedding": numbers}),
        json!([{"usage": {"input": 3, "output": 4}}, picture, {"usage": {"output": 5}}]),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({"input": numbers, "id": n.to_string(), "delayTime": 5, "output": output, "executionTime": 7, "status": "COMPLETED"});
        assert_eq!(exporter.post(&path, body.to_string()).await, (200, "counted\n".to_owned()), "{n}");
    }
    let picture = json!({"id": "picture", "output": picture, "status": "FAILED"});
    assert_eq!(exporter.post(&path, picture.to_string()).await.0, 200);
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_request_latency_seconds_sum", &[]), Some(0.036));
    assert_eq!(page.value("runpod_tokens_total", &["direction=\"in\""]), Some(9.0));
    assert_eq!(page.value("runpod_tokens_total", &["direction=\"out\""]), Some(15.0));
}

#[tokio::test]
async fn an_invalid_large_body_is_rejected_like_a_small_one() {
    let (upstream, exporter) = read_once().await;
    let path = route(&upstream.ids()[0]);
    let filling = "A".repeat(1_000_000);
    for (message, body) in [
        ("EOF while parsing", format!("{{\"output\": \"{filling}")),
        ("EOF while parsing", format!("{{\"output\": \"{filling}\"")),
        ("missing field \"id\"", format!("{{\"output\": \"{filling}\"}}")),
        ("missing field \"id\"", format!("{{\"id\": \"{filling}\", \"status\": \"FAILED\"}}")),
        ("expected value", format!("{{\"a\": }}{}", " ".repeat(1_000_000))),
        (
            "the job is not finished",
            format!("{{\"id\":\"x\",\"status\":\"IN_QUEUE\",\"input\":\"{filling}\"}}"),
        ),
        ("EOF while parsing", format!("{{\"output\":{}", "[".repeat(1_000_000))),
    ] {
        let (status, answer) = exporter.post(&path, body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer.contains(message), "{answer}");
    }
}
