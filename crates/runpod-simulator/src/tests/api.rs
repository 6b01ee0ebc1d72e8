//! Keys, the bot protection, the job API, the control routes, and many requests at once.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::*;
use crate::api::Api;

#[tokio::test]
async fn a_removed_endpoint_is_not_found() {
    let running = Running::start(&Options::default()).await;
    let id = running.first_endpoint();
    assert_eq!(running.health(&id).await.status, 200);
    assert!(running.simulator.world().remove_endpoint(&id));
    let reply = running.health(&id).await;
    assert_eq!((reply.status, reply.json()), (404, json!({ "error": "endpoint not found" })));
}

#[tokio::test]
async fn a_load_balanced_endpoint_has_workers_and_no_jobs() {
    let running = Running::start(&Options::default()).await;
    let endpoints = running.simulator.world().endpoints();
    let balanced = endpoints.iter().find(|endpoint| endpoint.configuration().load_balanced).unwrap();
    let health = running.health(&balanced.configuration().id).await.json();
    assert_eq!(health["jobs"]["completed"], json!(0));
    let workers = &health["workers"];
    assert!(workers["idle"].as_u64().unwrap() + workers["running"].as_u64().unwrap() > 0, "{health}");
}

#[tokio::test]
async fn counts_change_with_the_clock() {
    let running = Running::start(&Options::default()).await;
    let id = running.first_endpoint();
    let completed = async || running.health(&id).await.json()["jobs"]["completed"].as_u64().unwrap();
    let (before, again) = (completed().await, completed().await);
    assert_eq!(before, again, "the clock did not move");
    running.clock.advance(jiff::SignedDuration::from_mins(5));
    assert!(completed().await > before + 50);
}

#[tokio::test]
async fn only_the_configured_key_is_accepted() {
    let running = Running::start(&Options { key: Some("right".to_owned()), ..Options::default() }).await;
    let path = format!("GET /v2/{}/health", running.first_endpoint());
    let json_headers = |key: &str| format!("User-Agent: test\r\nContent-Type: application/json\r\n{key}");
    let table = [
        ("Authorization: Bearer right\r\n", 200, 200),
        ("Authorization: Bearer wrong\r\n", 401, 401),
        ("Authorization: right\r\n", 200, 200), // the job API accepts it without a scheme, GraphQL does not
        ("", 401, 200),                         // without a key, GraphQL answers anonymously
    ];
    for (key, jobs, graphql) in table {
        let headers = json_headers(key);
        assert_eq!(running.send(&path, &headers, "").await.unwrap().status, jobs, "{key}");
        let body = json!({ "query": "{ myself { id } }" }).to_string();
        assert_eq!(running.send("POST /graphql", &headers, &body).await.unwrap().status, graphql, "{key}");
    }
    let body = json!({ "query": "{ myself { id } }" }).to_string();
    let reply = running.send("POST /graphql?api_key=right", &json_headers(""), &body).await.unwrap();
    assert!(reply.json()["data"]["myself"]["id"].is_string());
    assert!(!format!("{:?}", running.simulator).contains("right"));
}

#[tokio::test]
async fn the_bot_protection_refuses_robots() {
    let running = Running::start(&Options::default()).await;
    let path = format!("GET /v2/{}/health", running.first_endpoint());
    for agent in ["", "User-Agent: Python-urllib/3.11\r\n"] {
        let reply = running.send(&path, &format!("Authorization: Bearer key\r\n{agent}"), "").await.unwrap();
        assert_eq!((reply.status, reply.text().as_str()), (403, "error code: 1010"));
    }
    assert_eq!(running.simulator.traffic().report().user_agents["Python-urllib/3.11"], 1);
}

#[tokio::test]
async fn faults_can_be_changed_while_it_runs() {
    let running = Running::start(&Options::default()).await;
    let control = async |method: &str, body: &str| {
        let line = format!("{method} /simulator/faults");
        let reply = running.send(&line, "Content-Type: text/plain\r\n", body).await.unwrap();
        (reply.status, reply.text())
    };
    let rules = "# a comment\nhealth=gone*2\n\ngraphql=rate-limited(7)\n";
    assert_eq!(control("PUT", rules).await, (204, String::new()));
    assert_eq!(running.health(&running.first_endpoint()).await.status, 410);
    assert_eq!(control("GET", "").await, (200, "health=gone*1\ngraphql=rate-limited(7)\n".to_owned()));
    let (status, text) = control("PUT", "jobs=gone\njobs=explode").await;
    assert!(status == 400 && text.starts_with("line 2: unknown fault \"explode\""), "{text}");
    assert_eq!(running.simulator.faults().rules().len(), 2, "an error changes nothing");
    assert_eq!(control("DELETE", "").await, (204, String::new()));
    assert_eq!(running.health(&running.first_endpoint()).await.status, 200);
}

#[tokio::test]
async fn traffic_records_requests() {
    let running = Running::start(&Options::default()).await;
    running.data("query Account { myself { id } }").await;
    running.data("query Account { myself { id } }").await;
    running.health("none").await;
    let traffic = running.get("/simulator/traffic").await.json();
    assert_eq!(traffic["graphql"]["operations"], json!({ "Account": 2 }));
    assert_eq!(
        traffic["jobs"],
        json!({ "requests": 1, "operations": { "health": 1 }, "in_flight": 0, "peak_in_flight": 1 })
    );
    assert_eq!(traffic["documents"][1]["text"], json!("query Account { myself { id } }"));
    assert_eq!(traffic["user_agents"], json!({ "test": 3 }));
    running.send("DELETE /simulator/traffic", "", "").await.unwrap();
    assert_eq!(running.simulator.traffic().operation(Api::Graphql, "Account"), 0);
}

/// Each request needs two sockets of this process.
const MANY: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_slow_answers_take_one_delay() {
    let limit = rlimit::increase_nofile_limit(3 * MANY as u64).unwrap();
    let many = MANY.min(usize::try_from(limit / 3).unwrap());
    let options = Options { delay: Duration::from_secs(2), endpoints: 50, ..Options::default() };
    let running = Arc::new(Running::start(&options).await);
    let id = running.first_endpoint();
    let start = Instant::now();
    let mut requests = JoinSet::new();
    for _ in 0..many {
        let (running, id) = (Arc::clone(&running), id.clone());
        requests.spawn(async move { running.health(&id).await.status });
    }
    let answers = requests.join_all().await;
    assert!(answers.iter().all(|status| *status == 200));
    let took = start.elapsed();
    assert!((2..8).contains(&took.as_secs()), "{many} took {took:?}");
    let peak = running.simulator.traffic().report().jobs.peak_in_flight;
    assert!(peak > many as u64 / 2, "{peak} of {many} at once");
}
