//! The token of webhooks and pushes.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use runpod_exporter::testing::config::{Token, Webhook};
use runpod_simulator::Options;

use tokio::process::Command;
use tokio::time::{Instant, sleep};

use super::{completed, route};
use crate::support::{Exporter, Upstream, account, receiving};

async fn exporter(token: Option<&str>, loopback: bool) -> (Upstream, Exporter) {
    let upstream = Upstream::start(Options::default()).await;
    let webhook = Webhook { token: token.and_then(Token::parse), ..Webhook::default() };
    let (accounts, clock) = (vec![account(upstream.address)], Arc::new(upstream.clock.clone()));
    let exporter = Exporter::with(accounts, clock, receiving(webhook, loopback)).await;
    (upstream, exporter)
}

#[tokio::test]
async fn without_a_token_only_this_machine_can_report_jobs() {
    for (loopback, expected) in [(true, 200), (false, 403)] {
        let (upstream, exporter) = exporter(None, loopback).await;
        let job = completed("one", 1, 2).to_string();
        let (status, message) = exporter.post(&route(&upstream.ids()[0]), job).await;
        assert_eq!(status, expected);
        assert!(
            loopback || message.contains("set RUNPOD_WEBHOOK_TOKEN or --webhook.token-file"),
            "{message}"
        );
        let (status, _) = exporter.post("/api/v1/jobs?token=guess", "[]").await;
        assert_eq!(status, expected);
        let page = exporter.scrape().await;
        let refused = if loopback { 0.0 } else { 2.0 };
        assert_eq!(page.sum("runpod_jobs_rejected_total", &["reason=\"closed\""]), refused);
    }
}

#[tokio::test]
async fn with_a_token_other_machines_can_report_jobs() {
    for loopback in [true, false] {
        let (upstream, exporter) = exporter(Some("SECRET0SECRET0SECRET-1"), loopback).await;
        let base = route(&upstream.ids()[0]);
        let job = completed("one", 1, 2).to_string();
        for query in [
            "",
            "?token=",
            "?token=SECRET0SECRET0SECRET-2",
            "?token=SECRET0SECRET0SECRET-11",
            "?TOKEN=SECRET0SECRET0SECRET-1",
            "?x=SECRET0SECRET0SECRET-1",
        ] {
            let (status, message) = exporter.post(&format!("{base}{query}"), job.clone()).await;
            assert_eq!(status, 401, "{query}");
            assert!(
                message.starts_with("the token is wrong or missing") && !message.contains("SECRET"),
                "{message}"
            );
        }
        let (status, _) = exporter.post(&route("nobody?token=SECRET0SECRET0SECRET-2"), job.clone()).await;
        assert_eq!(status, 401, "the existence of an endpoint is not revealed");
        assert_eq!(
            exporter.post(&format!("{base}?a=b&token=SECRET0SECRET0SECRET-1"), job.clone()).await.0,
            200
        );
        assert_eq!(exporter.post(&format!("{base}?token=%53ECRET0SECRET0SECRET-1"), job).await.0, 200);
        let page = exporter.scrape().await;
        assert_eq!(page.sum("runpod_jobs_rejected_total", &["reason=\"unauthorized\""]), 7.0);
        assert!(!page.0.contains("SECRET"));
    }
}

#[tokio::test]
async fn the_token_may_be_in_a_header() {
    let (_upstream, exporter) = exporter(Some("SECRET0SECRET0SECRET-1"), false).await;
    for (header, expected) in [
        ("Bearer SECRET0SECRET0SECRET-1", 200),
        ("bearer SECRET0SECRET0SECRET-1", 200),
        ("Bearer SECRET0SECRET0SECRET-2", 401),
        ("Basic SECRET0SECRET0SECRET-1", 401),
        ("SECRET0SECRET0SECRET-1", 401),
    ] {
        let url = format!("http://{}/api/v1/jobs", exporter.address);
        let request = crate::support::client().post(url).header("Authorization", header).body("[]");
        assert_eq!(request.send().await.unwrap().status(), expected, "{header}");
    }
}

/// Timeout of the start that even a slow machine does not reach.
const LONG: Duration = Duration::from_mins(1);

/// The responses of the program to a push without and with a token, and its log at the start.
#[tokio::test]
async fn the_program_detects_whether_it_is_reachable_and_logs_it_once() {
    for (host, token, answers, warnings) in [
        ("127.0.0.1", None, [200, 200], 0),
        ("0.0.0.0", None, [403, 403], 1),
        ("0.0.0.0", Some("SECRET0SECRET0SECRET-1\n"), [401, 200], 0),
    ] {
        let upstream = Upstream::start(Options::default()).await;
        let folder = tempfile::TempDir::new().unwrap();
        let log = folder.path().join("log");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
        command
            .env_clear()
            .env("RUNPOD_API_KEY", crate::support::KEY)
            .env("RUNPOD_EXPORTER_LISTEN", format!("{host}:{port}"))
            .env("RUNPOD_GRAPHQL_URL", format!("http://{}/graphql", upstream.address))
            .env("RUNPOD_JOBS_URL", format!("http://{}/v2", upstream.address))
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(&log).unwrap());
        if let Some(token) = token {
            std::fs::write(folder.path().join("token"), token).unwrap();
            command.env("RUNPOD_WEBHOOK_TOKEN_FILE", folder.path().join("token"));
        }
        let _child = command.kill_on_drop(true).spawn().unwrap();
        let client = crate::support::client();
        let push =
            |query| client.post(format!("http://127.0.0.1:{port}/api/v1/jobs{query}")).body("[]").send();
        let begin = Instant::now();
        while push("").await.is_err() {
            assert!(begin.elapsed() < LONG, "never up: {}", std::fs::read_to_string(&log).unwrap());
            sleep(Duration::from_millis(20)).await;
        }
        let answer =
            [push("").await.unwrap().status(), push("?token=SECRET0SECRET0SECRET-1").await.unwrap().status()];
        assert_eq!(answer.map(|status| status.as_u16()), answers, "{host} {token:?}");
        let log = std::fs::read_to_string(&log).unwrap();
        assert_eq!(log.matches("job webhooks and pushes are disabled").count(), warnings, "{log}");
        assert!(!log.contains("SECRET"), "{log}");
    }
}
