//! Jobs that clients send over the job API.

use std::collections::HashSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::scene::Scene;

impl Running {
    /// A simulator without problems. Its first endpoint is a language model with warm workers.
    async fn healthy() -> Self {
        Self::playing("healthy").await
    }

    async fn playing(name: &str) -> Self {
        let scenes = vec![Scene::named(name).unwrap()];
        Self::start(&Options { scenes, ..Options::default() }).await
    }

    async fn job(&self, line: &str, body: &Value) -> Reply {
        let head = "User-Agent: test\r\nAuthorization: Bearer key\r\nContent-Type: application/json\r\n";
        self.send(line, head, &body.to_string()).await.unwrap()
    }

    /// Sends a job to the first endpoint. Returns its id.
    async fn run(&self, body: &Value) -> String {
        let reply = self.job(&format!("POST /v2/{}/run", self.first_endpoint()), body).await;
        let mut answer = reply.json();
        assert_eq!((reply.status, &answer["status"]), (200, &json!("IN_QUEUE")), "{answer}");
        serde_json::from_value(answer["id"].take()).unwrap()
    }

    async fn status(&self, job: &str) -> Reply {
        self.get(&format!("/v2/{}/status/{job}", self.first_endpoint())).await
    }

    /// The result of a job, which the clock reaches.
    async fn result(&self, job: &str) -> Value {
        for _ in 0..600 {
            let status = self.status(job).await.json();
            if !["IN_QUEUE", "IN_PROGRESS"].contains(&status["status"].as_str().unwrap()) {
                return status;
            }
            self.clock.advance(SignedDuration::from_secs(1));
        }
        panic!("the job does not finish");
    }
}

fn hi() -> Value {
    json!({ "input": { "prompt": "hi" } })
}

#[tokio::test]
async fn a_job_waits_runs_and_has_a_result_for_half_an_hour() {
    let running = Running::healthy().await;
    let job = running.run(&hi()).await;
    assert_eq!(running.status(&job).await.json(), json!({ "id": job, "status": "IN_QUEUE" }));
    let mut seen = HashSet::new();
    let mut seconds = 0;
    let result = loop {
        let status = running.status(&job).await.json();
        seen.insert(status["status"].as_str().unwrap().to_owned());
        if status["status"] == "IN_PROGRESS" {
            assert!(status["workerId"].is_string() && status["delayTime"].is_u64(), "{status}");
        } else if status["status"] != "IN_QUEUE" {
            break status;
        }
        running.clock.advance(SignedDuration::from_secs(1));
        seconds += 1;
        assert!(seconds < 120, "the job does not finish: {status}");
    };
    assert!(seen.contains("IN_PROGRESS"), "{seen:?}");
    assert_eq!(result["status"], "COMPLETED");
    assert!(result["output"].is_array(), "a language model streams: {result}");
    let total = result["delayTime"].as_u64().unwrap() + result["executionTime"].as_u64().unwrap();
    assert!(total <= 1_000 * (seconds + 1), "{result} after {seconds} seconds");

    running.clock.advance(SignedDuration::from_mins(29));
    assert_eq!(running.status(&job).await.json(), result, "results stay as they are");
    running.clock.advance(SignedDuration::from_mins(2));
    let reply = running.status(&job).await;
    assert_eq!((reply.status, reply.json()), (404, json!({ "error": "job not found" })));
}

#[tokio::test]
async fn a_job_counts_like_any_other() {
    let running = Running::start(&Options { endpoints: 3, ..Options::default() }).await;
    // An endpoint that scales to zero, where hardly any other job arrives.
    let world = running.simulator.world();
    let endpoint = world.endpoints().remove(2);
    let id = endpoint.configuration().id.clone();
    let before = world.counts(&endpoint);
    for _ in 0..5 {
        running.job(&format!("POST /v2/{id}/run"), &hi()).await;
    }
    let queued = world.counts(&endpoint);
    assert_eq!(queued.queued, before.queued + 5);
    assert_eq!(running.health(&id).await.json()["jobs"]["inQueue"], json!(queued.queued));
    running.clock.advance(SignedDuration::from_mins(15));
    let after = world.counts(&endpoint);
    assert!(after.totals.finished() >= before.totals.finished() + 5, "{after:?}");
    assert_eq!(after.totals.arrived, after.queued + after.in_progress + after.totals.finished());
    let requests = running.get(&format!("/v2/{id}/requests")).await.json();
    let listed = requests["requests"].as_array().unwrap();
    for request in listed {
        let path = format!("/v2/{id}/status/{}", request["id"].as_str().unwrap());
        let status = running.get(&path).await.json();
        assert_eq!(status["status"], request["status"], "each listed job has a state");
    }
}

