//! `check` on a machine with an exporter.

use std::net::SocketAddr;

use axum::routing::get;
use axum::{Json, Router};
use clock::{Clock as _, SystemClock};
use runpod_simulator::Options;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::command::{Ended, end, listening, reading, sigterm};
use crate::support::{KEY, Upstream, stub};

async fn check(upstream: &Upstream, address: &str, args: &[&str]) -> Ended {
    let mut command = reading(&[&["check", "--duration=0s"], args].concat(), upstream);
    command.env("RUNPOD_EXPORTER_LISTEN", address);
    end(command).await
}

/// A server with the status of an exporter that has watched endpoints with these ids.
async fn exporter(ids: &[String], running_seconds: u64) -> (SocketAddr, JoinSet<()>) {
    let finding = |id: &String| {
        json!({
            "name": "workers_unhealthy", "severity": "warning", "message": "2 workers unhealthy",
            "recommendations": [format!("Check the workers: runpod-exporter logs {id}")]
        })
    };
    let endpoint = |id: &String| json!({ "id": id, "name": format!("name-of-{id}"), "health": "degraded", "findings": [finding(id)] });
    let endpoints: Vec<_> = ids.iter().map(endpoint).collect();
    let account = |name: &str, endpoints: &[Value]| json!({ "account": name, "verdict": "degraded", "taken": SystemClock.now().to_string(), "endpoints": endpoints });
    let status = json!({
        "timestamp": SystemClock.now().to_string(), "running_seconds": running_seconds, "verdict": "unhealthy",
        "accounts": [account("prod", &endpoints), account("other", &[])]
    });
    stub(Router::new().route("/api/v1/status", get(async move || Json(status)))).await
}

#[tokio::test]
async fn an_exporter_on_this_machine_is_read_if_it_has_watched_the_same_account() {
    let options = |seed| Options { endpoints: 2, pods: 1, seed, ..Options::default() };
    let upstream = Upstream::start(options(1)).await;
    let (local, _server) = exporter(&upstream.ids(), 1_200).await;
    let address = local.to_string();
    let source = format!("from the exporter at http://{address}/, which reads the same account");
    let Ended { code, stdout, stderr } = check(&upstream, &address, &[]).await;
    assert!(code == 1 && stdout.contains(&source), "{stdout}{stderr}");
    let history = " and has been running for 20 min; read 0 s ago; --fresh reads Runpod instead";
    assert!(stdout.contains(history), "{stdout}");
    assert!(stdout.contains("Account default") && !stdout.contains("Account other"), "{stdout}");
    // The name of the account is that of the own configuration.
    let name = format!("name-of-{}", upstream.ids()[0]);
    let Ended { stdout, .. } = check(&upstream, &address, &["--account=default", &name]).await;
    assert!(stdout.contains(&source) && stdout.contains(&name), "{stdout}");
    let Ended { stdout, .. } = check(&upstream, &address, &["--fresh"]).await;
    assert!(!stdout.contains(&address), "{stdout}");
    // Another account, under the same name.
    let other = Upstream::start(options(7)).await;
    let Ended { stdout, .. } = check(&other, &address, &[]).await;
    assert!(!stdout.contains(&address) && stdout.contains("Account default"), "{stdout}");
    // Something else that listens there.
    let Ended { stdout, .. } = check(&upstream, &other.address.to_string(), &[]).await;
    assert!(stdout.contains("from one sample") && stdout.contains("Account default"), "{stdout}");
}

