//! Bills add up, and equal what was taken from the balance.

use super::*;
use crate::scene::Scene;

/// The bills, and the fields of the complete bill that contain their amounts.
const BILLS: [(&str, &[(&str, &str)]); 5] = [
    (
        "pods",
        &[("gpuAmount", "podGpuAmount"), ("cpuAmount", "podCpuAmount"), ("diskAmount", "podDiskAmount")],
    ),
    (
        "serverless",
        &[
            ("gpuAmount", "serverlessGpuAmount"),
            ("cpuAmount", "serverlessCpuAmount"),
            ("diskAmount", "serverlessDiskAmount"),
            ("feeAmount", "serverlessFeeAmount"),
        ],
    ),
    ("endpoints", &[("totalAmount", "endpointAmount")]),
    (
        "network-volumes",
        &[
            ("standardAmount", "storageStandardAmount"),
            ("highPerformanceAmount", "storageHighPerformanceAmount"),
        ],
    ),
    (
        "clusters",
        &[
            ("gpuAmount", "clusterGpuAmount"),
            ("diskAmount", "clusterDiskAmount"),
            ("networkingAmount", "clusterNetworkingAmount"),
        ],
    ),
];

/// A window that is longer than the age of every resource.
const EVER: &str = "bucketSize=month&lastN=24";

fn dollars(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not an amount"))
}

fn assert_same(one: f64, other: f64, what: &str) {
    assert!((one - other).abs() < 1e-6 * one.abs().max(1.0), "{what}: {one} and {other}");
}

impl Running {
    async fn total(&self, path: &str) -> f64 {
        dollars(&self.json(path).await["metadata"]["totals"]["totalAmount"])
    }
}

#[tokio::test]
async fn parts_records_and_bills_add_up() {
    let running = Running::start(&Options::default()).await;
    running.advance_minutes(95);
    for window in ["", "bucketSize=hour&lastN=3", "bucketSize=week&lastN=5", EVER] {
        let all = running.json(&format!("billing?{window}")).await;
        for (bill, parts) in BILLS {
            let bill = running.json(&format!("billing/{bill}?{window}")).await;
            for (part, name) in parts {
                let totals = [&bill, &all].map(|bill| &bill["metadata"]["totals"]);
                assert_same(dollars(&totals[0][part]), dollars(&totals[1][name]), name);
            }
            assert_eq!(bill["metadata"]["query"]["startTime"], all["metadata"]["query"]["startTime"]);
            adds_up(&bill);
        }
        adds_up(&all);
        assert_eq!(all["metadata"]["recordCount"], json!(array(&all, "records").len()));
    }
}

/// The total of each record is the sum of its amounts, and the totals are the sums of the records.
fn adds_up(bill: &Value) {
    let sum = |amounts: &Value| -> Option<f64> {
        let parts = amounts.as_object().unwrap().iter();
        let parts = parts.filter(|(name, _)| name.ends_with("Amount") && *name != "totalAmount");
        parts.map(|(_, amount)| dollars(amount)).reduce(|one, other| one + other)
    };
    let records = array(bill, "records");
    for amounts in records.iter().chain([&bill["metadata"]["totals"]]) {
        let total = dollars(&amounts["totalAmount"]);
        assert!(total >= 0.0);
        assert_same(total, sum(amounts).unwrap_or(total), "parts");
    }
    for (name, total) in bill["metadata"]["totals"].as_object().unwrap() {
        assert_same(
            dollars(total),
            records.iter().fold(0.0, |sum, record| sum + dollars(&record[name])),
            name,
        );
    }
}

