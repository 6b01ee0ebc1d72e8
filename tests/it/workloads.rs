//! `/sd/pods` over HTTP: what it answers before, during and after scrapes of an account.

use std::sync::Arc;

use clock::ManualClock;
use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::scene::Scene;
use runpod_simulator::{Options, Shape};
use serde_json::Value;

use crate::support::{Exporter, Upstream, account, noon};

const VLLM: &str = "/sd/pods?port=8000";

/// Status and text of an answer.
async fn get(exporter: &Exporter, path: &str) -> (u16, String) {
    let response = exporter.get(path).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// The names and ports of the targets, in their order.
async fn targets(exporter: &Exporter, path: &str) -> Vec<String> {
    let (status, text) = get(exporter, path).await;
    assert_eq!(status, 200, "{path}: {text}");
    let targets: Vec<Value> = serde_json::from_str(&text).unwrap();
    let name = |target: &Value| {
        let label =
            |name: &str| target["labels"][format!("__meta_runpod_{name}")].as_str().unwrap().to_owned();
        format!("{}/{}:{}", label("account"), label("pod_name"), label("port"))
    };
    let mut names: Vec<_> = targets.iter().map(name).collect();
    names.sort();
    names
}

/// An answer that is an error of one line.
async fn refused(exporter: &Exporter, path: &str, status: u16, beginning: &str) {
    let (answered, text) = get(exporter, path).await;
    assert_eq!(answered, status, "{path}: {text}");
    assert!(text.starts_with(beginning), "{path}: {text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[tokio::test]
async fn targets_come_from_the_last_scrape() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    refused(&exporter, VLLM, 503, "account \"default\" was not scraped yet").await;
    exporter.scrape().await;
    let requests = upstream.simulator.traffic().report();
    assert_eq!(targets(&exporter, VLLM).await, ["default/vllm-dev:8000"]);
    assert_eq!(
        targets(&exporter, "/sd/pods?port=9400&port=8000").await,
        ["default/sweep-spot:9400", "default/train-llm:9400", "default/vllm-dev:8000"]
    );
    assert_eq!(targets(&exporter, "/sd/pods?port=22").await.len(), 5, "running pods with a runtime, by TCP");
    assert_eq!(upstream.simulator.traffic().report(), requests, "no request to Runpod");
}

#[tokio::test]
async fn the_target_of_a_pod_leads_to_its_metrics() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let response = exporter.get(VLLM).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let targets: Vec<Value> = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let label = |name: &str| targets[0]["labels"][name].as_str().unwrap();
    let address = targets[0]["targets"][0].as_str().unwrap();
    let url = format!("{}://{address}{}", label("__scheme__"), label("__metrics_path__"));
    let page = crate::support::client().get(url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("vllm:num_requests_running{model_name="));
}

#[tokio::test]
async fn a_pod_that_stops_is_no_target_after_the_next_scrape() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    assert_eq!(targets(&exporter, "/sd/pods?port=9400&name=train-llm").await, ["default/train-llm:9400"]);
    upstream.simulator.play(vec![Scene::named("stopped-pod").unwrap()]);
    exporter.scrape().await;
    assert_eq!(targets(&exporter, "/sd/pods?port=9400&name=train-llm").await, [""; 0]);
}

/// An API that fails, and one that is too old.
#[tokio::test]
async fn the_last_known_pods_outlast_a_failure_and_not_the_end_of_scrapes() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    upstream.fault("Pods=bad-gateway");
    exporter.scrape().await;
    refused(&exporter, VLLM, 503, "the pods of account \"default\" could not be read yet: ").await;
    upstream.recover();
    exporter.scrape().await;
    upstream.fault("Pods=bad-gateway");
    exporter.scrape().await;
    assert_eq!(targets(&exporter, VLLM).await, ["default/vllm-dev:8000"]);
    upstream.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(targets(&exporter, VLLM).await, ["default/vllm-dev:8000"]);
    upstream.clock.advance(SignedDuration::from_mins(1));
    refused(&exporter, VLLM, 503, "the last scrape of account \"default\" was 11 minutes ago").await;
}

