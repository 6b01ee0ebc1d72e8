//! The command `check`: output and exit codes.

use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use serde_json::Value;

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
    let upstream = steady().await;
    let Ended { code, stdout, stderr } = check(&upstream, &["lama"]).await;
    assert_eq!((code, stdout.as_str()), (3, ""));
    assert_eq!(
        stderr,
        "runpod-exporter: no endpoint with the name or id \"lama\"; known endpoints: llama-3-70b\n"
    );
    let Ended { code, stderr, .. } = check(&upstream, &["--account=other"]).await;
    assert_eq!(code, 3);
    assert!(stderr.contains("unknown account \"other\"; configured accounts: default"), "{stderr}");
    let Ended { code, stderr, .. } = end(command(&["check"])).await;
    assert_eq!(code, 3);
    assert!(stderr.contains("no API key"), "{stderr}");
}
