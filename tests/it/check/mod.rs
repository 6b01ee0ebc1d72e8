//! The command `check`: output and exit codes.

mod cold;
mod local;
mod remote;
mod scenes;

use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use serde_json::Value;

use crate::command::{Ended, command, end, reading};
use crate::support::{KEY, Upstream};

async fn check(upstream: &Upstream, args: &[&str]) -> Ended {
    let mut command = command(&[&["check", "--fresh", "--duration=0s"], args].concat());
    command.env("RUNPOD_API_KEY", KEY);
    command.env("RUNPOD_GRAPHQL_URL", format!("http://{}/graphql", upstream.address));
    command.env("RUNPOD_JOBS_URL", format!("http://{}/v2", upstream.address));
    command.env("RUNPOD_REST_URL", format!("http://{}/rest/v2", upstream.address));
    end(command).await
}

/// One endpoint with typical load.
async fn steady() -> Upstream {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 0, ..Options::default() }).await;
    upstream.clock.advance(jiff::SignedDuration::from_mins(30));
    upstream
}

#[tokio::test]
async fn a_healthy_account() {
    let Ended { code, stdout, stderr } = check(&steady().await, &[]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    insta::assert_snapshot!(stdout);
}

#[tokio::test]
async fn a_healthy_account_of_any_size() {
    for [endpoints, pods, clusters, machines] in
        [[6, 8, 0, 0], [6, 8, 2, 0], [0, 0, 4, 3], [20, 0, 0, 0], [0, 40, 1, 0]]
    {
        let scenes = vec![Scene::named("healthy").unwrap()];
        let options = Options { endpoints, pods, clusters, machines, scenes, ..Options::default() };
        let upstream = Upstream::start(options).await;
        upstream.clock.advance(jiff::SignedDuration::from_mins(30));
        let Ended { code, stdout, stderr } = check(&upstream, &[]).await;
        assert_eq!((code, scenes::causes(&stdout)), (0, Vec::new()), "{stdout}{stderr}");
        assert!(!stdout.contains("with findings") && stdout.starts_with("HEALTHY: "), "{stdout}");
    }
}

#[tokio::test]
async fn a_degraded_account() {
    let upstream = steady().await;
    upstream.simulator.play(vec![Scene::named("low-balance").unwrap()]);
    let Ended { code, stdout, stderr } = check(&upstream, &["llama-3-70b"]).await;
    assert_eq!(code, 1, "{stdout}{stderr}");
    insta::assert_snapshot!(stdout);
}

#[tokio::test]
async fn an_unhealthy_account_as_text_and_json() {
    let upstream = steady().await;
    upstream.fault("jobs=forbidden");
    let Ended { code, stdout, stderr } = check(&upstream, &[]).await;
    assert_eq!(code, 2, "{stdout}{stderr}");
    insta::assert_snapshot!(stdout.replace(&upstream.address.to_string(), "upstream"));
    let Ended { code, stdout, .. } = check(&upstream, &["--json", "--account=default"]).await;
    assert_eq!(code, 2, "{stdout}");
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["verdict"], "unhealthy");
    let endpoint = &json["accounts"][0]["endpoints"][0];
    assert_eq!((&endpoint["health"], &endpoint["name"]), (&Value::Null, &"llama-3-70b".into()));
    let finding = &endpoint["findings"][0];
    assert_eq!(finding["name"], "endpoint_unreadable");
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["subject"]["kind"], "endpoint");
    assert_eq!(finding["runbook"], "docs/runbooks/RunpodEndpointUnreadable.md");
}

#[tokio::test]
async fn an_unknown_account() {
    let upstream = steady().await;
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let Ended { code, stdout, stderr } = check(&upstream, &[]).await;
    assert_eq!(code, 3, "{stdout}{stderr}");
    insta::assert_snapshot!(stdout.replace(&upstream.address.to_string(), "upstream"));
}

/// Without a finding that says why, there is a page about what can be the reason.
#[tokio::test]
async fn an_account_that_does_not_answer_has_a_runbook() {
    let upstream = steady().await;
    upstream.fault("graphql=bad-gateway");
    upstream.fault("rest=bad-gateway");
    let Ended { code, stdout, stderr } = check(&upstream, &[]).await;
    assert_eq!(code, 3, "{stdout}{stderr}");
    assert!(stdout.contains("  runbook: runpod-exporter runbook RunpodAccountDown\n"), "{stdout}");
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let page = exporter.get("/").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("href=\"docs/runbooks/RunpodAccountDown.md\""), "{page}");
    upstream.simulator.faults().clear();
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let Ended { stdout, .. } = check(&upstream, &[]).await;
    assert!(!stdout.contains("RunpodAccountDown"), "the finding has its own: {stdout}");
}

