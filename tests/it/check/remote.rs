//! `check --from`: what an exporter has seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Stdio;
use std::sync::Arc;

use axum::Router;
use jiff::SignedDuration;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::scenes::{causes, expected};
use crate::command::{Ended, command, end};
use crate::support::{Exporter, Upstream, account, client, stub};

/// Samples of a scene, two minutes apart: those of an idle pod take an hour.
const INTERVAL: SignedDuration = SignedDuration::from_mins(2);
const SAMPLES: usize = 14;
const SAMPLES_OF_IDLE_POD: usize = 33;

async fn check(exporter: &Exporter, args: &[&str]) -> Ended {
    let from = format!("--from=http://{}", exporter.address);
    end(command(&[&["check", &from], args].concat())).await
}

/// An exporter that has watched a scene.
async fn watched(scene: &'static Scene) -> (Upstream, Exporter) {
    let scenes = vec![Scene::named("healthy").unwrap()];
    let options = Options { endpoints: 2, pods: 2, clusters: scene.clusters, scenes, ..Options::default() };
    let upstream = Upstream::start(options).await;
    let collectors =
        Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs).collect();
    let mut account = account(upstream.address);
    account.reading = Reading { collectors, ..Reading::default() };
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    for _ in 0..2 {
        exporter.scrape().await;
        upstream.clock.advance(INTERVAL);
    }
    upstream.simulator.play(vec![scene]);
    let samples = if scene.found.contains(&"pod_idle") { SAMPLES_OF_IDLE_POD } else { SAMPLES };
    for _ in 0..samples {
        upstream.clock.advance(INTERVAL);
        exporter.scrape().await;
    }
    (upstream, exporter)
}

