//! The endpoint of a job: not listed yet, renamed, deleted, or in several accounts.

use std::sync::Arc;

use axum::routing::post;
use axum::{Json, Router};
use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_simulator::Options;
use serde_json::{Value, json};

use super::{about_jobs, completed, read_once, route};
use crate::support::{Exporter, Upstream, account, stub};

async fn report(exporter: &Exporter, endpoint: &str, id: &str) -> u16 {
    exporter.post(&route(endpoint), completed(id, 10, 20).to_string()).await.0
}

const JOBS: &str = "runpod_jobs_observed_total";

#[tokio::test]
async fn an_unknown_endpoint_is_rejected_once_all_are_listed() {
    let (_upstream, exporter) = read_once().await;
    let (status, message) = exporter.post(&route("nobody"), completed("one", 1, 2).to_string()).await;
    assert_eq!(status, 404);
    assert!(message.starts_with("no account has this endpoint, or a filter excludes it"), "{message}");
    assert_eq!(about_jobs(&exporter.scrape().await), "");
}

#[tokio::test]
async fn before_the_first_list_jobs_are_accepted_and_those_of_unknown_endpoints_are_dropped_with_it() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("graphql=bad-gateway");
    upstream.fault("rest=bad-gateway");
    let exporter = upstream.exporter().await;
    let id = upstream.ids().remove(0);
    assert_eq!(report(&exporter, &id, "one").await, 200);
    assert_eq!(report(&exporter, "stranger", "one").await, 200);
    assert_eq!(report(&exporter, "no%20id", "one").await, 404);
    let page = exporter.scrape().await;
    for id in [&*id, "stranger"] {
        let labels = [format!("endpoint_id=\"{id}\""), format!("endpoint_name=\"{id}\"")];
        assert_eq!(page.value(JOBS, &[&labels[0], &labels[1], "account=\"default\""]), Some(1.0), "{id}");
    }
    upstream.simulator.faults().clear();
    let page = exporter.scrape().await;
    assert_eq!(page.value(JOBS, &["endpoint_name=\"llama-3-70b\""]), Some(1.0), "its name is known now");
    assert_eq!(page.count(JOBS, &[]), 1, "no account has the other");
    assert_eq!(report(&exporter, "stranger", "two").await, 404);
}

#[tokio::test]
async fn the_number_of_unlisted_endpoints_is_bounded() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("graphql=bad-gateway");
    let exporter = upstream.exporter().await;
    let batch = |from: usize, to: usize| {
        let entry = |n| json!({"endpoint_id": format!("e{n}"), "status": "COMPLETED", "latency_ms": 1});
        (from..to).map(entry).collect::<Value>().to_string()
    };
    let (status, message) = exporter.post("/api/v1/jobs", batch(0, 1_025)).await;
    assert_eq!(status, 503);
    assert!(message.starts_with("element 1025: the endpoints have not been read yet"), "{message}");
    assert_eq!(exporter.post("/api/v1/jobs", batch(0, 1_024)).await.0, 200);
    assert_eq!(report(&exporter, "e7", "one").await, 200, "a stored endpoint is accepted again");
    assert_eq!(report(&exporter, "one-more", "one").await, 503);
    assert_eq!(exporter.scrape().await.count("runpod_request_latency_seconds_count", &[]), 1_024);
}

