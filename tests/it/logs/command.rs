//! The command `logs`.

use jiff::SignedDuration;
use runpod_simulator::Options;
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::*;
use crate::command::{Ended, command, end, sigterm};
use crate::support::KEY;

fn logs(upstream: &Upstream, args: &[&str]) -> tokio::process::Command {
    let mut command = command(&[&["logs"], args].concat());
    command
        .env("RUNPOD_API_KEY", KEY)
        .env("RUNPOD_GRAPHQL_URL", format!("http://{}/graphql", upstream.address))
        .env("RUNPOD_JOBS_URL", format!("http://{}/v2", upstream.address))
        .env("RUNPOD_REST_URL", format!("http://{}/rest/v2", upstream.address));
    command
}

#[tokio::test]
async fn an_endpoint_and_a_pod_are_found_by_id_and_by_name() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    let world = upstream.simulator.world().clone();
    let (endpoint, pod) = (Arc::clone(&world.endpoints()[0]), world.pods()[0].clone());
    let configuration = endpoint.configuration();
    let name = configuration.name.trim_end_matches(" -fb");
    for target in [&configuration.id, name] {
        let Ended { code, stdout, stderr } = end(logs(&upstream, &[target, "--tail", "5"])).await;
        assert_eq!(code, 0, "{stderr}");
        let workers = world.workers(&endpoint).into_iter().filter(WorkerView::is_active);
        let ids: Vec<_> = workers.map(|worker| configuration.worker_id(worker.serial)).collect();
        assert!(stdout.lines().count() > 5 && stdout.lines().count() <= 5 * ids.len(), "{stdout}");
        assert!(stdout.lines().all(|line| ids.iter().any(|id| line.contains(id.as_str()))), "{stdout}");
        assert!(!stdout.contains('\u{1b}'), "colors in a pipe");
    }
    for target in [&pod.id, &pod.name] {
        let Ended { code, stdout, .. } = end(logs(&upstream, &[target, "--tail", "7", "--json"])).await;
        assert_eq!(code, 0);
        let lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let printed: Vec<_> = lines.iter().map(|line| line["line"].as_str().unwrap().to_owned()).collect();
        let written = pod_log(&world, 0);
        assert_eq!(printed, written[written.len() - 7..]);
        for line in &lines {
            assert_eq!((&line["source"], &line["worker"]), (&"container".into(), &Value::Null));
            assert!(line["ts"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        }
    }
}

/// Without a parameter, the list of pods lacks those of clusters.
#[tokio::test]
async fn a_pod_of_a_cluster_is_found() {
    let upstream = Upstream::start(Options { clusters: 1, ..Options::default() }).await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    let Ended { code, stdout, stderr } = end(logs(&upstream, &["ray-tune-1", "--tail", "3"])).await;
    assert_eq!((code, stdout.lines().count()), (0, 3), "{stderr}");
}

#[tokio::test]
async fn lines_are_selected_by_level_source_and_time() {
    let upstream = Upstream::start(Options::default()).await;
    let pod = upstream.simulator.world().pods()[0].id.clone(); // logs warnings
    let Ended { stdout, .. } = end(logs(&upstream, &[&pod, "--tail=5000", "--level=warn", "--json"])).await;
    let levels: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(levels.len() > 5 && levels.iter().all(|line| line["level"] == "warn"), "{stdout}");
    let Ended { stdout, .. } = end(logs(&upstream, &[&pod, "--source=system"])).await;
    assert_eq!(stdout, "");
    let since = (upstream.clock.now() - SignedDuration::from_secs(11)).to_string();
    let Ended { code, stdout, .. } = end(logs(&upstream, &[&pod, "--since", &since])).await;
    assert!(code == 0 && (3..20).contains(&stdout.lines().count()), "{stdout}");
}

#[tokio::test]
async fn an_error_is_one_line_and_an_exit_code() {
    let upstream = Upstream::start(Options::default()).await;
    let world = upstream.simulator.world();
    let twin = world.add_endpoint("twin");
    let other = world.add_endpoint("twin");
    for (args, code, message) in [
        (
            vec!["nobody"],
            64,
            "no endpoint or pod of account default has the id or name \"nobody\"; it has llama-3-70b, sdxl-turbo, ",
        ),
        (vec!["sdxl-trubo"], 64, "; did you mean sdxl-turbo?\n"),
        (vec!["twin"], 64, &*format!("use one of the ids: {twin} (endpoint), {other} (endpoint)")),
        (vec!["x", "--since=yesterday"], 64, "use a duration such as 10m"),
        (vec!["x", "--tail=5001"], 64, "5001"),
        (vec!["x", "--level=loud"], 64, "invalid level"),
        (vec!["x", "--source=kernel"], 64, "container or system"),
        (vec!["x", "--account=other"], 64, "--account: use one of the configured accounts: default"),
        (vec![], 64, "the following required arguments were not provided: <TARGET> (see --help)"),
    ] {
        let ended = end(logs(&upstream, &args)).await;
        assert_eq!((ended.code, ended.stderr.lines().count()), (code, 1), "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(message), "{args:?}: {}", ended.stderr);
    }
    let ended = end(logs(&upstream, &[&twin])).await;
    assert_eq!(ended.code, 0, "an id takes precedence: {}", ended.stderr);
    let pod = world.pods()[0].id.clone();
    for (fault, message) in [
        ("rest.logs=unauthorized", "rest logs at 127.0.0.1"),
        ("rest.logs=forbidden", "lacks permission"),
        ("rest.logs=not-found", "not found (404)"),
        ("rest.logs=echo-key", "server error (500)"),
        ("rest.logs=gone", "API retired by Runpod (410)"),
    ] {
        upstream.simulator.faults().clear();
        upstream.fault(fault);
        let mut command = logs(&upstream, &[&pod, "--log.level=error"]);
        command.arg("--runpod.timeout=2s");
        let ended = end(command).await;
        assert_eq!((ended.code, ended.stderr.lines().count()), (1, 1), "{fault}: {}", ended.stderr);
        assert!(ended.stderr.contains(message), "{fault}: {}", ended.stderr);
        assert!(!ended.stderr.contains(KEY));
    }
    upstream.simulator.faults().clear();
    upstream.fault("rest=unauthorized");
    upstream.fault("graphql=unauthorized");
    let ended = end(logs(&upstream, &["nobody", "--log.level=error"])).await;
    assert_eq!(ended.code, 1, "the lists cannot be read: {}", ended.stderr);
}

/// A reader with an end does not wait for a pause of hours, nor for the requests that scrapes leave over; and what all workers
/// have in common is one error.
#[tokio::test]
async fn it_ends_soon_if_the_logs_cannot_be_read() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    let endpoint = upstream.simulator.world().endpoints()[0].configuration().id.clone();
    for (fault, message, lines) in [
        ("rest.logs=rate-limited(3600)", "rate limited (429)", 1),
        ("rest.logs=garbage", "not an event stream", 1),
        ("rest.logs=unauthorized", "API key rejected (401)", 1),
    ] {
        upstream.simulator.faults().clear();
        upstream.fault(fault);
        let mut command = logs(&upstream, &[&endpoint]);
        command.arg("--log.level=runpod_exporter::logs::endpoint=warn,runpod_exporter::command=warn");
        let ended = end(command).await;
        assert_eq!((ended.code, ended.stderr.lines().count()), (1, lines), "{fault}: {}", ended.stderr);
        assert!(ended.stderr.contains(message), "{fault}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn one_of_several_accounts_is_selected() {
    let upstream = Upstream::start(Options::default()).await;
    let pod = upstream.simulator.world().pods()[0].id.clone();
    let (file, key) = (NamedTempFile::new().unwrap(), NamedTempFile::new().unwrap());
    std::fs::write(key.path(), KEY).unwrap();
    let key = key.path().display();
    let accounts = format!(
        "accounts:\n  - {{name: one, api_key_file: {key}}}\n  - {{name: two, api_key_file: {key}}}\n"
    );
    std::fs::write(file.path(), accounts).unwrap();
    let logs = |args: &[&str]| {
        let mut command = logs(&upstream, &[&[&*pod, "--tail=3"], args].concat());
        command.env_remove("RUNPOD_API_KEY").env("RUNPOD_EXPORTER_CONFIG", file.path());
        end(command)
    };
    let ended = logs(&[]).await;
    assert_eq!(ended.code, 64);
    assert!(
        ended.stderr.contains("--account: use one of the configured accounts: one, two"),
        "{}",
        ended.stderr
    );
    let ended = logs(&["--account=two"]).await;
    assert_eq!((ended.code, ended.stdout.lines().count()), (0, 3), "{}", ended.stderr);
}

/// As a process: every line is printed once although the stream breaks ten times, and a signal stops it.
#[tokio::test]
async fn every_line_is_printed_once_over_ten_cuts() {
    let upstream = Upstream::start(Options::default()).await;
    let world = upstream.simulator.world().clone();
    let pod = world.pods()[0].id.clone();
    upstream.fault("rest.logs=cut(20)*10");
    let mut command = logs(&upstream, &[&pod, "--follow", "--json", "--tail=5000"]);
    let mut child = command.spawn().unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = Vec::new();
    for _ in 0..12 {
        upstream.clock.advance(SignedDuration::from_secs(5));
        while lines.len() < pod_log(&world, 0).len() {
            let line = timeout(LONG, printed.next_line()).await.unwrap().unwrap().unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            lines.push(line["line"].as_str().unwrap().to_owned());
        }
    }
    let written = pod_log(&world, 0);
    assert_eq!(lines, written);
    assert!(upstream.simulator.faults().rules().is_empty() && written.len() > 200, "{}", written.len());
    sigterm(&child).await;
    assert_eq!(timeout(LONG, child.wait()).await.unwrap().unwrap().code(), Some(0));
    assert!(printed.next_line().await.unwrap().is_none(), "an unexpected line");
}

/// At night, the last errors of a crash loop say why: the whole stack trace, and how the process ended.
#[tokio::test]
async fn a_crash_loop_shows_why_its_workers_died() {
    for (scene, lines) in [
        (
            "crash-loop",
            &[
                "Traceback (most recent call last):",
                "  File \"/handler.py\", line 7, in <module>",
                "    from worker.pipeline import load_pipeline",
                "ModuleNotFoundError: No module named 'worker.pipeline'",
                "worker exited with exit code 1",
            ][..],
        ),
        ("unhealthy-workers", &["container killed: out of memory; worker exited with exit code 137"]),
    ] {
        let scene = runpod_simulator::scene::Scene::named(scene).unwrap();
        let options = Options { endpoints: 1, pods: 0, scenes: vec![scene], ..Options::default() };
        let upstream = Upstream::start(options).await;
        upstream.clock.advance(SignedDuration::from_mins(5));
        let id = upstream.ids().remove(0);
        let Ended { code, stdout, stderr } = end(logs(&upstream, &[&id, "--level=error", "--json"])).await;
        assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
        let printed: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let worker = &printed.last().unwrap()["worker"];
        let own: Vec<&Value> = printed.iter().filter(|line| &line["worker"] == worker).collect();
        let texts: Vec<&str> = own.iter().map(|line| line["line"].as_str().unwrap()).collect();
        assert_eq!(&texts[texts.len() - lines.len()..], lines, "{stdout}");
        let times: Vec<jiff::Timestamp> =
            printed.iter().map(|line| line["ts"].as_str().unwrap().parse().unwrap()).collect();
        assert!(times.is_sorted(), "{stdout}");
    }
}

/// Such as one that was scaled down after the workers were listed.
#[tokio::test]
async fn a_worker_without_a_log_does_not_hide_the_others() {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 0, ..Options::default() }).await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    upstream.fault("rest.logs=not-found*1");
    let id = upstream.ids().remove(0);
    let Ended { code, stdout, stderr } = end(logs(&upstream, &[&id, "--tail=5"])).await;
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.lines().count() >= 5, "{stdout}");
}

#[tokio::test]
async fn nothing_found_is_reported_with_its_reason() {
    let upstream = Upstream::start(Options { endpoints: 3, ..Options::default() }).await;
    let world = upstream.simulator.world();
    let pod = world.pods()[1].name.clone();
    for (args, reason) in [
        (vec![pod.as_str(), "--source=system"], "has no lines from source system"),
        (
            vec![pod.as_str(), "--level=fatal"],
            "has no line at level fatal or above; without --level, it has ",
        ),
        (vec![pod.as_str(), "--since=1ns"], "has no lines since 1ns ago"),
    ] {
        let Ended { code, stdout, stderr } = end(logs(&upstream, &args)).await;
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (0, "", 1), "{args:?}: {stderr}");
        assert!(stderr.contains(reason), "{args:?}: {stderr}");
    }
}
