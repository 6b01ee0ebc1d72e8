//! Webhooks of jobs that clients send.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::scene::Scene;
use crate::webhooks::{Delivered, WebhookOptions};

/// A receiver of webhooks that answers with a status. Returns its URL and what it receives.
async fn receiver(status: StatusCode) -> (String, mpsc::UnboundedReceiver<Value>, JoinSet<()>) {
    let (sender, received) = mpsc::unbounded_channel();
    let keep = async move |State(sender): State<mpsc::UnboundedSender<Value>>, body: String| {
        sender.send(serde_json::from_str(&body).unwrap()).unwrap();
        status
    };
    let router = Router::new().route("/jobs", post(keep)).with_state(sender);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jobs", listener.local_addr().unwrap());
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, received, server)
}

impl Running {
    async fn send_job(&self, body: &Value) -> String {
        let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
        let line = format!("POST /v2/{}/run", self.first_endpoint());
        let reply = self.send(&line, head, &body.to_string()).await.unwrap();
        reply.json()["id"].as_str().unwrap().to_owned()
    }
}

fn options(webhooks: Option<WebhookOptions>) -> Options {
    Options { scenes: vec![Scene::named("healthy").unwrap()], webhooks, ..Options::default() }
}

#[tokio::test]
async fn the_webhook_of_a_job_contains_its_result_and_its_input() {
    let (url, mut received, _server) = receiver(StatusCode::OK).await;
    let running = Running::start(&options(None)).await;
    let input = json!({ "prompt": "hi", "n": [1, 2] });
    let job = running.send_job(&json!({ "input": input, "webhook": url })).await;
    let silent = running.send_job(&json!({ "input": input })).await;
    // The simulator delivers it by itself.
    running.clock.advance(SignedDuration::from_mins(2));
    let webhook = received.recv().await.unwrap();
    let path = format!("/v2/{}/status/{job}", running.first_endpoint());
    let mut expected = running.get(&path).await.json();
    expected["input"] = input;
    expected["webhook"] = url.into();
    assert_eq!(webhook, expected);
    assert_ne!(webhook["id"], silent);
    assert_eq!(*running.simulator.world().awaited_results().borrow(), 0);
    assert_eq!(running.simulator.deliver().await, Delivered::default(), "each job is reported once");
    assert!(received.try_recv().is_err());
}

/// The receiver of the simulated clients receives their jobs only.
#[tokio::test]
async fn each_job_is_reported_to_its_own_receiver() {
    let (theirs, mut simulated, _one) = receiver(StatusCode::OK).await;
    let (ours, mut sent, _other) = receiver(StatusCode::OK).await;
    let running = Running::start(&options(Some(WebhookOptions::new(theirs.parse().unwrap())))).await;
    let job = running.send_job(&json!({ "input": 1, "webhook": ours })).await;
    running.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(sent.recv().await.unwrap()["id"], json!(job));
    let mut count = 0;
    simulated.recv().await.unwrap();
    while let Ok(webhook) = simulated.try_recv() {
        assert_ne!(webhook["id"], json!(job));
        count += 1;
    }
    assert!(count > 10, "{count}");
    assert!(sent.try_recv().is_err());
}

#[tokio::test]
async fn a_webhook_is_sent_three_times_unless_it_is_answered_with_200() {
    let (url, mut received, _server) = receiver(StatusCode::ACCEPTED).await;
    let no_pauses = [std::time::Duration::ZERO; 2];
    let webhooks =
        WebhookOptions { pauses: no_pauses, ..WebhookOptions::new("http://127.0.0.1:9/".parse().unwrap()) };
    let running = Running::start(&options(Some(webhooks))).await;
    for url in [&*url, "not a URL", "http://127.0.0.1:9/"] {
        running.send_job(&json!({ "input": 1, "webhook": url })).await;
    }
    running.clock.advance(SignedDuration::from_mins(2));
    for _ in 0..3 {
        received.recv().await.unwrap();
    }
    assert!(received.try_recv().is_err());
}