#[tokio::test]
async fn the_jobs_of_a_deleted_endpoint_are_removed_after_an_hour() {
    let (upstream, exporter) = read_once().await;
    let ids = upstream.ids();
    for id in &ids[..2] {
        report(&exporter, id, "one").await;
    }
    assert!(upstream.simulator.world().remove_endpoint(&ids[0]));
    let gone = format!("endpoint_id=\"{}\"", ids[0]);
    assert_eq!(exporter.scrape().await.count(JOBS, &[&gone]), 1);
    assert_eq!(report(&exporter, &ids[0], "late").await, 200, "its last jobs may be reported late");
    upstream.clock.advance(SignedDuration::from_secs(3_599));
    assert_eq!(exporter.scrape().await.value(JOBS, &[&gone]), Some(2.0));
    upstream.clock.advance(SignedDuration::from_secs(1));
    // During an outage, no endpoint counts as deleted.
    upstream.fault("graphql=bad-gateway");
    assert_eq!(exporter.scrape().await.count(JOBS, &[]), 2);
    upstream.simulator.faults().clear();
    let page = exporter.scrape().await;
    assert_eq!(page.about(&gone), "");
    assert_eq!(page.count(JOBS, &[]), 1, "the other one stays");
    assert_eq!(report(&exporter, &ids[0], "very late").await, 404);
}

/// An endpoint that is renamed.
#[tokio::test]
async fn a_renamed_endpoint_is_one_series_under_its_new_name() {
    let name = Arc::new(std::sync::Mutex::new("before"));
    let answer = {
        let name = Arc::clone(&name);
        move |body: String| async move {
            let endpoint = json!({"id": "e1", "name": *name.lock().unwrap()});
            let myself =
                if body.contains("query Endpoints") { json!({"endpoints": [endpoint]}) } else { json!({}) };
            Json(json!({"data": {"myself": myself}}))
        }
    };
    let (address, _server) = stub(Router::new().route("/graphql", post(answer))).await;
    let clock = Arc::new(clock::ManualClock::new(crate::support::noon()));
    let exporter = Exporter::start(account(address), clock).await;
    exporter.scrape().await;
    assert_eq!(report(&exporter, "e1", "one").await, 200);
    assert_eq!(exporter.scrape().await.value(JOBS, &["endpoint_name=\"before\""]), Some(1.0));
    *name.lock().unwrap() = "after";
    assert_eq!(report(&exporter, "e1", "two").await, 200);
    let page = exporter.scrape().await;
    assert_eq!(page.count(JOBS, &[]), 1);
    assert_eq!(page.value(JOBS, &["endpoint_name=\"after\""]), Some(2.0));
}

#[tokio::test]
async fn a_job_belongs_to_the_account_that_has_its_endpoint() {
    let one = Upstream::start(Options { seed: 1, ..Options::default() }).await;
    let two = Upstream::start(Options { seed: 2, ..Options::default() }).await;
    two.fault("graphql=bad-gateway");
    two.fault("rest=bad-gateway");
    let named =
        |name: &str, upstream: &Upstream| Account { name: Arc::from(name), ..account(upstream.address) };
    let accounts = vec![named("one", &one), named("two", &two)];
    let exporter = Exporter::of(accounts, Arc::new(one.clock.clone())).await;
    exporter.scrape().await;
    let (ours, theirs) = (&one.ids()[0], &two.ids()[0]);
    assert_eq!(report(&exporter, ours, "one").await, 200);
    assert_eq!(report(&exporter, theirs, "one").await, 200, "the second account may have it");
    let page = exporter.scrape().await;
    assert_eq!(page.count(JOBS, &["account=\"one\""]), 1);
    assert_eq!(page.count(JOBS, &[]), 1, "the other waits until its account is known");
    two.simulator.faults().clear();
    let page = exporter.scrape().await;
    assert_eq!(page.value(JOBS, &["account=\"two\"", &format!("endpoint_id=\"{theirs}\"")]), Some(1.0));
    assert_eq!(report(&exporter, "nobody", "one").await, 404);
    for (account, id) in [("one", ours), ("two", theirs)] {
        let text =
            exporter.get(&format!("/probe?account={account}")).send().await.unwrap().text().await.unwrap();
        let page = crate::support::Exposition::new(text);
        assert_eq!(page.count(JOBS, &[]), 1, "{account}");
        assert_eq!(
            page.count("runpod_request_latency_seconds_count", &[&format!("endpoint_id=\"{id}\"")]),
            1
        );
    }
}