#[tokio::test]
async fn bills_equal_what_the_account_has_paid() {
    let running = Running::start(&Options::default()).await;
    let world = running.simulator.world();
    let before = (running.total(&format!("billing?{EVER}")).await, world.account().paid);
    assert_same(before.0, world.lifetime_spend(), "before the start");
    assert!(before.0 > 100.0, "{before:?}");
    for minutes in [1, 13, 45, 60] {
        running.advance_minutes(minutes);
        let now = (running.total(&format!("billing?{EVER}")).await, world.account().paid);
        assert_same(now.0 - before.0, now.1 - before.1, "since the start");
    }
    world.remove_endpoint(&running.first_endpoint());
    running.advance_minutes(30);
    let now = (running.total(&format!("billing?{EVER}")).await, world.account().paid);
    assert_same(now.0 - before.0, now.1 - before.1, "after the removal of an endpoint");
    let graphql = running.data("{ myself { clientLifetimeSpend } }").await;
    assert_same(dollars(&graphql["myself"]["clientLifetimeSpend"]), now.0, "GraphQL");
}

#[tokio::test]
async fn a_stopped_and_restarted_pod_is_billed_for_its_running_time() {
    let running = Running::start(&Options::default()).await;
    let world = running.simulator.world();
    let (pod, stopped) = (&world.pods()[0], Scene::named("stopped-pod").unwrap());
    let bill = format!("billing/pods?{EVER}&podId={}", pod.id);
    let before =
        (running.json(&bill).await, running.total(&format!("billing?{EVER}")).await, world.account().paid);
    running.advance_minutes(10);
    running.simulator.play(vec![stopped]);
    running.advance_minutes(30);
    running.simulator.play(Vec::new());
    running.advance_minutes(20);
    let gpu = |bill: &Value| dollars(&bill["metadata"]["totals"]["gpuAmount"]);
    assert_same(gpu(&running.json(&bill).await) - gpu(&before.0), pod.price / 2.0, "half of the hour");
    let paid = world.account().paid - before.2;
    assert_same(running.total(&format!("billing?{EVER}")).await - before.1, paid, "all");
}

#[tokio::test]
async fn the_bucket_size_does_not_change_the_sum() {
    let running = Running::start(&Options::default()).await;
    running.advance_minutes(200);
    let window = "startTime=2026-10-01T00:00:00Z&endTime=2026-12-01T00:00:00Z";
    for bill in ["billing", "billing/pods", "billing/serverless", "billing/network-volumes"] {
        let by_month = running.total(&format!("{bill}?{window}&bucketSize=month")).await;
        for size in ["hour", "day"] {
            let cut = running.total(&format!("{bill}?{window}&bucketSize={size}")).await;
            assert_same(cut, by_month, &format!("{bill} by {size}"));
        }
    }
}

#[tokio::test]
async fn a_filter_selects_one_resource() {
    let running = Running::start(&Options::default()).await;
    let world = running.simulator.world();
    let table = [
        ("pods", "podId", world.pods()[0].id.clone(), "uniquePodCount"),
        ("serverless", "serverlessId", running.first_endpoint(), "uniqueServerlessCount"),
        ("network-volumes", "networkVolumeId", world.volumes()[0].id.clone(), "uniqueNetworkVolumeCount"),
    ];
    for (bill, name, id, count) in table {
        let whole = running.json(&format!("billing/{bill}?lastN=3")).await;
        let one = running.json(&format!("billing/{bill}?lastN=3&{name}={id}")).await;
        assert_eq!(one["metadata"][count], json!(1));
        assert_eq!(one["metadata"]["query"][name], json!(id));
        let kept: Vec<&Value> =
            array(&whole, "records").iter().filter(|record| record[name] == json!(id)).collect();
        assert_eq!(array(&one, "records").iter().collect::<Vec<_>>(), kept);
        let none = running.json(&format!("billing/{bill}?lastN=3&{name}=none")).await;
        assert_eq!((&none["records"], &none["metadata"]["totals"]["totalAmount"]), (&json!([]), &json!(0.0)));
    }
    assert!(world.pods().iter().any(|pod| !pod.role.is_running()));
    let pods = running.json("billing/pods?lastN=1&bucketSize=hour").await;
    let stopped = array(&pods, "records").iter().find(|record| {
        let pod = world.pods().iter().find(|pod| record["podId"] == json!(pod.id)).unwrap();
        !pod.role.is_running()
    });
    assert!(dollars(&stopped.unwrap()["diskAmount"]) > 0.0, "the disk of a stopped pod is billed");
    assert_eq!(stopped.unwrap()["gpuAmount"], json!(0.0));
}
