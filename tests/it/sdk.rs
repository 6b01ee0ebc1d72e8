//! The official Python SDK reads the simulator: an independent client tests it. `tests/sdk/check.py` checks the account.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clock::SystemClock;
use runpod_simulator::scene::Scene;
use runpod_simulator::{Options, Simulator};
use serde_json::Value;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{KEY, Upstream, bind};

/// Timeout that even a slow machine does not reach.
const PATIENCE: Duration = Duration::from_mins(2);

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn python() -> PathBuf {
    let python = repository().join(".tools/venv/bin/python");
    assert!(python.exists(), "the Python SDK is not installed: run `make tools`");
    python
}

/// The version that the requirements pin.
fn pinned() -> String {
    let requirements = std::fs::read_to_string(repository().join("tests/sdk/requirements.txt")).unwrap();
    let version = requirements.lines().find_map(|line| line.strip_prefix("runpod=="));
    version.unwrap_or_else(|| panic!("no version of the SDK is pinned: {requirements}")).to_owned()
}

/// The output of the SDK for the upstream at this address.
async fn read(address: SocketAddr, variables: &[(&str, &str)]) -> Value {
    let home = tempfile::tempdir().unwrap();
    let base = format!("http://{address}");
    let mut check = Command::new(python());
    check
        .arg(repository().join("tests/sdk/check.py"))
        // The check must not use a proxy or an account of the environment.
        .env_clear()
        .env("HOME", home.path())
        .env("RUNPOD_API_KEY", KEY)
        .env("RUNPOD_API_BASE_URL", &base)
        .env("RUNPOD_ENDPOINT_BASE_URL", format!("{base}/v2"))
        .envs(variables.iter().copied())
        .kill_on_drop(true);
    let output = timeout(PATIENCE, check.output()).await.unwrap().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}\nIf a module is missing: make tools", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_official_sdk_reads_the_simulated_account() {
    let upstream = Upstream::start(Options { endpoints: 12, pods: 16, ..Options::default() }).await;
    let saw = read(upstream.address, &[]).await;

    let world = upstream.simulator.world();
    let pods: Vec<_> = world.pods().iter().map(|pod| pod.id.clone()).collect();
    assert_eq!(saw["endpoints"], Value::from(upstream.ids()));
    assert_eq!(saw["pods"], Value::from(pods));
    assert_eq!(saw["account"], Value::from(world.account_id()));
    assert_eq!(saw["rejects_another_key"], true);
    for endpoint in world.endpoints() {
        let configuration = endpoint.configuration();
        let counts = world.counts(&endpoint);
        let health = &saw["healths"][&configuration.id];
        assert_eq!(health["workers"]["running"], counts.workers.running);
        if !configuration.load_balanced {
            assert_eq!(health["jobs"]["inQueue"], counts.queued);
            assert_eq!(health["jobs"]["completed"], counts.totals.completed);
        }
    }
}

/// The SDK polls in real time, and the simulator runs in it.
#[tokio::test]
async fn the_official_sdk_sends_jobs() {
    let scenes = vec![Scene::named("healthy").unwrap()];
    let options = Options { key: Some(KEY.to_owned()), scenes, ..Options::default() };
    let simulator = Simulator::new(&options, Arc::new(SystemClock));
    let endpoint = simulator.world().endpoints()[0].configuration().id.clone();
    let (listener, address) = bind().await;
    let mut server = JoinSet::new();
    let serving = simulator.clone();
    server.spawn(async move { serving.serve(listener, std::future::pending()).await });
    let saw = read(address, &[("RUNPOD_SEND_JOBS_TO", &endpoint)]).await;
    assert!(saw["job"].is_string(), "{saw}");
    let operations = simulator.traffic().report().jobs.operations;
    for operation in ["run", "runsync", "status", "stream", "cancel", "purge_queue"] {
        assert!(operations.contains_key(operation), "{operation}: {operations:?}");
    }
}

/// Ensures that no other client made the requests.
#[tokio::test]
async fn the_sdk_has_the_pinned_version() {
    let upstream = Upstream::start(Options::default()).await;
    let saw = read(upstream.address, &[]).await;
    assert_eq!(saw["version"], pinned(), "run `make tools`");
    let agents = upstream.simulator.traffic().report().user_agents;
    let sdk = format!("RunPod-Python-SDK/{} ", pinned());
    assert!(agents.keys().any(|agent| agent.starts_with(&sdk)), "{agents:?}");
}
