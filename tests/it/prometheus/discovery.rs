//! Many accounts: Prometheus discovers them with `/sd`, scrapes each with `/probe`, and distributes them with hashmod.

use std::collections::BTreeSet;
use std::sync::Arc;

use clock::ManualClock;
use runpod_exporter::testing::config::Account;
use runpod_simulator::Options;
use serde_json::{Value, json};

use super::server::{Prometheus, until};
use crate::support::{Exporter, Upstream, account, noon};

const ACCOUNTS: [&str; 4] = ["research", "production", "spike", "archive"];

/// An exporter with several accounts that read the same simulated account, so that all names are equal.
async fn exporter(upstream: &Upstream) -> Exporter {
    let named = |name: &&str| Account { name: Arc::from(*name), ..account(upstream.address) };
    Exporter::of(ACCOUNTS.iter().map(named).collect(), Arc::new(ManualClock::new(noon()))).await
}

/// The accounts that this Prometheus scrapes successfully, once there are `count` of them.
async fn scraped(prometheus: &Prometheus, count: usize) -> BTreeSet<String> {
    until("an up of every account", async || {
        let data = prometheus.get("query", &[("query", "runpod_up == 1")]).await?;
        let series = data["result"].as_array().unwrap();
        let account = |series: &Value| series["metric"]["account"].as_str().unwrap().to_owned();
        let accounts: BTreeSet<_> = series.iter().map(account).collect();
        (accounts.len() == count).then_some(accounts)
    })
    .await
}

fn job(exporter: &Exporter, relabel: &Value) -> Value {
    let sd = json!([{"url": format!("http://{}/sd", exporter.address), "refresh_interval": "1s"}]);
    json!({"job_name": "runpod", "http_sd_configs": sd, "relabel_configs": relabel})
}

#[tokio::test]
async fn prometheus_discovers_every_account_separately() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = exporter(&upstream).await;
    let prometheus = Prometheus::with(&job(&exporter, &json!([]))).await;
    assert_eq!(scraped(&prometheus, 4).await, ACCOUNTS.map(str::to_owned).into());
    assert_eq!(prometheus.value("sum(up)").await, Some(4.0), "each has its own up");
    // On a busy machine, the first scrapes may be incomplete.
    until("the queue of every endpoint of every account", async || {
        let queues = prometheus.value("count(runpod_queue_depth)").await;
        (queues == Some(4.0 * 6.0)).then_some(())
    })
    .await;
    let targets = prometheus.get("targets", &[]).await.unwrap();
    for target in targets["activeTargets"].as_array().unwrap() {
        assert_eq!((&target["health"], &target["lastError"]), (&"up".into(), &"".into()));
    }
    assert_eq!(prometheus.complaints(), [""; 0]);
}

/// Two servers with the relabeling of the documentation: each account is scraped by exactly one of them.
#[tokio::test]
async fn accounts_are_distributed_by_hashmod() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = exporter(&upstream).await;
    let shard = |own: &str| {
        json!([
            {"source_labels": ["__param_account"], "modulus": 2, "target_label": "__tmp_shard", "action": "hashmod"},
            {"source_labels": ["__tmp_shard"], "regex": own, "action": "keep"},
        ])
    };
    let zero = Prometheus::with(&job(&exporter, &shard("0"))).await;
    let one = Prometheus::with(&job(&exporter, &shard("1"))).await;
    let targets = async |prometheus: &Prometheus| {
        until("the discovered targets", async || {
            let targets = prometheus.get("targets", &[]).await?;
            let (own, others) = (targets["activeTargets"].as_array()?, targets["droppedTargets"].as_array()?);
            (own.len() + others.len() == 4).then_some(own.len())
        })
        .await
    };
    let (own_of_zero, own_of_one) = (targets(&zero).await, targets(&one).await);
    assert_eq!(own_of_zero + own_of_one, 4);
    let (of_zero, of_one) = (scraped(&zero, own_of_zero).await, scraped(&one, own_of_one).await);
    let all: BTreeSet<_> = of_zero.union(&of_one).cloned().collect();
    assert_eq!(all, ACCOUNTS.map(str::to_owned).into());
    assert!(!of_zero.is_empty() && !of_one.is_empty(), "both servers have accounts");
}

/// A target label of the name that the exporter uses: Prometheus renames the label of the exporter, unless `honor_labels` keeps it.
#[tokio::test]
async fn a_target_label_named_account_renames_that_of_the_exporter_without_honor_labels() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = exporter(&upstream).await;
    let job = |name: &str, honor: bool| {
        let target = json!({"targets": [exporter.address], "labels": {"account": "target", "team": "ml"}});
        json!({"job_name": name, "honor_labels": honor, "static_configs": [target]})
    };
    let global = json!({"scrape_interval": "1s", "scrape_timeout": "1s"});
    let jobs = json!({"global": global, "scrape_configs": [job("renamed", false), job("kept", true)]});
    let prometheus = Prometheus::configured(&jobs, None).await;
    for (query, expected) in [
        ("count(runpod_up{job=\"renamed\",account=\"target\",exported_account=\"spike\",team=\"ml\"})", 1.0),
        ("count(runpod_up{job=\"renamed\",account=\"target\"})", 4.0),
        ("count(runpod_up{job=\"kept\",account=\"spike\",exported_account=\"\",team=\"ml\"})", 1.0),
    ] {
        until(query, async || (prometheus.value(query).await == Some(expected)).then_some(())).await;
    }
}