/// GraphQL may return data and errors together. A pod that such a list lost still runs, and one that it shows as stopped does not.
#[tokio::test]
async fn an_incomplete_list_removes_only_what_it_knows_to_be_stopped() {
    let upstream = Upstream::start(Options { pods: 16, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let all = "/sd/pods?port=8000&port=9400";
    let complete = targets(&exporter, all).await;
    assert_eq!(complete.len(), 6);
    upstream.fault("Pods=partial-errors");
    upstream.simulator.play(vec![Scene::named("stopped-pod").unwrap()]);
    let page = exporter.scrape().await;
    assert!(page.count("runpod_pod_info", &[]) < 16, "the list is incomplete");
    let stopped = "default/train-llm:9400";
    let remaining: Vec<_> = complete.iter().filter(|name| *name != stopped).cloned().collect();
    assert_eq!(targets(&exporter, all).await, remaining);
    exporter.scrape().await;
    assert_eq!(targets(&exporter, all).await, remaining);
    upstream.recover();
    exporter.scrape().await;
    assert_eq!(targets(&exporter, all).await, remaining);
}

/// Pods of clusters are read separately, so that each of the two lists may fail.
#[tokio::test]
async fn pods_of_clusters_are_targets_and_outlast_a_failure_of_their_list() {
    let upstream = Upstream::start(Options { clusters: 1, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let dcgm = "/sd/pods?port=9400";
    let complete = targets(&exporter, dcgm).await;
    assert_eq!(complete.len(), 5, "two pods, and three of the cluster: {complete:?}");
    let text = get(&exporter, dcgm).await.1;
    assert_eq!(text.matches("__meta_runpod_cluster_id").count(), 3, "{text}");

    upstream.fault("rest=bad-gateway");
    upstream.simulator.play(vec![Scene::named("stopped-pod").unwrap()]);
    // Cached data of the cluster is too old by then.
    upstream.clock.advance(SignedDuration::from_hours(2));
    let page = exporter.scrape().await;
    assert_eq!(page.count("runpod_pod_cluster_info", &[]), 0, "the list of the cluster failed");
    let remaining: Vec<_> =
        complete.iter().filter(|name| *name != "default/train-llm:9400").cloned().collect();
    assert_eq!(targets(&exporter, dcgm).await, remaining);
}

#[tokio::test]
async fn scrapes_without_pods_say_nothing_about_them() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    get(&exporter, "/probe?account=default&collect[]=account").await;
    refused(&exporter, VLLM, 503, "account \"default\" was not scraped yet").await;
    get(&exporter, "/probe?account=default&collect[]=pods").await;
    assert_eq!(targets(&exporter, VLLM).await, ["default/vllm-dev:8000"]);
    get(&exporter, "/probe?account=default&collect[]=account").await;
    assert_eq!(targets(&exporter, VLLM).await, ["default/vllm-dev:8000"]);
}

/// Both shapes of GraphQL, and REST alone.
#[tokio::test]
async fn every_source_has_the_ports() {
    for (shape, fault) in
        [(Shape::Live, None), (Shape::Documented, None), (Shape::Live, Some("graphql=gone"))]
    {
        let upstream = Upstream::start(Options { shape, ..Options::default() }).await;
        if let Some(fault) = fault {
            upstream.fault(fault);
        }
        let exporter = upstream.exporter().await;
        exporter.scrape().await;
        assert_eq!(targets(&exporter, VLLM).await, ["default/vllm-dev:8000"], "{shape:?} {fault:?}");
        assert_eq!(
            targets(&exporter, "/sd/pods?port=22&name=etl").await,
            ["default/etl:22"],
            "{shape:?} {fault:?}"
        );
    }
}

#[tokio::test]
async fn an_account_costs_only_itself() {
    let (one, other) = (Upstream::start(Options::default()).await, Upstream::start(Options::default()).await);
    let named =
        |name: &str, upstream: &Upstream| Account { name: Arc::from(name), ..account(upstream.address) };
    let without_pods =
        Reading { collectors: [Collector::Account].into_iter().collect(), ..Reading::default() };
    let disabled = Account { reading: without_pods, ..named("disabled", &one) };
    let accounts = vec![named("one", &one), named("other", &other), disabled];
    let exporter = Exporter::of(accounts, Arc::new(ManualClock::new(noon()))).await;

    other.fault("graphql=unauthorized");
    other.fault("rest=unauthorized");
    exporter.scrape().await;
    assert_eq!(
        targets(&exporter, VLLM).await,
        ["one/vllm-dev:8000"],
        "a rejected key, and no pods collector"
    );
    refused(&exporter, "/sd/pods?port=8000&account=other", 503, "the pods of account \"other\" could not")
        .await;
    refused(
        &exporter,
        "/sd/pods?port=8000&account=disabled",
        404,
        "the pods of account \"disabled\" are not",
    )
    .await;
    refused(&exporter, "/sd/pods?port=8000&account=x", 404, "unknown account \"x\"").await;
    assert_eq!(targets(&exporter, "/sd/pods?port=8000&account=one").await, ["one/vllm-dev:8000"]);

    // Not rejected: its pods exist, so that a list without them would remove targets.
    other.simulator.faults().clear();
    other.fault("graphql=bad-gateway");
    exporter.scrape().await;
    refused(&exporter, VLLM, 503, "the pods of account \"other\" could not").await;
}

#[tokio::test]
async fn a_wrong_parameter_is_refused_before_anything_else() {
    let exporter = Upstream::start(Options::default()).await.exporter().await;
    refused(&exporter, "/sd/pods", 400, "missing ?port=N").await;
    refused(&exporter, "/sd/pods?port=http", 400, "invalid port \"http\"").await;
    refused(&exporter, "/sd/pods?port=1&name=(", 400, "invalid pattern in name=").await;
    refused(&exporter, "/sd/pods?port=1&pod=a", 400, "unknown parameter \"pod\"").await;
}
