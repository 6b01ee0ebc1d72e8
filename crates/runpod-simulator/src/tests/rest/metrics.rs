//! The request metrics of an endpoint.

use super::*;

/// The buckets of an endpoint.
async fn buckets(running: &Running, query: &str) -> Vec<Value> {
    let path = format!("serverless/{}/metrics/requests?{query}", running.first_endpoint());
    array(&running.json(&path).await, "buckets").to_vec()
}

fn sum(buckets: &[Value], name: &str) -> u64 {
    buckets.iter().map(|bucket| bucket[name].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn every_interval_counts_the_same_jobs() {
    let running = Running::start(&Options::default()).await;
    running.advance_minutes(14);
    let now = running.simulator.world().now().as_second();
    let [start, end] = [300, 0].map(|ago| Timestamp::from_second(now - now.rem_euclid(300) - ago).unwrap());
    let minutes = buckets(&running, &format!("interval=1m&startTime={start}&endTime={end}")).await;
    assert_eq!(minutes.len(), 5);
    assert!(sum(&minutes, "requestsCompleted") > 100, "{}", sum(&minutes, "requestsCompleted"));
    for interval in ["5m"] {
        let buckets =
            buckets(&running, &format!("interval={interval}&startTime={start}&endTime={end}")).await;
        for name in ["requests", "requestsCompleted", "requestsFailed", "requestsRetried"] {
            assert_eq!(sum(&buckets, name), sum(&minutes, name), "{interval} {name}");
        }
    }
    let busy = minutes.iter().find(|bucket| bucket["requestsCompleted"].as_u64() > Some(1)).unwrap();
    for time in ["delayTime", "executionTime"] {
        let of = |statistic: &str| busy[format!("{time}{statistic}Ms")].as_u64().unwrap();
        assert!(of("P50") <= of("P70") && of("P70") <= of("P95") && of("P98") <= of("Max"), "{busy}");
        assert!(of("Avg") <= of("Max"), "{busy}");
    }
}

#[tokio::test]
async fn a_bucket_has_the_described_fields_and_null_without_jobs() {
    let running = Running::start(&Options::default()).await;
    running.advance_minutes(10);
    let document = running.json("openapi.json").await;
    let described = document["components"]["schemas"]["RequestMetrics"]["properties"].as_object().unwrap();
    let all = buckets(&running, "interval=1m").await;
    assert_eq!(all.len(), 1_000, "the first page of a day");
    for bucket in &all {
        assert_eq!(
            bucket.as_object().unwrap().keys().collect::<Vec<_>>(),
            described.keys().collect::<Vec<_>>()
        );
        assert_eq!(bucket["requestsCompleted"] == 0, bucket["delayTimeP95Ms"].is_null(), "{bucket}");
    }
    assert_eq!(buckets(&running, "").await.len(), 25, "an hour by default, and the current one");
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let running = Running::start(&Options::default()).await;
    let path = format!("serverless/{}/metrics/requests", running.first_endpoint());
    for query in [
        "interval=2m",
        "startTime=yesterday",
        "endTime=12",
        "startTime=2020-01-01T00:00:00Z",
        "startTime=2099-01-01T00:00:00Z",
        "cursor=x",
        "limit=1001",
    ] {
        assert_eq!(running.rest(&format!("{path}?{query}")).await.status, 400, "{query}");
    }
    assert_eq!(running.rest("serverless/none/metrics/requests").await.status, 404);
}
