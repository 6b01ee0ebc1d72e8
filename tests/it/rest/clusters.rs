//! Clusters, and their pods, which the list of pods leaves out.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use clock::ManualClock;
use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Filter, Reading};
use runpod_simulator::{Api, Options};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Exporter, Exposition, Upstream, account, stub};

/// The page of an account with these lists.
async fn page(clusters: Value, pods: Value) -> Exposition {
    let (exporter, _server) = exporter(clusters, pods).await;
    exporter.scrape().await
}

/// An exporter of an account with these lists of clusters and pods, whose GraphQL API is retired.
async fn exporter(clusters: Value, pods: Value) -> (Exporter, JoinSet<()>) {
    let answer = |State((clusters, pods)): State<(Value, Value)>, uri: Uri| async move {
        match (uri.path().strip_prefix("/rest/v2/"), uri.query()) {
            (Some("clusters"), None) => clusters.to_string().into_response(),
            (Some("pods"), Some("includeClusterPods=true")) => pods.to_string().into_response(),
            (Some("pods"), None) => json!({ "pods": [] }).to_string().into_response(),
            (Some(_), _) => StatusCode::NOT_FOUND.into_response(),
            (None, _) => StatusCode::GONE.into_response(),
        }
    };
    let (address, server) = stub(Router::new().fallback(answer).with_state((clusters, pods))).await;
    let clock = ManualClock::new("2026-06-30T12:00:00Z".parse().unwrap());
    let collectors = [Collector::Clusters, Collector::Pods].into_iter().collect();
    let reading = Reading { collectors, ..Reading::default() };
    (Exporter::start(Account { reading, ..account(address) }, Arc::new(clock)).await, server)
}

/// A cluster with three pods. Two of them run.
fn cluster() -> Value {
    json!({
        "id": "cluster_abc123",
        "name": "my-training-cluster",
        "type": "RAY",
        "compute": { "gpuTypeId": "NVIDIA H100 80GB HBM3", "gpuCountPerPod": 8, "podCount": 4 },
        "dataCenterId": "US-TX-3",
        "pods": { "total": 3, "byStatus": { "RUNNING": 2, "PROVISIONING": 1 } },
        "network": { "cidr": "10.65.0.0/16" },
        "createdAt": "2026-06-29T20:00:00Z",
    })
}

fn pod(number: u64, status: &str, cost: f64) -> Value {
    let membership =
        json!({ "id": "cluster_abc123", "rank": number, "role": "RAY_WORKER", "ip": "10.65.0.2" });
    json!({ "id": format!("pod_node{number}"), "name": "node", "status": status, "cost": cost, "cluster": membership })
}

fn pods() -> Value {
    let alone = json!({ "id": "alone", "name": "alone", "status": "RUNNING", "cost": 9.0 });
    json!({ "pods": [pod(0, "RUNNING", 20.0), pod(1, "RUNNING", 20.5), pod(2, "PROVISIONING", 0.0), alone] })
}

#[tokio::test]
async fn a_cluster_and_its_pods() {
    let page = page(json!({ "clusters": [cluster()] }), pods()).await;
    insta::assert_snapshot!([page.about("cluster_id"), page.about("runpod_pod_cost")].concat());
}

/// The changes to the cluster and to its pods, and the families that it no longer has.
#[tokio::test]
async fn what_is_not_known_has_no_series() {
    const COST: &str = "runpod_cluster_cost_dollars_per_hour";
    const PODS: &str = "runpod_cluster_pods";
    const SIZE: &str = "runpod_cluster_pods_desired";
    const GPUS: &str = "runpod_cluster_gpus";
    type Change = fn(&mut Value, &mut Value);
    let cases: [(&str, Change, &[&str]); 9] = [
        (
            "one pod is missing in the list",
            |_, pods| drop(pods["pods"].as_array_mut().unwrap().remove(0)),
            &[COST],
        ),
        ("the cost of a pod is text", |_, pods| pods["pods"][1]["cost"] = json!("much"), &[COST]),
        ("there is no list of pods", |_, pods| *pods = json!({}), &[COST]),
        (
            "a number of pods is text",
            |cluster, _| cluster["pods"]["byStatus"]["RUNNING"] = json!("x"),
            &[COST, PODS],
        ),
        (
            "the numbers are not an object",
            |cluster, _| cluster["pods"]["byStatus"] = json!([2]),
            &[COST, PODS],
        ),
        ("the numbers do not add up", |cluster, _| cluster["pods"]["total"] = json!(5), &[COST, PODS]),
        (
            "a negative number of pods",
            |cluster, _| cluster["pods"]["byStatus"]["RUNNING"] = json!(-2),
            &[COST, PODS],
        ),
        (
            "a size that is half a pod",
            |cluster, _| cluster["compute"]["podCount"] = json!(3.5),
            &[SIZE, GPUS],
        ),
        ("no size", |cluster, _| cluster["compute"] = json!(null), &[SIZE, GPUS]),
    ];
    for (name, change, missing) in cases {
        let (mut cluster, mut pods) = (cluster(), pods());
        change(&mut cluster, &mut pods);
        let page = page(json!({ "clusters": [cluster] }), pods).await;
        for family in [COST, PODS, SIZE, GPUS] {
            assert_eq!(
                page.count(family, &[]) > 0,
                !missing.contains(&family),
                "{name}: {family}\n{}",
                page.0
            );
        }
        assert_eq!(page.count("runpod_cluster_info", &[]), 1, "{name}");
    }
}