#[tokio::test]
async fn a_synchronous_job_is_answered_with_its_result() {
    let running = Arc::new(Running::healthy().await);
    let path = format!("POST /v2/{}/runsync?wait=60000", running.first_endpoint());
    let body = json!({ "input": 1 });
    let (reply, ()) = tokio::join!(running.job(&path, &body), async {
        while running.simulator.traffic().report().jobs.in_flight == 0 {
            tokio::task::yield_now().await;
        }
        running.clock.advance(SignedDuration::from_mins(1));
    });
    let result = reply.json();
    assert_eq!((reply.status, &result["status"]), (200, &json!("COMPLETED")), "{result}");
    let job = result["id"].as_str().unwrap();
    assert!(job.starts_with("sync-"), "{job}");
    assert_eq!(running.status(job).await.json(), result);
    running.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(running.status(job).await.status, 404, "its client has received it");
}

#[tokio::test]
async fn a_synchronous_job_that_takes_longer_is_answered_with_its_state() {
    let running = Running::playing("no-capacity").await;
    let path = format!("POST /v2/{}/runsync?wait=5000", running.first_endpoint());
    running.clock.advance(SignedDuration::from_mins(10));
    let body = hi();
    let (reply, ()) = tokio::join!(running.job(&path, &body), async {
        while running.simulator.traffic().report().jobs.in_flight == 0 {
            tokio::task::yield_now().await;
        }
        running.clock.advance(SignedDuration::from_secs(6));
    });
    assert_eq!((reply.status, &reply.json()["status"]), (200, &json!("IN_QUEUE")), "{}", reply.text());
}

#[tokio::test]
async fn queued_and_running_jobs_can_be_canceled() {
    let running = Running::healthy().await;
    let id = running.first_endpoint();
    let cancel = async |job: &str| running.job(&format!("POST /v2/{id}/cancel/{job}"), &Value::Null).await;
    let queued = running.run(&hi()).await;
    let canceled = json!({ "id": queued, "status": "CANCELLED" });
    assert_eq!(cancel(&queued).await.json(), canceled);
    assert_eq!(cancel(&queued).await.json(), canceled, "again");
    assert_eq!(running.status(&queued).await.json()["status"], "CANCELLED");

    let job = running.run(&hi()).await;
    while running.status(&job).await.json()["status"] == "IN_QUEUE" {
        running.clock.advance(SignedDuration::from_secs(1));
    }
    assert_eq!(running.status(&job).await.json()["status"], "IN_PROGRESS");
    let endpoint = running.simulator.world().endpoints().remove(0);
    let busy = running.simulator.world().counts(&endpoint).in_progress;
    assert_eq!(cancel(&job).await.json()["status"], "CANCELLED");
    assert_eq!(running.simulator.world().counts(&endpoint).in_progress, busy - 1, "the worker is free");
    assert!(running.status(&job).await.json()["workerId"].is_string());

    let finished = running.run(&hi()).await;
    let result = running.result(&finished).await;
    assert_eq!(cancel(&finished).await.json()["status"], result["status"], "it stays as it is");
    assert_eq!(cancel("none").await.status, 404);
}

#[tokio::test]
async fn a_queue_can_be_purged_and_fills_up() {
    let running = Running::playing("workers-max-zero").await;
    let id = running.first_endpoint();
    running.clock.advance(SignedDuration::from_mins(5));
    let purge = async || running.job(&format!("POST /v2/{id}/purge-queue"), &Value::Null).await.json();
    purge().await;
    let jobs = [running.run(&hi()).await, running.run(&hi()).await];
    assert_eq!(purge().await, json!({ "removed": 2, "status": "completed" }));
    for job in jobs {
        assert_eq!(running.status(&job).await.json()["status"], "CANCELLED");
    }
    let mut statuses = Vec::new();
    for _ in 0..52 {
        statuses.push(running.job(&format!("POST /v2/{id}/run"), &hi()).await.status);
    }
    let full = statuses.iter().position(|status| *status == 429);
    assert_eq!(full, Some(51), "more than 50 jobs and no worker that may take them: {statuses:?}");
}

#[tokio::test]
async fn jobs_time_out_as_their_client_wants() {
    let running = Running::playing("workers-max-zero").await;
    running.clock.advance(SignedDuration::from_mins(5));
    running.simulator.world().purge_queue(&running.simulator.world().endpoints()[0]);
    let job = running.run(&json!({ "input": 1, "policy": { "ttl": 20_000 } })).await;
    running.clock.advance(SignedDuration::from_secs(15));
    assert_eq!(running.status(&job).await.json()["status"], "IN_QUEUE");
    running.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(running.status(&job).await.json()["status"], "TIMED_OUT");

    let running = Running::healthy().await;
    let job = running.run(&json!({ "input": 1, "policy": { "executionTimeout": 1 } })).await;
    let result = running.result(&job).await;
    assert_eq!((&result["status"], &result["executionTime"]), (&json!("TIMED_OUT"), &json!(1)), "{result}");
}