/// The commands that are advised show the cause.
#[tokio::test]
async fn the_advised_command_prints_the_errors() {
    for (scene, text) in [
        ("crash-loop", "ModuleNotFoundError: No module named"),
        ("unhealthy-workers", "worker exited with exit code 137"),
        ("failing-handler", "CUDA out of memory"),
    ] {
        let scene = Scene::named(scene).unwrap();
        let options = Options { endpoints: 1, pods: 0, scenes: vec![scene], ..Options::default() };
        let upstream = Upstream::start(options).await;
        upstream.clock.advance(jiff::SignedDuration::from_mins(5));
        let exporter = upstream.exporter().await;
        for _ in 0..8 {
            exporter.scrape().await;
            upstream.clock.advance(jiff::SignedDuration::from_secs(15));
        }
        let from = format!("--from=http://{}", exporter.address);
        let Ended { stdout, .. } = end(command(&["check", &from])).await;
        let advised = stdout.lines().find_map(|line| line.trim().strip_prefix("runpod-exporter logs "));
        let args: Vec<&str> = std::iter::once("logs").chain(advised.unwrap().split(' ')).collect();
        assert_eq!(args[2..], ["--level=error"], "{}: {stdout}", scene.name);
        let Ended { code, stdout, stderr } = end(reading(&args, &upstream)).await;
        assert!(code == 0 && stdout.contains(text), "{}: {stdout}{stderr}", scene.name);
    }
}

/// `/ready` of an exporter that has just started, and `check`.
#[tokio::test]
async fn readiness_and_check_agree() {
    for (faults, answers) in [
        (&[][..], true),
        (&["graphql=unauthorized", "rest=unauthorized"], false),
        (&["graphql=gone"], true),
        (&["graphql=bad-gateway", "rest=bad-gateway"], false),
        (&["jobs=forbidden"], true),
        (&["Endpoints=garbage", "rest.endpoints=garbage"], true),
    ] {
        let upstream = steady().await;
        for fault in faults {
            upstream.fault(fault);
        }
        let Ended { code, stdout, stderr } = check(&upstream, &[]).await;
        assert_eq!(code != 3, answers, "{faults:?}: {code} {stdout}{stderr}");
        let exporter = upstream.exporter().await;
        exporter.scrape().await;
        let ready = exporter.get("/ready").send().await.unwrap();
        assert_eq!(ready.status() == 200, answers, "{faults:?}");
        // With the same errors.
        let ready = ready.text().await.unwrap();
        for error in stdout
            .lines()
            .filter_map(|line| line.trim().strip_prefix("cannot read "))
            .take_while(|_| !answers)
        {
            let (_, reason) = error.split_once(": ").unwrap();
            let reason = reason.split(" (graphql at ").next().unwrap();
            assert!(ready.contains(reason), "{faults:?}: {reason}: {ready}");
        }
    }
}

#[tokio::test]
async fn a_check_of_an_endpoint_does_not_report_pods() {
    let upstream = Upstream::start(Options::default()).await;
    let all = check(&upstream, &[]).await.stdout;
    assert!(all.contains("pod_stopped_with_volume"), "{all}");
    let one = check(&upstream, &["embeddings-bge"]).await.stdout;
    assert!(one.contains("embeddings-bge") && !one.contains("pod_stopped_with_volume"), "{one}");
}

#[tokio::test]
async fn without_a_list_the_account_is_unhealthy_and_an_endpoint_is_unknown() {
    let upstream = steady().await;
    upstream.fault("Endpoints=garbage");
    upstream.fault("rest.endpoints=garbage");
    assert_eq!(check(&upstream, &[]).await.code, 2);
    let Ended { code, stdout, .. } = check(&upstream, &["llama-3-70b"]).await;
    assert_eq!(code, 3, "{stdout}");
    assert!(stdout.contains("cannot read endpoints"), "{stdout}");
}

#[tokio::test]
async fn an_unknown_name_is_reported_in_one_line() {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 1, ..Options::default() }).await;
    let Ended { code, stdout, stderr } = check(&upstream, &["lama"]).await;
    assert_eq!((code, stdout.as_str()), (64, ""));
    assert_eq!(
        stderr,
        "runpod-exporter: no endpoint, pod or cluster with the name or id \"lama\"; did you mean llama-3-70b?\n"
    );
    let Ended { code, stderr, .. } = check(&upstream, &["xyzzy"]).await;
    assert_eq!(code, 64);
    assert!(stderr.contains("; known: llama-3-70b, train-llm"), "{stderr}");
    let Ended { code, stderr, .. } = check(&upstream, &["--account=defualt"]).await;
    assert_eq!(code, 64);
    assert!(stderr.contains("unknown account \"defualt\"; did you mean default?"), "{stderr}");
    for args in [&["check"][..], &["check", "--duration=soon"], &["check", "--config.file=/nowhere"]] {
        let Ended { code, stderr, .. } = end(command(args)).await;
        assert_eq!(code, 64, "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count().min(2), if args.len() == 1 { 2 } else { 1 }, "{stderr}");
    }
}

