//! Runpod's webhook, sent once or several times.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{about_jobs, completed, read_once, route, total};
use crate::support::Exposition;

#[tokio::test]
async fn jobs_become_histograms_and_counters() {
    let (upstream, exporter) = read_once().await;
    let endpoint = upstream.ids().remove(0);
    let jobs = [
        completed("one", 824, 3391),
        completed("two", 0, 100), // equal to a bound, so it is in that bucket
        json!({"id": "three", "status": "FAILED", "delayTime": 101_050, "executionTime": 42_078, "error": "late", "retries": 1}),
        json!({"id": "four", "status": "CANCELLED", "delayTime": 700}),
        json!({"id": "five", "status": "TIMED_OUT", "delayTime": null}),
        json!({"id": "six", "status": "EXPIRED"}),
    ];
    for job in jobs {
        assert_eq!(exporter.post(&route(&endpoint), job.to_string()).await, (200, "counted\n".to_owned()));
    }
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_api_unknown_values_total", &["field=\"jobs.status\""]), Some(1.0));
    insta::assert_snapshot!(about_jobs(&page));
}

/// Recorded payloads, and their delay and execution in seconds and input and output tokens.
#[tokio::test]
async fn recorded_payloads_are_parsed() {
    for (file, status, delay, execution, tokens) in [
        ("webhook_completed_shape", "completed", 0.824, 3.391, None),
        ("status_completed", "completed", 31.618, 1.437, Some((22.0, 16.0))),
        ("status_failed_after_retry", "failed", 101.05, 42.078, None),
        ("runsync_completed", "completed", 0.824, 3.391, None),
    ] {
        let (upstream, exporter) = read_once().await;
        let body = std::fs::read_to_string(format!("tests/fixtures/{file}.json")).unwrap();
        assert_eq!(exporter.post(&route(&upstream.ids()[0]), body).await.0, 200, "{file}");
        let page = exporter.scrape().await;
        let status = format!("status=\"{status}\"");
        assert_eq!(page.value("runpod_jobs_observed_total", &[&status, "via=\"webhook\""]), Some(1.0));
        assert_eq!(total(&page, "delay", &[]).1.as_secs_f64(), delay, "{file}");
        assert_eq!(total(&page, "execution", &[]).1.as_secs_f64(), execution, "{file}");
        assert_eq!(total(&page, "latency", &[]).1.as_secs_f64(), delay + execution, "{file}");
        let direction = |direction| page.value("runpod_tokens_total", &[direction]);
        assert_eq!(direction("direction=\"in\"").zip(direction("direction=\"out\"")), tokens, "{file}");
    }
}

#[tokio::test]
async fn a_job_that_is_reported_three_times_is_counted_once() {
    let (upstream, exporter) = read_once().await;
    let ids = upstream.ids();
    let job = completed("one", 1, 2).to_string();
    assert_eq!(exporter.post(&route(&ids[0]), job.clone()).await.1, "counted\n");
    for _ in 0..2 {
        assert_eq!(exporter.post(&route(&ids[0]), job.clone()).await, (200, "already counted\n".to_owned()));
    }
    // A gateway and Runpod report the same job.
    let pushed = json!({"endpoint_id": ids[0], "id": "one", "status": "completed", "latency_ms": 3});
    assert_eq!(exporter.post("/api/v1/jobs", pushed.to_string()).await.1, "counted 0 of 1\n");
    // Ids are unique per endpoint only.
    assert_eq!(exporter.post(&route(&ids[1]), job).await.1, "counted\n");
    assert_eq!(exporter.scrape().await.sum("runpod_jobs_observed_total", &[]), 2.0);
}

#[tokio::test]
async fn tokens_are_counted_where_the_output_has_them() {
    let (upstream, exporter) = read_once().await;
    let chunk =
        |output: u64| json!({"choices": [{"tokens": ["a"]}], "usage": {"input": 7, "output": output}});
    let outputs = [
        // The streaming vLLM worker: its usage is the sum so far.
        json!([chunk(10), chunk(20), chunk(25)]),
        json!([{"id": "chatcmpl-1", "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}}]),
        json!({"usage": {"input": 1_000}}),
        json!("no usage at all"),
    ];
    for (n, output) in outputs.into_iter().enumerate() {
        let job = json!({"id": n.to_string(), "status": "COMPLETED", "output": output});
        assert_eq!(exporter.post(&route(&upstream.ids()[0]), job.to_string()).await.0, 200);
    }
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_tokens_total", &["direction=\"in\""]), Some(1_107.0));
    assert_eq!(page.value("runpod_tokens_total", &["direction=\"out\""]), Some(75.0));
}