#[tokio::test]
async fn a_failed_job_can_be_retried() {
    let running = Running::playing("every-job-fails").await;
    let id = running.first_endpoint();
    let retry = async |job: &str| running.job(&format!("POST /v2/{id}/retry/{job}"), &Value::Null).await;
    let job = running.run(&hi()).await;
    assert_eq!(retry(&job).await.status, 400, "it has not failed");
    let result = running.result(&job).await;
    assert_eq!(
        (&result["status"], &result["error"]),
        (&json!("FAILED"), &json!("the handler raised an error"))
    );
    let again = retry(&job).await.json();
    assert_eq!(again["status"], "IN_QUEUE");
    assert_eq!(running.status(again["id"].as_str().unwrap()).await.json()["status"], "IN_QUEUE");
    assert_eq!(retry("none").await.status, 404);
}

#[tokio::test]
async fn chunks_are_received_once() {
    let running = Running::healthy().await;
    let job = running.run(&hi()).await;
    let stream = async || running.get(&format!("/v2/{}/stream/{job}", running.first_endpoint())).await.json();
    assert_eq!(stream().await, json!({ "status": "IN_QUEUE", "stream": [] }));
    let output = running.result(&job).await["output"].take();
    let chunks = stream().await;
    assert_eq!(chunks["status"], "COMPLETED");
    let received: Value =
        chunks["stream"].as_array().unwrap().iter().map(|chunk| chunk["output"].clone()).collect();
    assert_eq!(received, output);
    assert_eq!(stream().await, json!({ "status": "COMPLETED", "stream": [] }));
}

#[tokio::test]
async fn wrong_requests_are_refused_in_json() {
    let running = Running::start(&Options::default()).await;
    let id = running.first_endpoint();
    let balanced = running.simulator.world().endpoints();
    let balanced = balanced.iter().find(|endpoint| endpoint.configuration().load_balanced).unwrap();
    let balanced = balanced.configuration().id.clone();
    let table = [
        (format!("POST /v2/{id}/run"), json!({ "prompt": "hi" }), 400),
        (format!("POST /v2/{id}/runsync"), json!([]), 400),
        (format!("POST /v2/{balanced}/run"), hi(), 400),
        ("POST /v2/none/run".to_owned(), hi(), 404),
        (format!("GET /v2/{id}/run"), Value::Null, 405),
        (format!("GET /v2/{id}/status/none"), Value::Null, 404),
        (format!("GET /v2/{id}/status"), Value::Null, 404),
        (format!("POST /v2/{id}/openai/v1/chat/completions"), hi(), 404),
        (format!("POST /v2/{id}/run"), json!({ "input": "x".repeat(11 << 20) }), 413),
        ("GET /".to_owned(), Value::Null, 404),
        ("GET /rest/v1/pods".to_owned(), Value::Null, 404),
        ("GET /graphql".to_owned(), Value::Null, 405),
    ];
    for (line, body, status) in table {
        let reply = running.job(&line, &body).await;
        assert_eq!(reply.status, status, "{line}");
        assert!(reply.head.contains("content-type: application/json"), "{line}: {}", reply.head);
        assert!(reply.json()["error"].is_string(), "{line}: {}", reply.text());
    }
    let reply = running.send(&format!("POST /v2/{id}/run"), "User-Agent: test\r\n", &hi().to_string()).await;
    assert_eq!(reply.unwrap().status, 401);
}

#[tokio::test]
async fn metrics_by_the_minute_add_up_to_the_hour() {
    let running = Running::start(&Options::default()).await;
    running.clock.advance(SignedDuration::from_mins(40));
    let path = format!("/v2/{}/metrics/request_ts_v1", running.first_endpoint());
    let data = async |query: &str| running.get(&format!("{path}{query}")).await.json()["data"].take();
    let (hours, minutes) = (data("?interval=h").await, data("?interval=min").await);
    let (hours, minutes) = (hours.as_array().unwrap(), minutes.as_array().unwrap());
    assert!(hours.len() == 1 && minutes.len() > 1, "{hours:?} {minutes:?}");
    for field in ["requests", "completed_requests", "failed_requests", "retried", "et_total"] {
        let sum: u64 = minutes.iter().map(|bucket| bucket[field].as_u64().unwrap()).sum();
        assert_eq!(Some(sum), hours[0][field].as_u64(), "{field}");
    }
    assert!(minutes.iter().all(|bucket| bucket["time"].as_str().unwrap().ends_with(":00")));
    assert_eq!(data("").await.as_array(), Some(hours), "hours by default");
}