/// A command that is pasted reads the configuration of the check, in which the account has another name.
#[tokio::test]
async fn commands_name_the_configured_account() {
    let options = |seed| Options { endpoints: 1, pods: 0, seed, ..Options::default() };
    let (upstream, other) = (Upstream::start(options(1)).await, Upstream::start(options(7)).await);
    let id = upstream.ids().remove(0);
    let (local, _server) = exporter(std::slice::from_ref(&id), 1_200).await;
    let directory = tempfile::tempdir().unwrap();
    let (file, key) = (directory.path().join("two.yml"), directory.path().join("key"));
    std::fs::write(&key, KEY).unwrap();
    let account = |name: &str, Upstream { address, .. }: &Upstream| {
        format!(
            "  - {{name: {name}, api_key_file: {}, graphql_url: 'http://{address}/graphql', jobs_url: 'http://{address}/v2', rest_url: 'http://{address}/rest/v2'}}\n",
            key.display()
        )
    };
    let accounts = [account("live", &upstream), account("test", &other)].concat();
    std::fs::write(&file, format!("accounts:\n{accounts}")).unwrap();
    let config = format!("--config.file={}", file.display());
    let check = async |args: &[&str]| {
        let mut command = crate::command::command(&[&["check", "--duration=0s", &config], args].concat());
        command.env("RUNPOD_EXPORTER_LISTEN", local.to_string());
        end(command).await
    };
    let name = format!("name-of-{id}");
    let Ended { stdout, stderr, .. } = check(&[&name, "--account=live"]).await;
    let logs = format!("runpod-exporter logs {id} --account=live {config}");
    assert!(stdout.lines().any(|line| line.trim() == logs), "{logs}\n{stdout}{stderr}");
    let Ended { stdout, stderr, .. } = check(&["--account=live", "--json"]).await;
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["accounts"][0]["account"], "live", "{stdout}{stderr}");
    // The advised command is accepted: it reads the logs of the endpoint.
    let Ended { code, stderr, .. } =
        end(crate::command::command(&logs.split(' ').skip(1).collect::<Vec<_>>())).await;
    assert_eq!(code, 0, "{stderr}");
}

/// It has seen too little: what counts only after some minutes is not in its status.
#[tokio::test]
async fn an_exporter_that_was_just_started_is_mentioned() {
    let upstream = Upstream::start(Options { endpoints: 2, pods: 1, ..Options::default() }).await;
    let (local, _server) = exporter(&upstream.ids(), 30).await;
    let Ended { stdout, .. } = check(&upstream, &local.to_string(), &[]).await;
    assert!(
        stdout.contains("from one sample") && stdout.contains(&format!("The exporter at http://{local}/")),
        "{stdout}"
    );
    assert!(stdout.contains(&format!("runpod-exporter check --from=http://{local}/\n")), "{stdout}");
    assert!(!stdout.contains("--from=URL"), "{stdout}");
}

/// As a person does who tries the demo: with what it prints.
#[tokio::test]
async fn the_variables_that_the_demo_prints_point_commands_at_it() {
    let upstream = Upstream::start(Options::default()).await;
    let demo = listening(&["demo", "--scene=crash-loop", "--endpoints=2"], &upstream).await;
    let printed = std::fs::read_to_string(demo.stdout.path()).unwrap();
    let exports: Vec<(&str, &str)> =
        printed.lines().filter_map(|line| line.trim().strip_prefix("export ")?.split_once('=')).collect();
    let names: Vec<_> = exports.iter().map(|(name, _)| *name).collect();
    let variables = [
        "RUNPOD_API_KEY",
        "RUNPOD_GRAPHQL_URL",
        "RUNPOD_JOBS_URL",
        "RUNPOD_REST_URL",
        "RUNPOD_EXPORTER_LISTEN",
    ];
    assert_eq!(names, variables, "{printed}");
    let commands: Vec<&str> =
        printed.lines().filter_map(|line| line.trim().strip_prefix("runpod-exporter ")).collect();
    assert_eq!(commands.len(), 2, "{printed}");
    for (line, codes) in commands.into_iter().zip([&[0, 1, 2][..], &[0]]) {
        let mut args: Vec<&str> = line.split(' ').collect();
        if args == ["check"] {
            args.push("--duration=0s");
        }
        let mut command = crate::command::command(&args);
        command.envs(exports.iter().copied());
        let Ended { code, stdout, stderr } = end(command).await;
        assert!(codes.contains(&code), "{line}: {code} {stdout}{stderr}");
        assert!(!stdout.is_empty() && stderr.is_empty(), "{line}: {stdout}{stderr}");
    }
    sigterm(&demo.child).await;
}
