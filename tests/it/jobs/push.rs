//! Jobs that a handler or gateway pushes.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{about_jobs, read_once, total};
use crate::support::Exporter;

const PUSH: &str = "/api/v1/jobs";

#[tokio::test]
async fn one_object_an_array_or_lines_are_the_same() {
    let (upstream, exporter) = read_once().await;
    let id = &upstream.ids()[0];
    let entry = |n: u64| json!({"endpoint_id": id, "id": n.to_string(), "status": "COMPLETED", "latency_ms": 100 * n, "tokens_in": 1, "tokens_out": n});
    let counted = |count: usize| (200, format!("counted {count} of {count}\n"));
    assert_eq!(exporter.post(PUSH, serde_json::to_string_pretty(&entry(1)).unwrap()).await, counted(1));
    assert_eq!(exporter.post(PUSH, json!([entry(2), entry(3)]).to_string()).await, counted(2));
    assert_eq!(exporter.post(PUSH, format!("{}\n\n{}\n", entry(4), entry(5))).await, counted(2));
    assert_eq!(exporter.post(PUSH, "[]").await, counted(0));
    let page = exporter.scrape().await;
    assert_eq!(total(&page, "latency", &[]), (5.0, std::time::Duration::from_millis(1_500)));
    assert_eq!(total(&page, "execution", &[]).0, 0.0);
    assert_eq!(
        page.value("runpod_jobs_observed_total", &["via=\"push\"", "status=\"completed\""]),
        Some(5.0)
    );
    assert_eq!(page.value("runpod_tokens_total", &["direction=\"in\""]), Some(5.0));
    assert_eq!(page.value("runpod_tokens_total", &["direction=\"out\""]), Some(15.0));
}

#[tokio::test]
async fn only_known_values_of_a_job_are_observed() {
    let (upstream, exporter) = read_once().await;
    let id = &upstream.ids()[0];
    let jobs = json!([
        {"endpoint_id": id, "status": "failed", "delay_ms": 500, "execution_ms": 1500.5},
        {"endpoint_id": id, "status": "failed", "execution_ms": 1000},
        {"endpoint_id": id, "status": "cancelled", "delay_ms": 9000},
        {"endpoint_id": id, "status": "cancelled"},
    ]);
    assert_eq!(exporter.post(PUSH, jobs.to_string()).await.0, 200);
    let page = exporter.scrape().await;
    let millis = |seconds| std::time::Duration::try_from_secs_f64(seconds).unwrap();
    assert_eq!(total(&page, "latency", &[]), (1.0, millis(2.0005)));
    assert_eq!(total(&page, "delay", &[]), (1.0, millis(0.5)));
    assert_eq!(total(&page, "execution", &[]), (2.0, millis(2.5005)));
    assert_eq!(
        page.sum("runpod_jobs_observed_total", &["status=\"cancelled\""]),
        2.0,
        "without an id, each counts"
    );
}

#[tokio::test]
async fn a_batch_with_an_error_is_rejected_with_its_position() {
    let (upstream, exporter) = read_once().await;
    let id = upstream.ids().remove(0);
    let good = json!({"endpoint_id": id, "status": "COMPLETED", "latency_ms": 5}).to_string();
    for (status, message, body) in [
        (400, "the body is empty", String::new()),
        (400, "the body is empty", " \n".to_owned()),
        (400, "line 1: ", "nonsense".to_owned()),
        (400, "line 1: missing field `endpoint_id`", "{}".to_owned()),
        (400, "line 4: unknown field `latency`", format!("{good}\n\n{good}\n{{\"latency\": 1}}\n{good}")),
        (400, "line 2: EOF while parsing", format!("{good}\n{{\"endpoint_id\": \"x\"")),
        (
            400,
            "line 3: the job is not finished",
            format!("{good}\n{good}\n{}", good.replace("COMPLETED", "IN_QUEUE")),
        ),
        (400, "line 1: the job is not finished", format!("{}\n{{}}", good.replace("COMPLETED", "IN_QUEUE"))),
        (400, "line 2: set latency_ms, or", format!("{good}\n{}", good.replace(":5", ":5,\"delay_ms\":1"))),
        (400, "line 2: invalid type", format!("{good}\n{}", good.replace(":5", ":\"soon\""))),
        (400, "line 1: invalid type", good.replace("\"COMPLETED\"", "\"COMPLETED\",\"tokens_in\":[1]")),
        (404, "line 2: no account has this endpoint", format!("{good}\n{}", good.replace(&id, "nobody"))),
        (400, "element 2: missing field", format!("[{good}, {{}}, {good}]")),
        (400, "element 3: ", format!("[{good}, {good}, 7]")),
        (
            400,
            "element 2: the job is not finished",
            format!("[{good}, {}, 7]", good.replace("COMPLETED", "RUNNING")),
        ),
        (400, "element 2: EOF while parsing", format!("[{good}")),
        (400, "element 2: trailing characters", format!("[{good}] x")),
        (
            404,
            "element 2: no account has this endpoint",
            format!("[{good}, {}]", good.replace(&id, "nobody")),
        ),
    ] {
        let (got, answer) = exporter.post(PUSH, body.clone()).await;
        assert_eq!(got, status, "{body}: {answer}");
        assert!(answer.starts_with(message), "{body}: {answer}");
    }
    let page = exporter.scrape().await;
    assert_eq!(about_jobs(&page), "", "none of them is counted");
    assert_eq!(page.sum("runpod_jobs_rejected_total", &["via=\"push\""]), 18.0);
}

