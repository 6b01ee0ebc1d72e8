//! `doctor`: what it reports about keys, quotas, servers that are not Runpod, and recordings.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{any, get};
use clock::{Clock as _, SystemClock};
use runpod_simulator::Options;
use runpod_simulator::rest::RestOptions;
use serde_json::{Map, Value, json};
use tempfile::tempdir;

use super::{Ended, command, end, reading};
use crate::support::{KEY, Upstream, bind, noon, stub};

/// The report about this server in place of all APIs.
async fn of(address: SocketAddr, args: &[&str]) -> Ended {
    let mut command = command(&[&["doctor"], args].concat());
    command
        .env("RUNPOD_API_KEY", KEY)
        .env("RUNPOD_GRAPHQL_URL", format!("http://{address}/graphql"))
        .env("RUNPOD_JOBS_URL", format!("http://{address}/jobs"))
        .env("RUNPOD_REST_URL", format!("http://{address}/rest"));
    end(command).await
}

/// The line that starts like this.
fn line<'a>(report: &'a str, start: &str) -> &'a str {
    let found = report.lines().find(|line| line.trim_start().starts_with(start));
    found.unwrap_or_else(|| panic!("{start}: {report}"))
}

#[tokio::test]
async fn it_reports_what_the_key_may_read_and_what_each_collector_gets() {
    let upstream = Upstream::start(Options::default()).await;
    // The time of the program is that of this machine, and metrics are requested for a period.
    upstream.clock.advance(SystemClock.now().duration_since(noon()));
    let Ended { code, stdout, stderr } = end(reading(&["doctor"], &upstream)).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    for part in [
        "3 of 3 APIs answer; ",
        " of 8 default collectors are complete",
        "GraphQL at 127.0.0.1:",
        "accepts the key",
        "allowed: account (GraphQL), ",
        "the server does not have it: endpoint detail (GraphQL)",
        "billing: complete from REST v2; 5 requests in this run, read every 3600 s",
        "requests in this run, read at every scrape",
        "read in part from REST v2 (",
        " of 6 endpoints; the others are deferred to later scrapes by the quota)",
        "delayTimeP95Ms: p95 of delay in ms, exported as runpod_reported_delay_seconds",
        "requestsFailed: the word \"failed\" of its name is not known",
        "no proxy",
        "GET /v2/templates: {",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    assert!(!stdout.contains("forbidden") && !stdout.contains("GET /v2/serverless: "), "{stdout}");
    assert!(!stdout.contains("openapi"), "the description is read without the key: {stdout}");
    upstream.fault("rest.billing=forbidden");
    let Ended { code, stdout, .. } = end(reading(&["doctor"], &upstream)).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("forbidden: billing (REST v2)"), "{stdout}");
    assert!(stdout.contains("billing: not complete: API key lacks permission; grant the scope"), "{stdout}");
    let Ended { code, stdout, .. } =
        end(reading(&["doctor", "--json", "--no-collector.billing"], &upstream)).await;
    assert_eq!(code, 0, "a collector that is disabled is not missed: {stdout}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["apis"].as_array().unwrap().len(), 3);
    assert!(
        report["quota"].as_array().unwrap().iter().any(|window| window["window"] == "minute"),
        "{report}"
    );
    let described = report["described"].as_array().unwrap();
    let delay = described.iter().find(|read| read["property"].as_str().unwrap().ends_with("delayTimeP95Ms"));
    let delay = delay.unwrap_or_else(|| panic!("{report}"));
    assert_eq!(
        (&delay["measure"], &delay["statistic"], &delay["unit"], &delay["family"]),
        (&json!("delay"), &json!("p95"), &json!("ms"), &json!("runpod_reported_delay_seconds"))
    );
    let unread = report["discovery"].as_array().unwrap();
    assert!(
        unread.iter().all(|unread| unread["operation"].is_string() && unread["reason"].is_string()),
        "{report}"
    );
    assert!(
        report["collectors"].as_array().unwrap().iter().any(|one| one["result"] == "complete"),
        "{report}"
    );
}

#[tokio::test]
async fn it_examines_a_recording() {
    let upstream = Upstream::start(Options::default()).await;
    let folder = tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(end(reading(&["record", path], &upstream)).await.code, 0);
    let Ended { code, stdout, stderr } = end(command(&["doctor", "--replay", path])).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("from the recording ") && stdout.contains("GET /v2/templates: {"), "{stdout}");
    for absent in ["This machine", "clock", "proxy", "median"] {
        assert!(!stdout.contains(absent), "a recording shows nothing of this machine: {absent}: {stdout}");
    }
    let Ended { stdout, .. } = end(command(&["doctor", "--json", "--replay", path])).await;
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["clock_ahead_seconds"], Value::Null);
    assert!(report["apis"].as_array().unwrap().iter().all(|api| api["median_seconds"].is_null()), "{report}");
}

