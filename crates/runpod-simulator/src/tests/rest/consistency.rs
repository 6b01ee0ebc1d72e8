//! The three APIs report the same world.

use super::*;

#[tokio::test]
async fn endpoints_equal_those_of_graphql() {
    let running = Running::start(&Options::default()).await;
    let graphql = running
        .data(
            "{ myself { endpoints { id name type workersMin workersMax idleTimeout scalerType scalerValue version
               executionTimeoutMs flashBootType createdAt gpuIds networkVolumeId template { imageName containerDiskInGb } } } }",
        )
        .await;
    let rest = running.json("serverless").await;
    let (theirs, ours) = (array(&graphql["myself"], "endpoints"), array(&rest, "endpoints"));
    assert_eq!(theirs.len(), ours.len());
    for (graphql, rest) in theirs.iter().zip(ours) {
        let scaler = if rest["type"] == "QUEUE" { "queueDelay" } else { "requestCount" };
        let pairs = [
            ("id", &rest["id"]),
            ("name", &rest["name"]),
            ("workersMin", &rest["workers"]["min"]),
            ("workersMax", &rest["workers"]["max"]),
            ("idleTimeout", &rest["workers"]["idleTimeout"]),
            ("scalerType", &rest["scaling"]["type"]),
            ("scalerValue", &rest["scaling"][scaler]),
            ("executionTimeoutMs", &rest["timeout"]),
            ("flashBootType", &rest["flashboot"]),
            ("gpuIds", &rest["gpu"]["pools"][0]),
            ("createdAt", &rest["createdAt"]),
        ];
        for (name, value) in pairs {
            assert_eq!(&graphql[name], value, "{name}");
        }
        assert_eq!(graphql["template"]["imageName"], rest["image"]);
        assert_eq!(graphql["template"]["containerDiskInGb"], rest["disk"]);
        assert_eq!(graphql["networkVolumeId"], *rest["networkVolumes"].get(0).unwrap_or(&Value::Null));
        let id = rest["id"].as_str().unwrap();
        assert_eq!(running.json(&format!("serverless/{id}")).await, *rest);
        let releases = running.json(&format!("serverless/{id}/releases")).await;
        assert_eq!(graphql["version"], releases["endpointVersion"]);
    }
}

#[tokio::test]
async fn workers_equal_those_of_graphql_and_health() {
    let running = Running::start(&Options::default()).await;
    for _ in 0..40 {
        running.advance_minutes(1);
        let graphql = running
            .data("{ myself { endpoints { id pods { id slsVersion desiredStatus lastStartedAt } } } }")
            .await;
        for endpoint in array(&graphql["myself"], "endpoints") {
            let id = endpoint["id"].as_str().unwrap();
            let health = running.health(id).await.json()["workers"].take();
            let rest = running.json(&format!("serverless/{id}/workers")).await;
            let (summary, workers) = (&rest["summary"], array(&rest, "workers"));
            for state in ["running", "initializing", "throttled", "unhealthy"] {
                assert_eq!(summary[state], health[state], "{state}");
            }
            assert!(
                summary["idle"].as_u64() <= health["idle"].as_u64(),
                "health counts those on standby too"
            );
            assert_eq!(summary["total"], json!(workers.len()));
            for worker in workers {
                let pods = array(endpoint, "pods");
                let pod = pods.iter().find(|pod| pod["id"] == worker["id"]).unwrap();
                assert_eq!(pod["slsVersion"], worker["version"]);
                let stale = worker["version"].as_u64() < rest["endpointVersion"].as_u64();
                assert_eq!(worker["isStale"], json!(stale));
                assert_eq!(worker["startedAt"], pod["lastStartedAt"]);
                assert_eq!(worker["startedAt"].is_string(), pod["desiredStatus"] == "RUNNING");
            }
            let releases = running.json(&format!("serverless/{id}/releases")).await;
            let on_latest = workers.iter().filter(|worker| worker["isStale"] == json!(false)).count();
            assert_eq!(releases["rollout"]["workersOnLatest"], json!(on_latest));
            assert_eq!(releases["rollout"]["workersTotal"], summary["total"]);
            assert_eq!(releases["rollout"]["inProgress"], json!(on_latest < workers.len()));
        }
    }
}

/// Past timestamps do not depend on the current time.
#[tokio::test]
async fn past_timestamps_do_not_change() {
    let running = Running::start(&Options::default()).await;
    let workers = format!("serverless/{}/workers", running.first_endpoint());
    let releases = format!("serverless/{}/releases", running.first_endpoint());
    let ask = async || {
        let mut moments = std::collections::BTreeMap::new();
        for (path, list) in
            [("pods", "pods"), ("serverless", "endpoints"), (&workers, "workers"), (&releases, "releases")]
        {
            for item in array(&running.json(path).await, list) {
                let times = ["createdAt", "startedAt"].map(|name| item[name].clone());
                moments.insert(item["id"].to_string(), times);
            }
        }
        moments
    };
    let before = ask().await;
    for milliseconds in [1, 333, 666, 700] {
        running.clock.advance(jiff::SignedDuration::from_millis(milliseconds));
        for (id, times) in ask().await {
            assert!(before.get(&id).is_none_or(|then| *then == times), "{id}: {times:?}");
        }
    }
    assert!(before.len() > 20, "{before:?}");
}

