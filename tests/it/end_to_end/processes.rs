//! The processes of the end-to-end tests: the simulated Runpod, exporters, and the accelerated rules.

use std::net::SocketAddr;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::rules;
use crate::prometheus::server::{free_address, spawn, until};
use crate::support::client;

/// Factor by which durations of rules are shortened: a minute becomes a second.
pub(super) const HASTE: u64 = 60;

/// The exporter's binary, which is also the simulator.
fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
    program.stdout(Stdio::null()).stderr(Stdio::null());
    program
}

/// A simulated account without problems.
pub(super) struct Runpod {
    address: SocketAddr,
    _process: Child,
}

impl Runpod {
    pub(super) async fn start(endpoints: usize) -> Self {
        Self::of(endpoints, 1).await
    }

    /// The account of this seed: others have other endpoints.
    pub(super) async fn of(endpoints: usize, seed: u64) -> Self {
        let address = free_address().await;
        let process = spawn(program().args([
            "simulate",
            "--scene=healthy",
            &format!("--endpoints={endpoints}"),
            "--pods=2",
            &format!("--seed={seed}"),
            &format!("--listen-address={address}"),
        ]));
        let url = format!("http://{address}/simulator/scene");
        until("the simulated Runpod", async || is_up(&url).await).await;
        Self { address, _process: process }
    }

    /// Plays these scenes and ends all others.
    pub(super) async fn play(&self, scenes: &[&str]) {
        let url = format!("http://{}/simulator/scene", self.address);
        let request =
            if scenes.is_empty() { client().delete(url) } else { client().put(url).body(scenes.join("\n")) };
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    }

    /// Starts an exporter of it on this address.
    pub(super) async fn exporter(&self, address: SocketAddr, arguments: &[&str]) -> Child {
        let runpod = self.address;
        let exporter = spawn(
            program()
                .arg(format!("--web.listen-address={address}"))
                .args(arguments)
                .env("RUNPOD_API_KEY", if arguments.is_empty() { "any" } else { "" })
                .env("RUNPOD_GRAPHQL_URL", format!("http://{runpod}/graphql"))
                .env("RUNPOD_JOBS_URL", format!("http://{runpod}/v2"))
                .env("RUNPOD_REST_URL", format!("http://{runpod}/rest/v2")),
        );
        until("the exporter", async || is_up(&format!("http://{address}/-/ready")).await).await;
        exporter
    }
}

/// A directory with the rules, whose durations are shortened by this factor.
pub(super) fn accelerated_rules(haste: u64) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (number, file) in rules::files().iter().enumerate() {
        let file = rules::accelerated(file, haste);
        std::fs::write(directory.path().join(format!("{number}.json")), file.to_string()).unwrap();
    }
    directory
}

/// Whether the URL returns a success status.
async fn is_up(url: &str) -> Option<()> {
    client().get(url).send().await.ok()?.status().is_success().then_some(())
}
