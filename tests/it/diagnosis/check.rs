//! `check` as a person and a script meet it: what it prints, and its exit codes.

use runpod_exporter::simulator::Options;

use crate::command::{Ended, command, end};
use crate::support::{KEY, Upstream};

async fn check(upstream: &Upstream, args: &[&str]) -> Ended {
    let mut command = command(&[&["check", "--interval=0s", "--log.level=off"], args].concat());
    command.env("RUNPOD_API_KEY", KEY);
    command.env("RUNPOD_GRAPHQL_URL", format!("http://{}/graphql", upstream.address));
    command.env("RUNPOD_JOBS_URL", format!("http://{}/v2", upstream.address));
    command.env("RUNPOD_REST_URL", format!("http://{}/rest/v2", upstream.address));
    end(command).await
}

/// One endpoint, with load as it usually is.
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
async fn a_degraded_account() {
    let upstream = steady().await;
    upstream.fault("graphql=gone");
    let Ended { code, stdout, stderr } = check(&upstream, &["llama-3-70b"]).await;
    assert_eq!(code, 1, "{stdout}{stderr}");
    insta::assert_snapshot!(stdout);
}

#[tokio::test]
async fn an_unhealthy_account_for_people_and_for_programs() {
    let upstream = steady().await;
    upstream.fault("jobs=forbidden");
    let Ended { code, stdout, stderr } = check(&upstream, &[]).await;
    assert_eq!(code, 2, "{stdout}{stderr}");
    insta::assert_snapshot!(stdout.replace(&upstream.address.to_string(), "upstream"));
    let Ended { code, stdout, .. } = check(&upstream, &["--json", "--account=default"]).await;
    assert_eq!(code, 2, "{stdout}");
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["verdict"], "unhealthy");
    let endpoint = &json["accounts"][0]["endpoints"][0];
    assert_eq!((&endpoint["health"], &endpoint["name"]), (&"unhealthy".into(), &"llama-3-70b".into()));
    let finding = &endpoint["findings"][0];
    assert_eq!(finding["name"], "endpoint_unreadable");
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["subject"]["kind"], "endpoint");
    assert_eq!(finding["runbook"], "docs/runbooks/RunpodEndpointUnreadable.md");
}

#[tokio::test]
async fn an_account_that_cannot_be_looked_at() {
    let upstream = steady().await;
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let Ended { code, stdout, stderr } = check(&upstream, &[]).await;
    assert_eq!(code, 3, "{stdout}{stderr}");
    insta::assert_snapshot!(stdout.replace(&upstream.address.to_string(), "upstream"));
}

#[tokio::test]
async fn what_is_not_there_is_told_in_one_line() {
    let upstream = steady().await;
    let Ended { code, stdout, stderr } = check(&upstream, &["lama"]).await;
    assert_eq!((code, stdout.as_str()), (3, ""));
    assert_eq!(
        stderr,
        "runpod-exporter: no endpoint is called \"lama\" or has that id; there are: llama-3-70b\n"
    );
    let Ended { code, stderr, .. } = check(&upstream, &["--account=other"]).await;
    assert_eq!(code, 3);
    assert!(stderr.contains("no account is called \"other\"; the configuration has: default"), "{stderr}");
    let Ended { code, stderr, .. } = end(command(&["check"])).await;
    assert_eq!(code, 3);
    assert!(stderr.contains("no API key"), "{stderr}");
}