/// Rejected bodies, the reason that is counted, and a part of the response.
const REFUSED: [(&str, &str, &str); 16] = [
    ("", "malformed", "EOF while parsing"),
    ("no JSON", "malformed", "expected"),
    ("null", "malformed", "an object with id, status"),
    ("[]", "malformed", "an object with id, status"),
    ("{}", "malformed", "missing field \"id\""),
    (r#"{"id": "x"}"#, "malformed", "missing field \"status\""),
    (r#"{"id": "", "status": "FAILED"}"#, "malformed", "missing field \"id\""),
    (r#"{"id": null, "status": "FAILED"}"#, "malformed", "missing field \"id\""),
    (r#"{"id": 7, "status": "FAILED"}"#, "malformed", "not a text in field \"id\""),
    (r#"{"id": "x", "status": 7}"#, "malformed", "not a text in field \"status\""),
    (r#"{"id": "x", "status": "COMPLETED", "output": {"a": }}"#, "malformed", "expected value"),
    (
        r#"{"id": "x", "status": "COMPLETED", "output": {"usage": {"input": 1"#,
        "malformed",
        "EOF while parsing",
    ),
    (r#"{"id": "x", "status": "COMPLETED"} {}"#, "malformed", "trailing characters"),
    (r#"{"id": "x", "status": "IN_QUEUE"}"#, "not_finished", "the job is not finished"),
    (r#"{"id": "x", "status": "IN_PROGRESS", "delayTime": 5}"#, "not_finished", "the job is not finished"),
    (r#"{"id": "x", "status": "RUNNING"}"#, "not_finished", "the job is not finished"),
];

#[tokio::test]
async fn invalid_and_unfinished_jobs_are_rejected_with_the_reason() {
    let (upstream, exporter) = read_once().await;
    for (body, reason, message) in REFUSED {
        let rejected = async || {
            let labels = [&*format!("reason=\"{reason}\""), "via=\"webhook\""];
            exporter.scrape().await.value("runpod_jobs_rejected_total", &labels).unwrap()
        };
        let before = rejected().await;
        let (status, answer) = exporter.post(&route(&upstream.ids()[0]), body).await;
        assert_eq!(status, 400, "{body}: {answer}");
        assert!(answer.contains(message) && answer.ends_with('\n'), "{body}: {answer}");
        assert_eq!(rejected().await, before + 1.0, "{body}");
    }
    assert_eq!(about_jobs(&exporter.scrape().await), "", "it is not counted");
}

/// Odd payloads, and the delay, execution and latency in seconds that are left of them.
const ODD: [(&[u8], [Option<f64>; 3]); 17] = [
    (br#"{"id":"a","status":"COMPLETED","delayTime":-5,"executionTime":157,"output":{}}"#, [None, Some(0.157), None]),
    (br#"{"id":"a","status":"COMPLETED","delayTime":5,"executionTime":-157}"#, [None; 3]),
    (br#"{"id":"a","status":"COMPLETED","delayTime":"12","executionTime":12.0}"#, [Some(0.012), Some(0.012), Some(0.024)]),
    (br#"{"id":"a","status":"COMPLETED","delayTime":1e999,"executionTime":7}"#, [None, Some(0.007), None]),
    (br#"{"id":"a","status":"COMPLETED","delayTime":NaN,"executionTime":7}"#, [None, Some(0.007), None]),
    (br#"{"id":"a","status":"COMPLETED","delayTime":1e99,"executionTime":{"ms":7}}"#, [None; 3]),
    (br#"{"id":"a","status":"COMPLETED","delayTime":[1],"executionTime":"soon"}"#, [None; 3]),
    (br#"{"id":"a","status":"COMPLETED","executionTime":9,"output":"cut \ud83d"}"#, [None, Some(0.009), None]),
    (br#"{"id":"a","status":"COMPLETED","executionTime":9,"output":[{"text":"\udc00"},"\ud83d"]}"#, [None, Some(0.009), None]),
    (b"{\"id\":\"a\",\"status\":\"COMPLETED\",\"executionTime\":9,\"output\":\"\xff\xfe\"}", [None, Some(0.009), None]),
    (b"{\"id\":\"a\",\"status\":\"COMPLETED\",\"executionTime\":9,\"output\":\"two\nlines\x00\"}", [None, Some(0.009), None]),
    (br#"{"id":"a","status":"COMPLETED","executionTime":9,"output":{"loss":NaN,"usage":{"input":Infinity}}}"#, [None, Some(0.009), None]),
    (br#"{"id":"a","status":"COMPLETED","executionTime":9,"input":{"x":-Infinity,"y":"\ud800"}}"#, [None, Some(0.009), None]),
    (b"\xef\xbb\xbf{\"id\":\"a\",\"status\":\"COMPLETED\",\"executionTime\":9}", [None, Some(0.009), None]),
    (br#"{"id":"a","id":7,"status":"COMPLETED","status":null,"executionTime":9,"executionTime":10}"#, [None, Some(0.009), None]),
    (br#"{"id":"half \ud83d","status":"COMPLETED","executionTime":9}"#, [None, Some(0.009), None]),
    (br#"{"id":"a","status":"COMPLETED","executionTime":9,"output":{"usage":{"input":[1],"output":{}}}}"#, [None, Some(0.009), None]),
];

/// Each in a small body, and in a large one, which is parsed while it is received.
#[tokio::test]
async fn one_odd_field_does_not_cost_the_job() {
    let (upstream, exporter) = read_once().await;
    let ids = upstream.ids();
    for (n, (body, times)) in ODD.iter().enumerate() {
        for is_large in [false, true] {
            let text = String::from_utf8_lossy(body);
            let mut body = body.to_vec();
            if is_large {
                body.splice(body.len() - 1.., format!(",\"x\":\"{}\"}}", "x".repeat(300_000)).into_bytes());
            }
            let before = exporter.scrape().await;
            let number = 2 * n + usize::from(is_large);
            let endpoint = &ids[number % ids.len()];
            let body = replaced(body, b"\"a\"", format!("\"a{number}\"").as_bytes());
            assert_eq!(exporter.post(&route(endpoint), body).await, (200, "counted\n".to_owned()), "{text}");
            let after = exporter.scrape().await;
            let kinds = ["delay", "execution", "latency"];
            for (kind, time) in kinds.into_iter().zip(times) {
                let (count_before, sum_before) = total(&before, kind, &[]);
                let (count, sum) = total(&after, kind, &[]);
                assert_eq!(count - count_before, f64::from(u8::from(time.is_some())), "{kind} of {text}");
                let grown = sum.saturating_sub(sum_before).as_secs_f64();
                assert!((grown - time.unwrap_or(0.0)).abs() < 1e-6, "{kind} of {text}: {grown}");
            }
        }
    }
    assert_eq!(exporter.scrape().await.sum("runpod_tokens_total", &[]), 0.0);
}

fn replaced(body: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    match body.windows(from.len()).position(|window| window == from) {
        Some(at) => [&body[..at], to, &body[at + from.len()..]].concat(),
        None => body,
    }
}

/// Runpod retries a failed job under the same id.
#[tokio::test]
async fn each_ending_of_a_job_counts_once() {
    let (upstream, exporter) = read_once().await;
    let path = route(&upstream.ids()[0]);
    let failed = json!({"id": "again-1-u1", "status": "FAILED", "delayTime": 5, "executionTime": 900, "error": "boom"});
    let completed = json!({"id": "again-1-u1", "status": "COMPLETED", "delayTime": 7, "executionTime": 3_000, "output": {}});
    let slower = json!({"id": "again-1-u1", "status": "COMPLETED", "delayTime": 7, "executionTime": 4_000});
    for (job, answer) in [
        (&failed, "counted\n"),
        (&failed, "already counted\n"),
        (&completed, "counted\n"),
        (&failed, "already counted\n"),
        (&completed, "already counted\n"),
        (&slower, "counted\n"),
        (&slower, "already counted\n"),
    ] {
        assert_eq!(exporter.post(&path, job.to_string()).await, (200, answer.to_owned()), "{job}");
    }
    let page = exporter.scrape().await;
    let observed = |status: &str| page.sum("runpod_jobs_observed_total", &[&format!("status=\"{status}\"")]);
    assert_eq!((observed("failed"), observed("completed")), (1.0, 2.0));
    assert_eq!(total(&page, "execution", &[]).1.as_millis(), 7_900);
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_url_is_accepted() {
    let (upstream, exporter) = read_once().await;
    let path = format!("{}/", route(&upstream.ids()[0]));
    assert_eq!(exporter.post(&path, completed("one", 1, 2).to_string()).await.0, 200);
    assert_eq!(exporter.post(&format!("{path}?token=x"), completed("two", 1, 2).to_string()).await.0, 200);
    let pushed = json!({"endpoint_id": upstream.ids()[0], "id": "three", "status": "completed"});
    assert_eq!(exporter.post("/api/v1/jobs/", pushed.to_string()).await.0, 200);
}

/// Text and fractions of 0 are whole numbers; what no job can have is not a number of tokens.
#[tokio::test]
async fn token_counts_have_a_limit() {
    let (upstream, exporter) = read_once().await;
    let counts = [
        json!(12.0),
        json!("12"),
        json!(1e300),
        json!(-3),
        json!(2.5),
        json!(10_000_000_001_u64),
        json!("1e30"),
    ];
    for (n, input) in counts.iter().enumerate() {
        let job = json!({"id": n.to_string(), "status": "COMPLETED", "output": {"usage": {"input": input}}});
        assert_eq!(exporter.post(&route(&upstream.ids()[0]), job.to_string()).await.0, 200);
        let pushed = json!({"endpoint_id": upstream.ids()[0], "id": format!("p{n}"), "status": "COMPLETED", "tokens_in": input});
        assert_eq!(exporter.post("/api/v1/jobs", pushed.to_string()).await.0, 200);
    }
    assert_eq!(exporter.scrape().await.sum("runpod_tokens_total", &[]), 48.0);
}

/// A valid job.
fn job() -> impl Strategy<Value = (String, Option<u64>, Option<u64>, Option<u64>)> {
    let status = prop_oneof![Just("COMPLETED"), Just("FAILED"), Just("CANCELLED"), Just("TIMED_OUT")];
    let time = || prop::option::of(0_u64..700_000);
    (status.prop_map(str::to_owned), time(), time(), prop::option::of(0_u64..100_000))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn counts_and_sums_are_those_of_the_jobs(jobs in prop::collection::vec(job(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let page: Exposition = runtime.block_on(async {
            let (upstream, exporter) = read_once().await;
            for (n, (status, delay, execution, tokens)) in jobs.iter().enumerate() {
                let output = json!({"usage": {"output": tokens}});
                let job: Value = json!({"id": n.to_string(), "status": status, "delayTime": delay, "executionTime": execution, "output": output});
                assert_eq!(exporter.post(&route(&upstream.ids()[0]), job.to_string()).await.0, 200);
            }
            exporter.scrape().await
        });
        let ran: Vec<_> = jobs.iter().filter_map(|(_, delay, execution, _)| Some((*delay, (*execution)?))).collect();
        let both: Vec<_> = ran.iter().filter_map(|(delay, execution)| Some((*delay)? + execution)).collect();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let is = |(count, sum): (f64, std::time::Duration), times: &[u64]| {
            count == times.len() as f64 && sum == std::time::Duration::from_millis(times.iter().sum())
        };
        prop_assert!(is(total(&page, "execution", &[]), &ran.iter().map(|(_, execution)| *execution).collect::<Vec<_>>()));
        prop_assert!(is(total(&page, "delay", &[]), &ran.iter().filter_map(|(delay, _)| *delay).collect::<Vec<_>>()));
        prop_assert!(is(total(&page, "latency", &[]), &both));
        for bound in [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000_u64] {
            let le = format!("le=\"{}\"", std::time::Duration::from_millis(bound).as_secs_f64());
            let below = page.sum("runpod_request_latency_seconds_bucket", &[&le]);
            prop_assert_eq!(below, f64::from(u32::try_from(both.iter().filter(|time| **time <= bound).count()).unwrap()), "{}", le);
        }
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let tokens = jobs.iter().filter_map(|(.., tokens)| *tokens).sum::<u64>() as f64;
        prop_assert_eq!(page.sum("runpod_tokens_total", &[]), tokens);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let count = jobs.len() as f64;
        prop_assert_eq!(page.sum("runpod_jobs_observed_total", &[]), count);
    }
}