#[tokio::test]
async fn a_batch_has_a_limit() {
    let (_upstream, exporter) = read_once().await;
    let (status, message) = exporter.post(PUSH, vec![b' '; 4 * 1024 * 1024 + 1]).await;
    assert_eq!((status, &*message), (413, "the body is larger than 4194304 bytes\n"));
}

/// A client that has sent the head of a push of this size, and its beginning.
async fn unfinished(exporter: &Exporter, route: &str, size: usize, begin: &[u8]) -> TcpStream {
    let mut client = TcpStream::connect(exporter.address).await.unwrap();
    let head = format!(
        "POST {route} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    client.write_all(begin).await.unwrap();
    client
}

async fn rest(mut client: TcpStream) -> String {
    let mut answer = Vec::new();
    drop(client.read_to_end(&mut answer).await);
    String::from_utf8(answer).unwrap()
}

/// Bodies that are being received have a maximum size together, whether they are pushes or webhooks.
#[tokio::test]
async fn unfinished_bodies_take_a_limited_amount_of_memory() {
    let (upstream, exporter) = read_once().await;
    let webhook = format!("/webhooks/jobs/{}", upstream.ids()[0]);
    let good = json!({"endpoint_id": upstream.ids()[0], "status": "COMPLETED"}).to_string();
    for (route, size, clients) in [(PUSH, 4_000_000, 9), (&*webhook, 262_000, 130)] {
        let mut held = Vec::new();
        for _ in 0..clients {
            held.push(unfinished(&exporter, route, size, &vec![b' '; size - 1]).await);
        }
        let begin = Instant::now();
        let answer = loop {
            // Until the bodies are received, there is room.
            let answer = rest(unfinished(&exporter, PUSH, 3_000_000, &vec![b' '; 3_000_000]).await).await;
            if !answer.starts_with("HTTP/1.1 400 ") {
                break answer;
            }
            assert!(begin.elapsed().as_secs() < 20, "{route}: {answer}");
            // A probe that was received before one of them has taken its room, and that one was rejected.
            held.push(unfinished(&exporter, route, size, &vec![b' '; size - 1]).await);
        };
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 1\r\n"), "{answer}");
        assert!(
            answer.ends_with("33554432 bytes of webhooks and pushes are being received; retry later\n"),
            "{answer}"
        );
        drop(held);
        while exporter.post(PUSH, good.clone()).await.0 != 200 {
            assert!(begin.elapsed().as_secs() < 20, "never released");
        }
    }
    let page = exporter.scrape().await;
    assert!(page.sum("runpod_jobs_rejected_total", &["reason=\"busy\"", "via=\"push\""]) >= 2.0);
}

/// The runtime of this test has one thread: a push that is parsed on it would be answered first.
#[tokio::test]
async fn a_large_push_does_not_delay_other_requests() {
    let (upstream, exporter) = read_once().await;
    let line =
        json!({"endpoint_id": upstream.ids()[0], "status": "COMPLETED", "latency_ms": 5}).to_string() + "\n";
    let body = line.repeat(40_000);
    let (last, begin) = body.as_bytes().split_last().unwrap();
    let mut push = unfinished(&exporter, PUSH, body.len(), begin).await;
    assert_eq!(exporter.get("/health").send().await.unwrap().status(), 200);
    push.write_all(&[*last]).await.unwrap();
    let health = exporter.get("/health").send();
    tokio::select! {
        biased;
        answer = rest(push) => panic!("the push was answered first: {answer}"),
        health = health => assert_eq!(health.unwrap().status(), 200),
    }
}

/// A number that cannot be true is left out; text that is not Unicode and numbers that are not JSON cost themselves.
#[tokio::test]
async fn one_odd_number_does_not_cost_the_batch() {
    let (upstream, exporter) = read_once().await;
    let id = upstream.ids().remove(0);
    let entry = |rest: &str| format!("{{\"endpoint_id\":\"{id}\",\"status\":\"COMPLETED\",{rest}}}");
    let lines = [
        entry("\"latency_ms\":-5"),
        entry("\"latency_ms\":1e99"),
        entry("\"latency_ms\":NaN,\"tokens_in\":Infinity"),
        entry("\"delay_ms\":-1,\"execution_ms\":7,\"tokens_in\":-1,\"tokens_out\":\"3\""),
        entry("\"latency_ms\":\"12\",\"tokens_in\":4.0"),
        entry("\"id\":\"half \\ud83d\",\"latency_ms\":12.0"),
    ];
    assert_eq!(exporter.post(PUSH, lines.join("\n")).await, (200, "counted 6 of 6\n".to_owned()));
    let mut array = format!("[{}]", lines.join(",")).replace("half \\ud83d", "\u{1}").into_bytes();
    let at = array.iter().position(|byte| *byte == 1).unwrap();
    array[at] = 0xff;
    assert_eq!(exporter.post(PUSH, array).await, (200, "counted 6 of 6\n".to_owned()));
    let page = exporter.scrape().await;
    assert_eq!(total(&page, "latency", &[]), (4.0, std::time::Duration::from_millis(48)));
    assert_eq!(total(&page, "execution", &[]), (2.0, std::time::Duration::from_millis(14)));
    assert_eq!(total(&page, "delay", &[]).0, 0.0);
    assert_eq!(page.sum("runpod_tokens_total", &[]), 14.0);
}
