//! Scopes, quota, retirement, and faults.

use super::*;
use crate::{Api, Retirement};

#[tokio::test]
async fn operations_without_scope_are_forbidden() {
    let forbidden = [Operation::Billing, Operation::Workers].into();
    let running = Running::with_rest(RestOptions { forbidden, ..RestOptions::default() }).await;
    let workers = format!("serverless/{}/workers", running.first_endpoint());
    for path in ["billing", "billing/pods?lastN=1", &workers, "serverless/none/workers"] {
        let reply = running.rest(path).await;
        assert_eq!((reply.status, &reply.json()["detail"]), (403, &json!("access denied")), "{path}");
        assert!(reply.head.contains("\r\nratelimit: "), "{}", reply.head);
    }
    for path in ["pods", "serverless", "billing/balance", "openapi.json"] {
        assert_eq!(running.rest(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_quota_is_reported_enforced_and_reset() {
    let quota = "3/100/1000".parse().unwrap();
    let running = Running::with_rest(RestOptions { quota, ..RestOptions::default() }).await;
    // 1795000000 is second 40 of its minute.
    let head = |reply: &Reply, name: &str| {
        let line =
            reply.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_default()
    };
    let mut statuses = Vec::new();
    for path in ["pods", "nothing", "billing?lastN=0", "pods", "pods"] {
        let reply = running.rest(path).await;
        statuses.push(reply.status);
        let left = 3_usize.saturating_sub(statuses.len());
        assert!(
            head(&reply, "ratelimit").starts_with(&format!("\"minute\";r={left};t=20, \"hour\";r=")),
            "{}",
            reply.head
        );
        assert_eq!(
            head(&reply, "ratelimit-policy"),
            "\"minute\";q=3;w=60, \"hour\";q=100;w=3600, \"day\";q=1000;w=86400"
        );
        assert_eq!(head(&reply, "retry-after"), if reply.status == 429 { "20" } else { "" });
    }
    assert_eq!(statuses, [200, 404, 400, 429, 429]);
    assert_eq!(running.health(&running.first_endpoint()).await.status, 200, "the job API has no quota");
    assert_eq!(running.rest("openapi.json").await.status, 200);
    running.clock.advance(jiff::SignedDuration::from_secs(19));
    assert_eq!(running.rest("pods").await.status, 429);
    running.clock.advance(jiff::SignedDuration::from_secs(1));
    assert_eq!(running.rest("pods").await.status, 200);

    let quota = "off".parse().unwrap();
    let running = Running::with_rest(RestOptions { quota, ..RestOptions::default() }).await;
    assert!(!running.rest("pods").await.head.contains("ratelimit"));
}

#[tokio::test]
async fn graphql_retires_and_rest_stays() {
    let start = Timestamp::constant(1_795_000_000, 0);
    let minute = std::time::Duration::from_mins(1);
    for retirement in [Retirement::After(minute), Retirement::At(start + minute)] {
        let options = Options { graphql_retires: Some(retirement), ..Options::default() };
        let running = Running::start(&options).await;
        let ask = async || running.graphql("{ myself { id } }").await.status;
        running.clock.advance(jiff::SignedDuration::from_millis(59_999));
        assert_eq!(ask().await, 200);
        running.clock.advance(jiff::SignedDuration::from_millis(1));
        assert_eq!(ask().await, 410);
        assert_eq!(running.graphql("{ nonsense").await.status, 410, "syntax is not checked");
        let reply = running.send("POST /graphql", "User-Agent: test\r\n", "").await.unwrap();
        assert_eq!(reply.status, 410, "the key is not checked");
        assert_eq!(running.rest("pods").await.status, 200);
        assert_eq!(running.health(&running.first_endpoint()).await.status, 200);
    }
}

#[tokio::test]
async fn faults_apply_to_their_operation_and_their_endpoint() {
    let running = Running::start(&Options::default()).await;
    let world = running.simulator.world();
    let ids: Vec<String> =
        world.endpoints().iter().map(|endpoint| endpoint.configuration().id.clone()).collect();
    let rules = [format!("rest.workers:{}=gone", ids[1]), "rest.pods=rate-limited(7)*1".to_owned()];
    running.simulator.faults().replace(rules.iter().map(|rule| rule.parse().unwrap()).collect());
    let workers = async |id: &str| running.rest(&format!("serverless/{id}/workers")).await;
    assert_eq!(workers(&ids[0]).await.status, 200);
    let reply = workers(&ids[1]).await;
    assert_eq!((reply.status, &reply.json()["title"]), (410, &json!("Gone")));
    assert!(reply.head.contains("\r\nratelimit: "), "{}", reply.head);
    assert_eq!(running.rest(&format!("serverless/{}", ids[1])).await.status, 200);
    let reply = running.rest("pods").await;
    assert_eq!(reply.status, 429);
    assert!(reply.head.contains("\r\nretry-after: 7"), "{}", reply.head);
    assert_eq!(running.rest("pods").await.status, 200);
    // A name without `rest.` is a GraphQL operation.
    running.simulator.faults().replace(vec!["pods=gone".parse().unwrap()]);
    assert_eq!(running.rest("pods").await.status, 200);
    assert_eq!(running.graphql("query pods { myself { id } }").await.status, 410);
}

#[tokio::test]
async fn faults_have_the_same_status_on_rest() {
    let running = Running::start(&Options::default()).await;
    for (fault, status) in FAULTS_WITH_A_STATUS {
        running.simulator.faults().replace(vec![format!("rest={fault}").parse().unwrap()]);
        let reply = running.rest("pods").await;
        assert_eq!(reply.status, status, "{fault}");
        let problem = reply.head.contains("application/problem+json");
        assert_eq!(problem, !matches!(fault, "front-door" | "bad-gateway"), "{fault}");
        if problem {
            assert_eq!(reply.json()["status"], json!(status));
        }
    }
    running.simulator.faults().replace(vec!["rest.billing=truncated".parse().unwrap()]);
    let reply = running.rest("billing").await;
    assert!(reply.status == 200 && serde_json::from_slice::<Value>(&reply.body).is_err());
}

#[tokio::test]
async fn traffic_counts_by_operation() {
    let running = Running::start(&Options::default()).await;
    let id = running.first_endpoint();
    for path in ["pods", "pods/none", "serverless", "billing/pods", "billing", "catalog/gpus", "nothing"] {
        running.rest(path).await;
    }
    for rest in ["", "/workers", "/releases"] {
        running.rest(&format!("serverless/{id}{rest}")).await;
    }
    for path in ["network-volumes", "openapi.json", "billing/balance", "account/limits"] {
        running.rest(path).await;
    }
    let traffic = running.get("/simulator/traffic").await.json();
    let expected = json!({
        "": 1, "pods": 2, "endpoints": 2, "workers": 1, "releases": 1, "volumes": 1, "billing": 2, "catalog": 1,
        "openapi": 1, "balance": 1, "limits": 1,
    });
    assert_eq!(traffic["rest"]["operations"], expected);
    assert_eq!((&traffic["rest"]["requests"], &traffic["rest"]["peak_in_flight"]), (&json!(14), &json!(1)));
    assert_eq!(running.simulator.traffic().operation(Api::Rest, "pods"), 2);
}
