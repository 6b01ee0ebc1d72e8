//! Faults on the wire, and that the shutdown ends all of them.

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
async fn faults_have_the_same_status_on_both_apis() {
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
async fn a_fault_applies_to_its_operation_its_endpoint_and_its_number_of_times() {
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
async fn a_truncated_answer_is_complete_for_http_and_invalid_json() {
    let running = Running::with_rule("graphql=truncated").await;
    let reply = running.graphql(PODS).await;
    assert!(reply.status == 200 && reply.head.contains("transfer-encoding: chunked"), "{}", reply.head);
    assert!(reply.text().starts_with("{\"data\":{\"myself\":"));
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
}

#[tokio::test]
async fn garbage_is_not_utf_8() {
    let running = Running::with_rule("health=garbage").await;
    let reply = running.health(&running.first_endpoint()).await;
    assert_eq!(reply.status, 200);
    assert!(String::from_utf8(reply.body).is_err());
}

#[tokio::test]
async fn a_reset_resets_the_connection() {
    let running = Running::with_rule("jobs=reset").await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
    let error = running.send("GET /v2/any/health", head, "").await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_delay_delays_the_answer() {
    let running = Running::with_rule("health=delay(300ms)").await;
    let start = Instant::now();
    assert_eq!(running.health(&running.first_endpoint()).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn an_endless_answer_lasts_until_the_client_disconnects() {
    let running = Running::with_rule("jobs=endless").await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
    let mut stream = running.open("GET /v2/any/health", head, "").await.unwrap();
    let mut bytes = vec![0; 1024 * 1024];
    stream.read_exact(&mut bytes).await.unwrap();
    assert!(String::from_utf8_lossy(&bytes[..200]).starts_with("HTTP/1.1 200 OK"));
    assert_eq!(running.simulator.traffic().report().jobs.in_flight, 1);
    drop(stream);
    none_in_flight(&running).await;
}

/// The server notices a disconnect even while the request hangs.
#[tokio::test]
async fn a_hanging_request_ends_when_its_client_disconnects() {
    let running = Running::with_rule("jobs=hang").await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
    let mut stream = running.open("GET /v2/any/health", head, "").await.unwrap();
    let answer = timeout(Duration::from_millis(200), stream.read_u8()).await;
    assert!(answer.is_err(), "{answer:?}");
    drop(stream);
    none_in_flight(&running).await;
}

/// Waits until no request is in flight.
async fn none_in_flight(running: &Running) {
    let traffic = running.simulator.traffic();
    timeout(Duration::from_secs(5), traffic.until(|report| report.jobs.in_flight == 0)).await.unwrap();
}

#[tokio::test]
async fn the_shutdown_waits_for_no_request() {
    let rules = ["health=hang", "Pods=endless", "Account=delay(1h)"];
    let faults = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let mut running = Running::start(&Options { faults, ..Options::default() }).await;
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\nContent-Type: application/json\r\n";
    let mut clients = vec![running.open("GET /v2/any/health", head, "").await.unwrap()];
    for query in [PODS, "query Account { myself { id } }"] {
        let body = json!({ "query": query }).to_string();
        clients.push(running.open("POST /graphql", head, &body).await.unwrap());
    }
    let traffic = running.simulator.traffic();
    let arrived = traffic.until(|report| report.jobs.requests + report.graphql.requests >= 3);
    timeout(Duration::from_secs(5), arrived).await.unwrap();

    let start = Instant::now();
    running.stop.cancel();
    running.server.join_next().await.unwrap().unwrap().unwrap();
    for mut client in clients {
        let mut bytes = Vec::new();
        let end = timeout(Duration::from_secs(5), client.read_to_end(&mut bytes)).await.unwrap();
        assert!(end.is_err(), "reset, not ended");
    }
    assert!(start.elapsed() < Duration::from_secs(2));
    let report = running.simulator.traffic().report();
    assert_eq!((report.jobs.in_flight, report.graphql.in_flight), (0, 0));
}