#[tokio::test]
async fn a_collector_that_requested_nothing_is_not_complete() {
    let rest = RestOptions { quota: "12/1000/10000".parse().unwrap(), ..RestOptions::default() };
    let upstream = Upstream::start(Options { rest, ..Options::default() }).await;
    // Metrics are requested for a period, and the quota is read with the time of the program.
    upstream.clock.advance(SystemClock.now().duration_since(noon()));
    for run in 0..2 {
        let Ended { code, stdout, .. } = end(reading(&["doctor"], &upstream)).await;
        assert_eq!(code, 1, "{run}: {stdout}");
        // Described and exported, although this run had no quota to read it.
        assert!(stdout.contains("exported as runpod_reported_delay_seconds"), "{run}: {stdout}");
        assert!(!stdout.contains("GET /v2/serverless/{id}/metrics/requests"), "{run}: {stdout}");
    }
    let Ended { stdout, .. } = end(reading(&["doctor"], &upstream)).await;
    // Which of them still sends a request and has to wait depends on the order in which they get there.
    let reasons =
        ["not read: REST v2 quota exhausted (window \"minute\")", "not complete: rate limited (429)"];
    for collector in ["workers", "latency", "clusters", "billing", "volumes"] {
        let names = |line: &&str| line.split(':').next().is_some_and(|names| names.contains(collector));
        let found = stdout.lines().filter(|line| line.starts_with("  ")).find(names);
        assert!(
            found.is_some_and(|line| reasons.iter().any(|reason| line.contains(reason))),
            "{collector}: {stdout}"
        );
    }
    assert!(reasons.iter().all(|reason| stdout.contains(reason)), "{stdout}");
}

#[tokio::test]
async fn a_server_that_is_not_runpod_allows_nothing() {
    let portal = Router::new().fallback(any(|| async { Html("<html>log in</html>") }));
    let (address, _server) = stub(portal).await;
    let Ended { code, stdout, .. } = of(address, &[]).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(!stdout.contains("allowed: ") && !stdout.contains("accepts the key"), "{stdout}");
    assert!(line(&stdout, "GraphQL at ").contains("none of "), "{stdout}");
    assert!(line(&stdout, "the description could not be read: ").contains("not JSON"), "{stdout}");
    let refused = json!({"data": null, "errors": [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]});
    let refusing = Router::new()
        .route("/graphql", any(|| async { axum::Json(refused) }))
        .fallback(any(|| async { axum::Json(json!({"error": "forbidden"})) }));
    let (address, _server) = stub(refusing).await;
    let Ended { code, stdout, .. } = of(address, &[]).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(!stdout.contains("allowed: ") && !stdout.contains("accepts the key"), "{stdout}");
    assert_eq!(line(&stdout, "the description"), "  the description could not be read: it has no paths");
}

#[tokio::test]
async fn server_errors_alone_are_not_answers() {
    let down = || async { (StatusCode::BAD_GATEWAY, "down") };
    let (address, _server) = stub(Router::new().fallback(any(down))).await;
    let Ended { code, stdout, .. } = of(address, &[]).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(line(&stdout, "0 of 3 APIs answer;").contains("collectors"), "{stdout}");
    assert!(line(&stdout, "GraphQL at ").contains("only server errors ("), "{stdout}");
    // One operation that fails is not the whole API.
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("health=bad-gateway");
    let Ended { stdout, .. } = end(reading(&["doctor"], &upstream)).await;
    assert!(line(&stdout, "3 of 3 APIs answer;").contains("collectors"), "{stdout}");
}

/// For example behind a proxy that keeps the header and decompresses the body.
#[tokio::test]
async fn a_body_that_cannot_be_decompressed_was_requested() {
    let packed = || async { ([("content-encoding", "gzip")], "{}") };
    let (address, _server) = stub(Router::new().fallback(any(packed))).await;
    let Ended { code, stdout, .. } = of(address, &[]).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(line(&stdout, "GraphQL at ").contains("does not answer ("), "{stdout}");
    assert!(stdout.contains("not complete: unexpected response body (invalid compressed body)"), "{stdout}");
}