#[tokio::test]
async fn pods_are_named_too() {
    let upstream = Upstream::start(Options { endpoints: 1, ..Options::default() }).await;
    let pod = upstream.simulator.world().pods()[0].clone();
    for name in [&pod.name, &pod.id] {
        let Ended { code, stdout, stderr } = check(&upstream, &[name]).await;
        assert_eq!(code, 0, "{stdout}{stderr}");
        assert!(stdout.contains(&format!("pod {} {}: running", pod.name, pod.id)), "{stdout}");
        assert!(!stdout.contains("llama-3-70b"), "{stdout}");
    }
}

#[tokio::test]
async fn clusters_are_named_too() {
    let scenes = vec![Scene::named("incomplete-cluster").unwrap()];
    let options = Options { endpoints: 1, pods: 1, clusters: 2, scenes, ..Options::default() };
    let upstream = Upstream::start(options).await;
    let all = check(&upstream, &[]).await.stdout;
    assert!(all.starts_with("HEALTHY: 1 cluster with findings; "), "{all}");
    assert!(!all.contains("slurm-lab"), "a cluster without findings: {all}");
    let one = check(&upstream, &["ray-tune"]).await;
    assert!(
        one.stdout.contains("cluster ray-tune ") && one.stdout.contains("cluster_incomplete"),
        "{}",
        one.stdout
    );
    let (_, advised) = one.stdout.split_once("runpod-exporter logs ").unwrap();
    let pod = advised.split_whitespace().next().unwrap();
    assert!(check(&upstream, &[pod]).await.stdout.contains("pod ray-tune-2"), "{}", one.stdout);
    for name in ["slurm-lab", "llama-3-70b", "train-llm"] {
        let Ended { code, stdout, stderr } = check(&upstream, &[name]).await;
        assert_eq!(code, 0, "{stdout}{stderr}");
        assert!(stdout.contains(name) && !stdout.contains("cluster_incomplete"), "{stdout}");
    }
    let Ended { code, stderr, .. } = check(&upstream, &["ray-tun"]).await;
    assert!(code == 64 && stderr.contains("did you mean ray-tune, "), "{stderr}");
}

/// One line each, however many collectors need a request, and nothing of the log.
#[tokio::test]
async fn a_failure_is_one_line_and_the_log_is_quiet() {
    let upstream = steady().await;
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let Ended { stdout, stderr, .. } = check(&upstream, &[]).await;
    assert_eq!(stderr, "");
    assert_eq!(stdout.matches("API key rejected (401); check the API key").count(), 1, "{stdout}");
    assert_eq!(stdout.matches("cannot read").count(), 1, "{stdout}");
}

/// A command that is pasted reaches what the check has read.
#[tokio::test]
async fn commands_name_the_configuration() {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 0, ..Options::default() }).await;
    upstream.simulator.play(vec![Scene::named("crash-loop").unwrap()]);
    upstream.clock.advance(jiff::SignedDuration::from_mins(5));
    let id = upstream.ids().remove(0);
    let url = format!("--runpod.rest-url=http://{}/rest/v2", upstream.address);
    let mut command = reading(&["check", "--fresh", "--duration=0s", &url], &upstream);
    command.env_remove("RUNPOD_REST_URL");
    let Ended { code, stdout, stderr } = end(command).await;
    assert_eq!(code, 2, "{stdout}{stderr}");
    let logs = format!("runpod-exporter logs {id} --level=error {url}");
    assert_eq!(stdout.lines().filter(|line| line.trim() == logs).count(), 1, "{logs}\n{stdout}");
    let directory = tempfile::tempdir().unwrap();
    let (file, key) = (directory.path().join("my runpod.yml"), directory.path().join("key"));
    std::fs::write(&key, KEY).unwrap();
    let account = |name: &str| format!("  - {{name: {name}, api_key_file: {}}}\n", key.display());
    std::fs::write(&file, format!("accounts:\n{}{}", account("one"), account("two"))).unwrap();
    let config = format!("--config.file={}", file.display());
    let mut command = reading(&["check", "--fresh", "--duration=0s", &config], &upstream);
    command.env_remove("RUNPOD_API_KEY");
    let Ended { stdout, stderr, .. } = end(command).await;
    for account in ["one", "two"] {
        let logs = format!("runpod-exporter logs {id} --level=error --account={account} '{config}'");
        assert!(stdout.lines().any(|line| line.trim() == logs), "{logs}\n{stdout}{stderr}");
    }
}