/// A rollout starts soon after the start of the world, and completes.
#[tokio::test]
async fn rollouts_start_and_complete() {
    let running = Running::start(&Options::default()).await;
    let path = format!("serverless/{}/releases", running.first_endpoint());
    let mut shares = Vec::new();
    for _ in 0..12 {
        let releases = running.json(&path).await;
        shares.push((
            releases["endpointVersion"].as_u64().unwrap(),
            releases["rollout"]["percentOnLatest"].clone(),
        ));
        running.advance_minutes(1);
    }
    assert_eq!(shares.first(), Some(&(3, json!(100))));
    assert!(shares.iter().any(|(version, share)| *version == 4 && *share != json!(100)), "{shares:?}");
    assert_eq!(shares.last(), Some(&(4, json!(100))), "{shares:?}");
    let releases = running.json(&path).await;
    let diffs: Vec<&Value> = array(&releases, "releases").iter().map(|release| &release["diff"]).collect();
    assert_eq!(diffs[0], &json!([{ "field": "disk", "old": 20, "new": 30 }]));
    assert_eq!(diffs[3], &json!([]), "the first version has no changes");
    for pair in diffs[..3].windows(2) {
        assert_eq!(pair[0][0]["old"], pair[1][0]["new"]);
    }
}

#[tokio::test]
async fn pods_equal_those_of_graphql() {
    let running = Running::start(&Options::default()).await;
    running.advance_minutes(11);
    let graphql = running
        .data(
            "{ myself { pods { id name desiredStatus imageName gpuCount vcpuCount memoryInGb costPerHr createdAt
               containerDiskInGb machine { gpuTypeId dataCenterId }
               runtime { uptimeInSeconds container { cpuPercent memoryPercent } gpus { gpuUtilPercent memoryUtilPercent } } } } }",
        )
        .await;
    let rest = running.json("pods").await;
    let (theirs, ours) = (array(&graphql["myself"], "pods"), array(&rest, "pods"));
    assert_eq!(theirs.len(), ours.len());
    for (graphql, rest) in theirs.iter().zip(ours) {
        for (name, value) in [
            ("id", &rest["id"]),
            ("name", &rest["name"]),
            ("imageName", &rest["image"]),
            ("containerDiskInGb", &rest["disk"]),
            ("createdAt", &rest["createdAt"]),
        ] {
            assert_eq!(&graphql[name], value, "{name}");
        }
        assert_eq!(graphql["machine"]["gpuTypeId"], rest["gpu"]["id"]);
        assert_eq!(graphql["machine"]["dataCenterId"], rest["dataCenterId"]);
        let status = rest["status"].as_str().unwrap();
        assert_eq!(graphql["desiredStatus"] == "EXITED", status == "EXITED");
        let price = if status == "EXITED" { json!(0.0) } else { graphql["costPerHr"].clone() };
        assert_eq!(rest["cost"], price, "{status}");
        assert_eq!(rest["runtime"].is_object(), status == "RUNNING");
        if status == "RUNNING" {
            let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{rest}"));
            let (theirs, ours) = (&graphql["runtime"], &rest["runtime"]);
            assert_eq!(theirs["uptimeInSeconds"], ours["uptime"]);
            let pairs = [("cpuPercent", "cpu"), ("memoryPercent", "memory")];
            for (graphql, rest) in pairs {
                assert!((number(&theirs["container"][graphql]) - number(&ours[rest]["util"])).abs() < 1e-9);
            }
            for (theirs, ours) in array(theirs, "gpus").iter().zip(array(ours, "gpus")) {
                assert!((number(&theirs["gpuUtilPercent"]) - number(&ours["util"])).abs() < 1e-9);
                assert!((number(&theirs["memoryUtilPercent"]) - number(&ours["memoryUtil"])).abs() < 1e-9);
            }
        }
        let id = rest["id"].as_str().unwrap();
        assert_eq!(running.json(&format!("pods/{id}")).await, *rest);
    }
    let statuses: Vec<&str> = ours.iter().map(|pod| pod["status"].as_str().unwrap()).collect();
    for status in ["RUNNING", "STARTING", "EXITED"] {
        assert!(statuses.contains(&status), "{statuses:?}");
    }
    assert!(ours.iter().any(|pod| pod["cpu"].is_object() && pod.get("gpu").is_none()), "no CPU pod");
}

#[tokio::test]
async fn stock_and_volumes_equal_those_of_graphql() {
    let running = Running::start(&Options::default()).await;
    let graphql = running
        .data(
            "{ gpuTypes { id securePrice lowestPrice(input: {gpuCount: 1, secureCloud: true}) { stockStatus } }
               myself { networkVolumes { id name size dataCenterId } } }",
        )
        .await;
    let rest = running.json("catalog/gpus?include=AVAILABILITY&product=POD").await;
    for (graphql, rest) in array(&graphql, "gpuTypes").iter().zip(array(&rest, "gpus")) {
        assert_eq!(graphql["id"], rest["id"]);
        assert_eq!(graphql["securePrice"], rest["price"]["secure"]);
        let stock = graphql["lowestPrice"]["stockStatus"].as_str().unwrap_or("None").to_uppercase();
        assert_eq!(rest["availability"], json!(stock));
        assert_eq!(rest.get("dataCenters").is_some(), stock != "NONE");
    }
    let centers = running.json("catalog/datacenters?include=GPU_AVAILABILITY").await;
    for center in array(&centers, "dataCenters") {
        for offered in array(center, "gpuAvailability") {
            let gpu = array(&rest, "gpus").iter().find(|gpu| gpu["id"] == offered["id"]).unwrap();
            assert_eq!(gpu["availability"], offered["availability"]);
        }
        assert!(center.get("cpuAvailability").is_none());
    }
    let volumes = running.json("network-volumes").await;
    for (graphql, rest) in
        array(&graphql["myself"], "networkVolumes").iter().zip(array(&volumes, "networkVolumes"))
    {
        for name in ["id", "name", "size"] {
            assert_eq!(graphql[name], rest[name]);
        }
        assert_eq!(graphql["dataCenterId"], rest["dataCenter"]);
    }
}