/// The first line, without the time.
fn headline(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Number of scenes at the same time: with all of them, a busy machine lets single requests wait for longer than their timeout.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scene_is_reported_with_its_cause_and_code() {
    let mut running = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    for (number, expected) in expected().into_iter().enumerate() {
        let places = Arc::clone(&places);
        running.spawn(async move {
            let _place = places.acquire().await.unwrap();
            let (_upstream, exporter) = watched(expected.scene).await;
            (number, (check(&exporter, &[]).await, expected))
        });
    }
    let ended: BTreeMap<_, _> = running.join_all().await.into_iter().collect();
    let (mut table, mut wrong) = (String::new(), Vec::new());
    for (Ended { code, stdout, stderr }, expected) in ended.values() {
        let scene = expected.scene;
        assert_eq!(stderr, "", "{}", scene.name);
        if *code != expected.watched {
            wrong.push(format!("{}: {code} instead of {}:\n{stdout}", scene.name, expected.watched));
        }
        for name in scene.found {
            assert!(stdout.contains(name), "{name} is not named in {}:\n{stdout}", scene.name);
        }
        writeln!(table, "{}: {code}, {}\n  {}", scene.name, headline(stdout), causes(stdout).join(", "))
            .unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn the_text_names_its_source_and_links_the_runbook() {
    let (_upstream, exporter) = watched(Scene::named("crash-loop").unwrap()).await;
    let Ended { stdout, .. } = check(&exporter, &[]).await;
    insta::assert_snapshot!(stdout.replace(&exporter.address.to_string(), "exporter:10736"));
    let Ended { code, stdout, .. } = check(&exporter, &["--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &json["verdict"]), (2, &"unhealthy".into()));
    let endpoint = &json["accounts"][0]["endpoints"][0];
    let url = format!("http://{}/docs/runbooks/RunpodQueueStuck", exporter.address);
    assert_eq!(endpoint["findings"][0]["runbook_url"], url);
    assert_eq!(endpoint["cause"], "queue_stuck_unhealthy_workers");
    let page = client().get(url).send().await.unwrap();
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn endpoints_pods_and_accounts_are_selected() {
    let upstream = Upstream::start(Options { endpoints: 3, pods: 2, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let pod = upstream.simulator.world().pods()[1].clone();
    let Ended { code, stdout, stderr } = check(&exporter, &["llama-3-70b", &pod.name]).await;
    assert!(code < 3, "{stdout}{stderr}");
    assert!(stdout.contains("llama-3-70b") && stdout.contains(&format!("pod {}", pod.name)), "{stdout}");
    assert!(!stdout.contains("sdxl-turbo"), "{stdout}");
    for (args, message) in [
        (&["lama-3-70b"][..], "did you mean llama-3-70b?"),
        (&["--account=prod"], "unknown account \"prod\"; known: default"),
    ] {
        let Ended { code, stdout, stderr } = check(&exporter, args).await;
        assert_eq!((code, stdout.as_str()), (64, ""), "{stderr}");
        assert!(stderr.contains(message), "{stderr}");
    }
    let Ended { code, .. } = check(&exporter, &["--account=default", "sdxl-turbo"]).await;
    assert!(code < 3);
}

#[tokio::test]
async fn without_a_status_the_code_is_3_and_the_reason_is_one_line() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let simulator = format!("http://{}", upstream.address);
    let new = format!("http://{}", exporter.address);
    for (url, message) in [
        ("http://127.0.0.1:1", "--from: http://127.0.0.1:1/: cannot connect: "),
        (&simulator, "status 404 Not Found; is it a runpod-exporter?"),
        (&new, "it has no data yet; wait for its first scrape"),
    ] {
        let Ended { code, stdout, stderr } = end(command(&["check", &format!("--from={url}")])).await;
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (3, "", 1), "{stderr}");
        assert!(stderr.contains(message), "{stderr}");
    }
    for url in ["ftp://a", "http://user:SECRET@a", "http://a?token=SECRET"] {
        let Ended { code, stderr, .. } = end(command(&["check", &format!("--from={url}")])).await;
        assert_eq!(code, 64, "{stderr}");
        assert!(stderr.contains("--from") && !stderr.contains("SECRET"), "{stderr}");
    }
}

/// As a person types it who has the URL of a scrape job, or of a page in the browser.
#[tokio::test]
async fn the_url_of_any_page_is_enough() {
    let (_upstream, exporter) = watched(Scene::named("healthy").unwrap()).await;
    for path in ["/metrics", "/", "/docs/runbooks/RunpodQueueDeep", "/api/v1/status", "/api/v1"] {
        let from = format!("--from=http://{}{path}", exporter.address);
        let Ended { code, stdout, stderr } = end(command(&["check", &from])).await;
        assert_eq!((code, stderr.as_str()), (0, ""), "{path}: {stdout}");
    }
    let from = format!("--from=https://{}", exporter.address);
    let Ended { code, stderr, .. } = end(command(&["check", &from])).await;
    assert_eq!(code, 3);
    assert!(stderr.ends_with(": the peer does not speak TLS; try http://\n"), "{stderr}");
}

/// A server that is something else.
#[tokio::test]
async fn an_answer_that_is_not_a_status_is_named() {
    let html = || async { axum::response::Html("<title>Grafana</title>") };
    let other = || async { axum::Json(serde_json::json!({ "status": "success" })) };
    for (router, end_of_message) in [
        (
            Router::new().fallback(html),
            "it is not the status of a runpod-exporter, it is text/html; charset=utf-8\n",
        ),
        (Router::new().fallback(other), "it is not the status of a runpod-exporter\n"),
    ] {
        let (address, _server) = stub(router).await;
        for path in ["", "/metrics"] {
            let from = format!("--from=http://{address}{path}");
            let Ended { code, stderr, .. } = end(command(&["check", &from])).await;
            assert_eq!(code, 3);
            assert!(stderr.ends_with(end_of_message), "{stderr}");
        }
    }
}

/// Pods that are still shown after their list could not be read any more.
#[tokio::test]
async fn pods_of_an_old_list_are_counted() {
    let (_upstream, exporter) = watched(Scene::named("old-data").unwrap()).await;
    let Ended { stdout, .. } = check(&exporter, &[]).await;
    assert!(stdout.contains("2 pods without findings when they were last read"), "{stdout}");
}

/// A document can also be piped, for example from behind a login.
#[tokio::test]
async fn a_document_is_read_from_standard_input() {
    let (_upstream, exporter) = watched(Scene::named("failing-handler").unwrap()).await;
    let document = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
    for (document, code, text) in
        [(document.as_str(), 1, "error_ratio_high"), ("{}", 3, ""), ("not JSON", 3, "")]
    {
        let mut command = command(&["check", "--from=-"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(document.as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stdout}");
        assert!(stdout.contains(text), "{stdout}");
    }
}
