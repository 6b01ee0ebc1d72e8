//! What each fault looks like on the wire, and that none of them survives the shutdown.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::*;
use crate::faults::{Fault, Rule, Scope};

const PODS: &str = "query Pods { myself { pods { id } } }";

impl Running {
    async fn with_rule(rule: &str) -> Self {
        let faults = vec![rule.parse().unwrap()];
        Self::start(&Options { faults, ..Options::default() }).await
    }
}

#[tokio::test]
async fn faults_with_a_status_have_it_on_both_apis() {
    let running = Running::start(&Options::default()).await;
    for (fault, status) in FAULTS_WITH_A_STATUS {
        let rules = ["graphql", "jobs"].map(|api| format!("{api}={fault}").parse().unwrap());
        running.simulator.faults().replace(rules.to_vec());
        assert_eq!(running.graphql(PODS).await.status, status, "{fault}");
        let reply = running.health(&running.first_endpoint()).await;
        assert_eq!(reply.status, status, "{fault}");
        match fault {
            "front-door" => assert_eq!(reply.text(), "error code: 1010"),
            "rate-limited(7)" => assert!(reply.head.contains("retry-after: 7"), "{}", reply.head),
            "bad-gateway" => assert!(reply.text().starts_with("<html>")),
            "echo-key" => assert!(reply.text().contains("Bearer key")),
            _ => assert!(reply.json()["error"].is_string()),
        }
    }
}

#[tokio::test]
async fn a_fault_hits_its_operation_its_endpoint_and_no_more_than_its_times() {
    let running = Running::start(&Options::default()).await;
    let ids: Vec<String> = running
        .simulator
        .world()
        .endpoints()
        .iter()
        .map(|endpoint| endpoint.configuration().id.clone())
        .collect();
    running.simulator.faults().add(format!("health:{}=gone*1", ids[1]).parse().unwrap());
    running.simulator.faults().add(Rule::new(Scope::Operation("Account".to_owned()), Fault::BadGateway));
    assert_eq!(running.health(&ids[0]).await.status, 200);
    assert_eq!(running.health(&ids[1]).await.status, 410);
    assert_eq!(running.health(&ids[1]).await.status, 200);
    assert_eq!(running.graphql(PODS).await.status, 200);
    assert_eq!(running.graphql("query Account { myself { id } }").await.status, 502);
}

#[tokio::test]
async fn graphql_errors_come_with_200() {
    let running = Running::with_rule("Pods=partial-errors").await;
    let reply = running.graphql(PODS).await;
    let json = reply.json();
    assert_eq!((reply.status, &json["errors"][0]["path"]), (200, &json!(["myself", "pods", 7])));
    assert!(json["data"]["myself"]["pods"][7].is_null() && json["data"]["myself"]["pods"][0].is_object());
    assert!(json["errors"][0]["extensions"]["userId"].is_string());

    let running = Running::with_rule("Pods=null-data").await;
    let reply = running.graphql(PODS).await;
    assert_eq!((reply.status, &reply.json()["data"]), (200, &Value::Null));
    assert!(reply.json()["errors"][0]["message"].is_string());

    let running = Running::with_rule("Pods=no-identity").await;
    let reply = running.graphql(PODS).await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "data": { "myself": null } })));
}

#[tokio::test]
async fn a_truncated_answer_is_whole_to_http_and_broken_to_json() {
    let running = Running::with_rule("graphql=truncated").await;
    let reply = running.graphql(PODS).await;
    assert!(reply.status == 200 && reply.head.contains("transfer-encoding: chunked"), "{}", reply.head);
    assert!(reply.text().starts_with("{\"data\":{\"myself\":"));
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
}

#[tokio::test]
async fn garbage_is_neither_json_nor_text() {
    let running = Running::with_rule("health=garbage").await;
    let reply = running.health(&running.first_endpoint()).await;
    assert_eq!(reply.status, 200);
    assert!(String::from_utf8(reply.body).is_err());
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let running = Running::with_rule("jobs=reset").await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
    let error = running.send("GET /v2/any/health", head, "").await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_delay_is_kept() {
    let running = Running::with_rule("health=delay(300ms)").await;
    let start = Instant::now();
    assert_eq!(running.health(&running.first_endpoint()).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn an_endless_answer_goes_on_until_the_client_leaves() {
    let running = Running::with_rule("jobs=endless").await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
    let mut stream = running.open("GET /v2/any/health", head, "").await.unwrap();
    let mut bytes = vec![0; 1024 * 1024];
    stream.read_exact(&mut bytes).await.unwrap();
    assert!(String::from_utf8_lossy(&bytes[..200]).starts_with("HTTP/1.1 200 OK"));
    assert_eq!(running.simulator.traffic().report().jobs.in_flight, 1);
    drop(stream);
    landed(&running).await;
}

/// A client that gives up is noticed, also while its request hangs.
#[tokio::test]
async fn a_hanging_request_ends_with_its_client() {
    let running = Running::with_rule("jobs=hang").await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
    let mut stream = running.open("GET /v2/any/health", head, "").await.unwrap();
    let answer = timeout(Duration::from_millis(200), stream.read_u8()).await;
    assert!(answer.is_err(), "{answer:?}");
    drop(stream);
    landed(&running).await;
}

/// Waits until nothing is in flight any more.
async fn landed(running: &Running) {
    let empty = async {
        while running.simulator.traffic().report().jobs.in_flight > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), empty).await.unwrap();
}

#[tokio::test]
async fn the_shutdown_waits_for_nobody() {
    let rules = ["health=hang", "Pods=endless", "Account=delay(1h)"];
    let faults = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let mut running = Running::start(&Options { faults, ..Options::default() }).await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\nContent-Type: application/json\r\n";
    let mut clients = vec![running.open("GET /v2/any/health", head, "").await.unwrap()];
    for query in [PODS, "query Account { myself { id } }"] {
        let body = json!({ "query": query }).to_string();
        clients.push(running.open("POST /graphql", head, &body).await.unwrap());
    }
    let arrived = async {
        let requests = || {
            let report = running.simulator.traffic().report();
            report.jobs.requests + report.graphql.requests
        };
        while requests() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), arrived).await.unwrap();

    let start = Instant::now();
    running.stop.cancel();
    running.server.join_next().await.unwrap().unwrap().unwrap();
    for mut client in clients {
        let mut bytes = Vec::new();
        let end = timeout(Duration::from_secs(5), client.read_to_end(&mut bytes)).await.unwrap();
        assert!(end.is_err(), "cut, not ended");
    }
    assert!(start.elapsed() < Duration::from_secs(2));
    let report = running.simulator.traffic().report();
    assert_eq!((report.jobs.in_flight, report.graphql.in_flight), (0, 0));
}