#[tokio::test]
async fn an_unknown_kind_role_or_status_is_kept_and_counted() {
    let (mut cluster, mut pods) = (cluster(), pods());
    cluster["type"] = json!("MPI");
    cluster["pods"]["byStatus"] = json!({ "RUNNING": 2, "DRAINING": 1 });
    pods["pods"][0]["cluster"]["role"] = json!("MPI_LAUNCHER");
    let page = page(json!({ "clusters": [cluster] }), pods).await;
    assert_eq!(page.count("runpod_cluster_info", &["kind=\"mpi\""]), 1);
    assert_eq!(page.value("runpod_cluster_pods", &["status=\"draining\""]), Some(1.0));
    assert_eq!(page.count("runpod_pod_cluster_info", &["role=\"mpi_launcher\""]), 1);
    for field in ["cluster.type", "cluster.pods.byStatus", "pod.cluster.role"] {
        let label = format!("field=\"{field}\"");
        assert_eq!(page.value("runpod_api_unknown_values_total", &[&label]), Some(1.0), "{field}");
    }
}

/// In the series, in the status, and in the row of the cluster on the page.
#[tokio::test]
async fn a_cluster_that_lacks_pods_is_found() {
    let (exporter, _server) = exporter(json!({ "clusters": [cluster()] }), pods()).await;
    let page = exporter.scrape().await;
    let labels = ["endpoint_id=\"\"", "finding=\"cluster_incomplete\"", "severity=\"info\""];
    assert_eq!(page.value("runpod_finding", &labels), Some(1.0), "{}", page.about("runpod_finding"));
    let since = page.value("runpod_finding_since_timestamp_seconds", &["finding=\"cluster_incomplete\""]);
    assert_eq!(since, Some(1_782_820_800.0));
    let status = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    let findings = status["accounts"][0]["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["name"] == "cluster_incomplete").unwrap();
    assert_eq!(
        (&found["subject"], &found["severity"], &found["impact"]),
        (
            &json!({ "kind": "cluster", "id": "cluster_abc123", "name": "my-training-cluster" }),
            &json!("info"),
            &json!("none")
        )
    );
    let page = exporter.get("/").send().await.unwrap().text().await.unwrap();
    let (_, row) = page.split_once("id=\"c-0-cluster_abc123\"").unwrap();
    let (row, _) = row.split_once("</tbody>").unwrap();
    assert!(row.contains("2 of 4") && row.contains("id=\"f-0-cluster_incomplete-cluster_abc123\""), "{row}");
    assert!(row.contains("only 2 of 4 pods running, 1 provisioning; those that run cost $40.50/h"), "{row}");
    assert!(row.contains("runpod-exporter logs pod_node2"), "{row}");
}

/// A pod whose cluster cannot be read is in neither list. It must not vanish without a word.
#[tokio::test]
async fn a_pod_whose_cluster_has_no_id_is_reported() {
    for id in [json!({}), json!({ "id": null, "rank": 1 }), json!({ "id": ["x"] })] {
        let mut pods = pods();
        pods["pods"][0]["cluster"] = id.clone();
        let page = page(json!({ "clusters": [cluster()] }), pods).await;
        let unknown = page.value("runpod_api_unknown_values_total", &["field=\"pod.cluster.id\""]);
        assert_eq!(unknown, Some(1.0), "{id}");
        assert_eq!(
            page.count("runpod_cluster_cost_dollars_per_hour", &[]),
            0,
            "{id}: the sum would be too low"
        );
    }
}

/// A cluster without pods costs nothing, and the text of 0 is `0`.
#[tokio::test]
async fn a_cluster_without_pods() {
    let mut cluster = cluster();
    cluster["pods"] = json!({ "total": 0, "byStatus": {} });
    let page = page(json!({ "clusters": [cluster] }), json!({ "pods": [] })).await;
    let cost = page.about("runpod_cluster_cost_dollars_per_hour{");
    assert!(cost.ends_with("} 0\n"), "{cost}");
    assert_eq!(page.value("runpod_cluster_pods", &["status=\"running\""]), Some(0.0));
}

/// The simulated account, whose GraphQL API lists no pods of clusters.
async fn simulated(clusters: usize) -> (Upstream, Exporter) {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 2, clusters, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    (upstream, exporter)
}

#[tokio::test]
async fn the_pods_of_clusters_stand_beside_the_others() {
    let (_upstream, exporter) = simulated(2).await;
    let page = exporter.scrape().await;
    assert_eq!(page.count("runpod_cluster_info", &[]), 2);
    assert_eq!(page.count("runpod_pod_cluster_info", &[]), 7);
    assert_eq!(page.count("runpod_pod_info", &[]), 9, "two and seven\n{}", page.about("runpod_pod_info"));
    let of_clusters = page.sum("runpod_cluster_cost_dollars_per_hour", &[]);
    let of_pods = page.sum("runpod_pod_cost_dollars_per_hour", &[]);
    assert!(of_clusters > 0.0 && of_clusters < of_pods, "{of_clusters} of {of_pods}");
    let overview = exporter.get("/").send().await.unwrap().text().await.unwrap();
    assert!(
        overview.contains(" in cluster <bdi>ray-tune</bdi>") && overview.contains("3 of 3"),
        "{overview}"
    );
    let status = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    let cluster = &status["accounts"][0]["clusters"][0];
    assert_eq!(
        (&cluster["kind"], &cluster["pods_running"]),
        (&json!("slurm"), &json!(4.0)),
        "the most expensive"
    );
    let members = status["accounts"][0]["pods"].as_array().unwrap();
    assert_eq!(members.iter().filter(|pod| pod["cluster_id"] == cluster["id"]).count(), 4);
}

/// An account without clusters costs one request a minute, and one with clusters two.
#[tokio::test]
async fn pods_are_requested_only_if_there_are_clusters() {
    for (clusters, lists_of_pods) in [(0, 0), (1, 5)] {
        let (upstream, exporter) = simulated(clusters).await;
        for _ in 0..5 {
            exporter.scrape().await;
            exporter.scrape().await;
            upstream.clock.advance(SignedDuration::from_mins(1));
        }
        let sent = |operation| upstream.simulator.traffic().operation(Api::Rest, operation);
        assert_eq!((sent("clusters"), sent("pods")), (5, lists_of_pods), "{clusters} clusters");
    }
}

/// A list that fails costs only what it would have had.
#[tokio::test]
async fn a_list_that_fails_costs_only_itself() {
    let (upstream, exporter) = simulated(1).await;
    upstream.fault("rest.clusters=bad-gateway");
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_collector_success", &["collector=\"clusters\""]), Some(0.0));
    assert_eq!(page.value("runpod_collector_success", &["collector=\"pods\""]), Some(1.0));
    assert_eq!((page.count("runpod_cluster_info", &[]), page.count("runpod_pod_info", &[])), (0, 2));
    upstream.recover();
    upstream.fault("rest.pods=bad-gateway");
    upstream.clock.advance(SignedDuration::from_mins(1));
    let page = exporter.scrape().await;
    assert_eq!((page.count("runpod_cluster_info", &[]), page.count("runpod_pod_info", &[])), (1, 2));
    assert_eq!(page.count("runpod_cluster_cost_dollars_per_hour", &[]), 0, "no cost of any pod is known");
    let outcomes = ["collector=\"clusters\"", "outcome=\"server_error\""];
    assert_eq!(page.value("runpod_collector_parts", &outcomes), Some(1.0), "{}", page.about("parts"));
}

/// The filter of pods holds for those of clusters, and a cluster costs as much without the collector of pods.
#[tokio::test]
async fn pods_are_chosen_by_name_and_can_be_off() {
    let upstream =
        Upstream::start(Options { endpoints: 1, pods: 2, clusters: 1, ..Options::default() }).await;
    let pods = async |collectors: &[Collector], filter: Filter| {
        let collectors = collectors.iter().copied().collect();
        let reading = Reading { collectors, pods: filter, ..Reading::default() };
        let exporter = Exporter::start(
            Account { reading, ..account(upstream.address) },
            Arc::new(upstream.clock.clone()),
        );
        let page = exporter.await.scrape().await;
        assert_eq!(page.count("runpod_cluster_cost_dollars_per_hour", &[]), 1);
        page.count("runpod_pod_info", &[])
    };
    assert_eq!(pods(&[Collector::Clusters], Filter::default()).await, 0);
    let head = Filter::new(&["ray-tune-0".to_owned()], &[]).unwrap();
    assert_eq!(pods(&[Collector::Clusters, Collector::Pods], head).await, 1);
}
