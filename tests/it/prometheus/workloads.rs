//! What runs on pods: Prometheus discovers it with `/sd/pods`, and scrapes it through the proxy of the simulator.

use std::collections::BTreeMap;

use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use serde_json::{Value, json};

use super::server::{Prometheus, until};
use crate::support::{Exporter, Upstream};

/// The job of the exporter, and that of the documentation for what runs on pods.
fn jobs(exporter: &Exporter) -> Value {
    let url = format!("http://{}/sd/pods?port=8000&port=9400", exporter.address);
    let keep =
        |label: &str| json!({"source_labels": [format!("__meta_runpod_{label}")], "target_label": label});
    json!([
        {"job_name": "runpod", "static_configs": [{"targets": [exporter.address.to_string()]}]},
        {
            "job_name": "workloads",
            "http_sd_configs": [{"url": url, "refresh_interval": "1s"}],
            "relabel_configs": [keep("account"), keep("pod_id"), keep("pod_name")],
        },
    ])
}

/// The health of the targets of the pods, by name and port.
async fn targets(prometheus: &Prometheus) -> Option<BTreeMap<String, String>> {
    let targets = prometheus.get("targets", &[("scrapePool", "workloads")]).await?;
    let target = |target: &Value| {
        let (labels, found) = (&target["labels"], &target["discoveredLabels"]);
        let name = format!("{}:{}", labels["pod_name"].as_str()?, found["__meta_runpod_port"].as_str()?);
        Some((name, target["health"].as_str()?.to_owned()))
    };
    targets["activeTargets"].as_array()?.iter().map(target).collect()
}

async fn discovers(prometheus: &Prometheus, expected: &[&str]) {
    let up: BTreeMap<_, _> = expected.iter().map(|name| ((*name).to_owned(), "up".to_owned())).collect();
    until("the targets that are up", async || (targets(prometheus).await? == up).then_some(())).await;
}

#[tokio::test]
async fn prometheus_discovers_and_scrapes_what_runs_on_pods_and_drops_a_pod_that_stops() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let global = json!({"scrape_interval": "1s", "scrape_timeout": "1s"});
    let configuration = json!({"global": global, "scrape_configs": jobs(&exporter)});
    let prometheus = Prometheus::configured(&configuration, None).await;
    discovers(&prometheus, &["train-llm:9400", "sweep-spot:9400", "vllm-dev:8000"]).await;

    // Both sides have the pod in common.
    let joined =
        "vllm:num_requests_running * on (account, pod_id) group_left () runpod_pod_cost_dollars_per_hour";
    until("requests of vLLM beside the cost of the pod", async || prometheus.value(joined).await).await;
    let gpus = "count(DCGM_FI_DEV_GPU_UTIL{pod_name=\"train-llm\"})";
    until("metrics of DCGM", async || (prometheus.value(gpus).await == Some(2.0)).then_some(())).await;

    upstream.simulator.play(vec![Scene::named("stopped-pod").unwrap()]);
    discovers(&prometheus, &["sweep-spot:9400", "vllm-dev:8000"]).await;

    upstream.fault("Pods=bad-gateway");
    until("a scrape without pods", async || {
        let failed = prometheus.value("runpod_collector_success{collector=\"pods\"}").await;
        (failed == Some(0.0)).then_some(())
    })
    .await;
    discovers(&prometheus, &["sweep-spot:9400", "vllm-dev:8000"]).await;
}
