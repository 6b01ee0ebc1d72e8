//! Clusters and their pods, and accounts that are billed afterwards.

use super::*;
use crate::scene::Scene;

async fn with_clusters(clusters: usize) -> Running {
    Running::start(&Options { clusters, ..Options::default() }).await
}

#[tokio::test]
async fn the_pods_of_clusters_are_listed_on_request() {
    let running = with_clusters(2).await;
    let clusters = running.json("clusters").await;
    let whole = running.json("pods?includeClusterPods=true").await;
    let usual = running.json("pods").await;
    let mut members = Vec::new();
    for cluster in array(&clusters, "clusters") {
        let id = cluster["id"].as_str().unwrap();
        assert_eq!(running.json(&format!("clusters/{id}")).await, *cluster);
        let pods = running.json(&format!("clusters/{id}/pods")).await;
        let pods = array(&pods, "pods");
        assert_eq!(cluster["compute"]["podCount"], json!(pods.len()));
        assert_eq!(cluster["pods"], json!({ "total": pods.len(), "byStatus": { "RUNNING": pods.len() } }));
        assert_eq!(cluster["primary"]["podId"], pods[0]["id"]);
        for (rank, pod) in pods.iter().enumerate() {
            assert_eq!((&pod["cluster"]["id"], &pod["cluster"]["rank"]), (&json!(id), &json!(rank)));
            assert_eq!(
                running.json(&format!("pods/{}", pod["id"].as_str().unwrap())).await["name"],
                pod["name"]
            );
        }
        members.extend(pods.iter().map(|pod| pod["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(array(&clusters, "clusters")[0]["type"], "RAY");
    let listed = ids(&usual, "pods").len();
    assert_eq!(ids(&whole, "pods")[listed..], members);
    assert!(array(&usual, "pods").iter().all(|pod| pod.get("cluster").is_none()));
}

/// The cluster, its pods, what they cost, and the bill.
#[tokio::test]
async fn a_pod_that_exits_is_the_same_everywhere() {
    let running = Running::start(&Options { endpoints: 0, pods: 0, clusters: 1, ..Options::default() }).await;
    let spend = || running.simulator.world().account().spend.total();
    let before = spend();
    assert_eq!(running.send("PUT /simulator/scene", "", "incomplete-cluster").await.unwrap().status, 204);
    running.clock.advance(jiff::SignedDuration::from_hours(2));
    let clusters = running.json("clusters").await;
    let cluster = &array(&clusters, "clusters")[0];
    assert_eq!(cluster["pods"], json!({ "total": 3, "byStatus": { "EXITED": 1, "RUNNING": 2 } }));
    assert_eq!(
        (&cluster["compute"]["podCount"], &cluster["primary"]["status"]),
        (&json!(3), &json!("RUNNING"))
    );
    let pods = running.json("pods?includeClusterPods=true").await;
    let members: Vec<_> =
        array(&pods, "pods").iter().filter(|pod| pod["cluster"]["id"] == cluster["id"]).collect();
    let of = |name: &str| members.iter().map(|pod| pod[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("status"), ["RUNNING", "RUNNING", "EXITED"]);
    let costs: Vec<_> = of("cost").iter().map(|cost| cost.as_f64().unwrap()).collect();
    assert!(costs[0] > 0.0 && (costs[1] - costs[0]).abs() < 1e-9 && costs[2] == 0.0, "{costs:?}");
    assert_eq!((&members[2]["runtime"], &members[2]["startedAt"]), (&Value::Null, &Value::Null));
    // But for the disks.
    assert!((before - spend() - costs[0]).abs() < 0.1, "{before} less {} is {}", costs[0], spend());
    let bill = async |hours: u32| {
        let bill = running.json(&format!("billing/clusters?bucketSize=hour&lastN={hours}")).await;
        bill["metadata"]["totals"]["totalAmount"].as_f64().unwrap()
    };
    let hour = bill(2).await - bill(1).await; // the last one is not over
    assert!((hour - costs[0] - costs[1]).abs() < 0.1, "{hour} for an hour at {costs:?}");
}

#[tokio::test]
async fn a_scene_about_a_cluster_needs_one() {
    let play = async |running: &Running| {
        let reply = running.send("PUT /simulator/scene", "", "slow\nincomplete-cluster").await.unwrap();
        (reply.status, reply.text())
    };
    let (status, message) = play(&with_clusters(0).await).await;
    assert_eq!(status, 409, "{message}");
    assert!(message.ends_with("; start the simulator with --clusters 1\n"), "{message}");
    assert_eq!(play(&with_clusters(2).await).await.0, 204);
    // It is there from the start if the scene is.
    let scenes = vec![Scene::named("incomplete-cluster").unwrap()];
    let running = Running::start(&Options { scenes, ..Options::default() }).await;
    let clusters = running.json("clusters").await;
    assert_eq!(array(&clusters, "clusters")[0]["pods"]["byStatus"]["EXITED"], 1);
}

/// An account without clusters is the same as before there were any.
#[tokio::test]
async fn the_bill_contains_the_clusters() {
    let (with, without) = (with_clusters(2).await, with_clusters(0).await);
    for running in [&with, &without] {
        running.clock.advance(jiff::SignedDuration::from_hours(3));
    }
    let amount = async |running: &Running, path: &str| {
        running.json(path).await["metadata"]["totals"]["totalAmount"].as_f64().unwrap()
    };
    let clusters = amount(&with, "billing/clusters?bucketSize=hour&lastN=3").await;
    let all = "billing?bucketSize=hour&lastN=3";
    let difference = amount(&with, all).await - amount(&without, all).await;
    assert!(clusters > 100.0 && (difference - clusters).abs() < 1e-6, "{clusters} {difference}");
    assert_eq!(with.json("pods").await, without.json("pods").await);
    let [with, without] = [&with, &without].map(|running| running.simulator.world().account());
    let (paid, spend) = (with.paid - without.paid, with.spend.total() - without.spend.total());
    assert!((paid - 3.0 * spend).abs() < 1e-6, "{paid} in three hours at {spend}");
}

#[tokio::test]
async fn a_postpaid_account_owes_what_it_has_used() {
    let running = Running::start(&Options { postpaid: true, ..Options::default() }).await;
    running.clock.advance(jiff::SignedDuration::from_hours(2));
    let balance = running.json("billing/balance").await;
    assert_eq!(balance["billingMode"], "POSTPAID");
    let owed = -balance["balanceAmount"].as_f64().unwrap();
    assert!((owed - running.simulator.world().account().paid).abs() < 1e-9 && owed > 1.0, "{owed}");
    let graphql = running.data("{ myself { clientBalance underBalance } }").await;
    assert_eq!(graphql["myself"]["clientBalance"], balance["balanceAmount"]);
    assert_eq!(graphql["myself"]["underBalance"], json!(false));
}