#[tokio::test]
async fn one_cause_is_reported_once() {
    let (listener, address) = bind().await;
    drop(listener);
    let Ended { code, stdout, .. } = of(address, &[]).await;
    assert_eq!(code, 1, "{stdout}");
    assert_eq!(stdout.lines().nth(1), Some("0 of 3 APIs answer; 0 of 8 default collectors are complete."));
    assert!(!stdout.contains("median") && !stdout.contains("in this run"), "nothing was measured: {stdout}");
    let problems = stdout.lines().filter(|line| line.contains(": not complete: cannot connect"));
    assert_eq!(problems.count(), 1, "{stdout}");
}

#[tokio::test]
async fn a_key_without_scopes_is_not_called_accepted() {
    let upstream = Upstream::start(Options::default()).await;
    for api in ["graphql", "jobs", "rest"] {
        upstream.fault(&format!("{api}=forbidden"));
    }
    let Ended { code, stdout, .. } = end(reading(&["doctor"], &upstream)).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(
        line(&stdout, "GraphQL at ").ends_with("recognizes the key, but permits no operation"),
        "{stdout}"
    );
    let grants = line(&stdout, "to read all, grant the key ");
    assert!(
        grants.contains("read-only access to GraphQL; the scope billing:read; read access to "),
        "{grants}"
    );
    assert!(!stdout.contains("accepts the key"), "{stdout}");
}

/// No scope helps a key that is not valid. The list of GPU types is public and shows nothing about it.
#[tokio::test]
async fn a_rejected_key_needs_no_scopes() {
    let upstream = Upstream::start(Options::default()).await;
    let mut doctor = reading(&["doctor"], &upstream);
    doctor.env("RUNPOD_API_KEY", "rpa_of_nobody");
    let Ended { code, stdout, .. } = end(doctor).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(line(&stdout, "GraphQL at ").contains("rejects the key"), "{stdout}");
    assert!(
        line(&stdout, "unknown, because the key is rejected: ").contains("billing (REST v2)"),
        "{stdout}"
    );
    assert!(!stdout.contains("allowed: ") && !stdout.contains("to read all, grant"), "{stdout}");
}

#[tokio::test]
async fn a_description_cannot_forge_lines_or_fill_the_terminal() {
    let forged = "/a\n\nCollectors\n  billing: complete\u{202e}".to_owned();
    let paths = (0..300).map(|number| format!("/many/{number}/{}", "x".repeat(5_000)));
    let paths: Map<String, Value> =
        [forged].into_iter().chain(paths).map(|path| (path, json!({"get": {}}))).collect();
    let description = json!({ "paths": paths });
    let server = Router::new().route("/rest/openapi.json", get(|| async { axum::Json(description) }));
    let (address, _server) = stub(server).await;
    let Ended { stdout, .. } = of(address, &[]).await;
    assert_eq!(stdout.lines().filter(|line| *line == "Collectors").count(), 1, "{stdout}");
    assert!(stdout.contains("GET /a\\n\\nCollectors\\n") && !stdout.contains('\u{202e}'), "{stdout}");
    assert!(stdout.ends_with("  and 201 more\n") && stdout.len() < 60_000, "{}", stdout.len());
    let Ended { stdout, .. } = of(address, &["--json"]).await;
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["unread_routes"].as_array().unwrap().len(), 301, "a program gets all of them");
    assert!(!stdout.contains('\u{202e}'), "{stdout}");
}

/// What Runpod adds is named with its operation; names of variables, and of what is below a new field, are not.
#[tokio::test]
async fn a_field_that_is_new_is_named() {
    let pods = json!({"pods": [{"id": "a", "costTier": {"jane": 1}, "env": {"HF_TOKEN": "x"}}]});
    let new = Router::new().fallback(any(|| async { axum::Json(pods) }));
    let (address, _server) = stub(new).await;
    let Ended { stdout, .. } = of(address, &[]).await;
    assert_eq!(line(&stdout, "pods (GraphQL): "), "  pods (GraphQL): costTier", "{stdout}");
    assert!(!stdout.contains("jane") && !stdout.contains("HF_TOKEN"), "{stdout}");
    let upstream = Upstream::start(Options::default()).await;
    let Ended { stdout, .. } = end(reading(&["doctor"], &upstream)).await;
    assert!(!stdout.contains("Fields that this version does not know"), "the simulator has none: {stdout}");
}
