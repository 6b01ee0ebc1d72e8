//! The official Python SDK reads the simulator: an independent client tests it. `tests/sdk/check.py` checks the account.

use std::path::{Path, PathBuf};
use std::time::Duration;

use runpod_simulator::Options;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{KEY, Upstream};

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

/// The output of the SDK for this upstream.
async fn read(upstream: &Upstream) -> Value {
    let home = tempfile::tempdir().unwrap();
    let base = format!("http://{}", upstream.address);
    let mut check = Command::new(python());
    check
        .arg(repository().join("tests/sdk/check.py"))
        // The check must not use a proxy or an account of the environment.
        .env_clear()
        .env("HOME", home.path())
        .env("RUNPOD_API_KEY", KEY)
        .env("RUNPOD_API_BASE_URL", &base)
        .env("RUNPOD_ENDPOINT_BASE_URL", format!("{base}/v2"))
        .kill_on_drop(true);
    let output = timeout(PATIENCE, check.output()).await.unwrap().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}\nIf a module is missing: make tools", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_official_sdk_reads_the_simulated_account() {
    let upstream = Upstream::start(Options { endpoints: 12, pods: 16, ..Options::default() }).await;
    let saw = read(&upstream).await;

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

/// Ensures that no other client made the requests.
#[tokio::test]
async fn the_sdk_has_the_pinned_version() {
    let upstream = Upstream::start(Options::default()).await;
    let saw = read(&upstream).await;
    assert_eq!(saw["version"], pinned(), "run `make tools`");
    let agents = upstream.simulator.traffic().report().user_agents;
    let sdk = format!("RunPod-Python-SDK/{} ", pinned());
    assert!(agents.keys().any(|agent| agent.starts_with(&sdk)), "{agents:?}");
}
