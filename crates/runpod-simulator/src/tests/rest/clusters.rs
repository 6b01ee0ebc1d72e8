//! Clusters and their pods, and accounts that are billed afterwards.

use super::*;

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
