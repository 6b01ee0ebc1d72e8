//! The text of a document with one of everything, at the widths of terminals and of a pipe.

use serde_json::{Value, json};

use super::super::report::Report;
use super::super::source::Source;
use super::*;
use crate::status::Commands;

fn finding(name: &str, severity: &str, subject: &Value, explained_by: Option<&str>) -> Value {
    json!({
        "name": name, "severity": severity, "subject": subject, "explained_by": explained_by,
        "since": "2026-11-25T15:58:00Z", "runbook": "docs/runbooks/RunpodQueueStuck.md",
        "message": "138 jobs waiting, none completed for at least 12 min; 0 serving, 3 unhealthy, 0 in progress",
        "recommendations": [
            "Find out why the workers do not stay alive: runpod-exporter logs 6rhn4z1gl8o52p",
            "Roll back the latest release if the problem started with it."
        ]
    })
}

fn endpoint(name: &str, health: Option<&str>, findings: &[Value]) -> Value {
    json!({
        "id": format!("id-of-{name}"), "name": name, "health": health, "status": "ready", "queue_depth": 138.0,
        "in_progress": 0.0, "findings": findings,
        "workers": { "ready": 0.0, "running": null, "idle": 0.0, "initializing": 0.0, "throttled": 1.0, "unhealthy": 3.0, "max": 6.0 },
        "last_errors": [
            { "timestamp": "2026-11-25T16:09:40Z", "count": 3, "text": "ModuleNotFoundError: No module named 'worker.pipeline'" },
            { "timestamp": "2026-11-25T16:09:48Z", "count": 1, "text": "worker exited with exit code 1" }
        ],
        "requests": { "per_minute": 4.25, "success_ratio": 0.875, "within_seconds": 600.0 }, "latency": { "p95": 12.34 }
    })
}

fn document() -> Value {
    let (account, own) =
        (json!({ "kind": "account" }), json!({ "kind": "endpoint", "id": "id-of-llama", "name": "llama" }));
    let pod = json!({ "kind": "pod", "id": "p1", "name": "notebook" });
    let cluster = json!({ "kind": "cluster", "id": "c1", "name": "pretrain" });
    let stuck = finding("queue_stuck_unhealthy_workers", "critical", &own, None);
    let symptom = |name| finding(name, "warning", &own, Some("queue_stuck_unhealthy_workers"));
    let note = finding("standby_without_minimum", "info", &own, None);
    let llama = endpoint(
        "llama",
        Some("unhealthy"),
        &[stuck.clone(), note.clone(), symptom("queue_deep"), symptom("latency_high")],
    );
    let mut unread =
        endpoint("unread", None, &[finding("endpoint_unreadable", "warning", &own, Some("key_rejected"))]);
    unread["cause"] = "key_rejected".into();
    let alike =
        (0..5).map(|n| endpoint(&format!("alike-{n}"), Some("degraded"), std::slice::from_ref(&stuck)));
    let error =
        |collector: &str| format!("{collector}: graphql endpoints at api.runpod.io: timed out after 10 s");
    let endpoints: Vec<Value> =
        [llama, unread, endpoint("whisper", Some("healthy"), &[note])].into_iter().chain(alike).collect();
    json!({
        "timestamp": "2026-11-25T16:10:00Z", "running_seconds": 7_260.0, "mode": "demo", "verdict": "unhealthy",
        "accounts": [{
            "account": "prod", "verdict": "unhealthy", "taken": "2026-11-25T16:09:52Z",
            "balance_dollars": 1184.47, "spend_dollars_per_hour": 39.855, "runway_hours": 29.7,
            "errors": [error("endpoints"), error("health")],
            "collectors": [{ "collector": "endpoints", "ok": false }],
            "findings": [
                finding("balance_runway_short", "warning", &account, None),
                finding("pod_idle", "warning", &pod, None),
                finding("cluster_incomplete", "warning", &cluster, None)
            ],
            "endpoints": endpoints,
            "pods": [
                { "id": "p1", "name": "notebook", "status": "running", "gpus": 1.0, "gpu_type_id": "NVIDIA A40", "cost_dollars_per_hour": 0.22, "gpu_utilization_ratio": 0.0 },
                { "id": "p2", "name": "train", "status": "exited" }
            ],
            "clusters": [
                { "id": "c1", "name": "pretrain", "pods_running": 1.0, "pods_desired": 2.0, "gpus": 16.0, "gpu_type_id": "NVIDIA H100", "cost_dollars_per_hour": 24.5 },
                { "id": "c2", "name": "ray-tune" }
            ]
        }]
    })
}

fn written(width: Option<usize>) -> String {
    let report = Report::of(&document()).unwrap();
    let commands = Commands {
        flags: vec!["--config.file=/etc/runpod/exporter.yml".to_owned()],
        several: true,
        is_replay: false,
    };
    let source = Source::Given("http://exporter.internal:10736".parse().unwrap());
    let text = text(&report, &source, &Style { width, commands, named: false, nearby: None });
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn at_80_columns() {
    insta::assert_snapshot!(written(Some(80)));
}

#[test]
fn at_120_columns() {
    insta::assert_snapshot!(written(Some(120)));
}

#[test]
fn piped() {
    insta::assert_snapshot!(written(None));
}

/// Commands and links are pasted: those lines may be longer.
#[test]
fn every_other_line_fits() {
    for width in [40, 80, 120, 200] {
        for line in written(Some(width)).lines() {
            let is_pasted = line.trim_start().starts_with("runpod-exporter") || line.contains("runbook: ");
            let is_word = !line.trim().contains(' ');
            assert!(is_pasted || is_word || format::width(line) <= width, "{width}: {line}");
        }
    }
}

/// An exporter of another version, or of none: what is missing costs itself.
#[test]
fn a_document_with_little_in_it_has_a_text() {
    for document in [
        json!({}),
        json!({ "accounts": [{}] }),
        json!({ "accounts": [{ "endpoints": [{}], "pods": [{}], "clusters": [{}] }] }),
    ] {
        let report = Report::of(&document).unwrap();
        let text = text(&report, &Source::Input, &Style::default());
        assert!(anstream::adapter::strip_str(&text).to_string().starts_with("UNKNOWN: "), "{text}");
        assert!(!text.contains("running for"), "an exporter that does not say for how long: {text}");
    }
}

#[test]
fn names_from_outside_cannot_control_the_terminal() {
    let mut document = document();
    let evil = "a\u{1b}[2Jb\u{202e}";
    document["accounts"][0]["account"] = evil.into();
    document["accounts"][0]["endpoints"][0]["name"] = evil.into();
    document["accounts"][0]["endpoints"][0]["findings"][0]["message"] = evil.into();
    document["accounts"][0]["errors"][0] = evil.into();
    document["accounts"][0]["pods"][0]["name"] = evil.into();
    document["accounts"][0]["clusters"][0]["name"] = evil.into();
    let report = Report::of(&document).unwrap();
    let text = text(&report, &Source::Input, &Style { width: Some(80), ..Style::default() });
    assert!(!text.contains("\u{1b}[2J") && !text.contains('\u{202e}'), "{text}");
}

/// What is shown was visible, and a recording has no exporter.
#[test]
fn what_is_shown_is_not_among_what_is_not_visible() {
    let limits = |source: &Source, document: &Value| {
        let report = Report::of(document).unwrap();
        let text = text(&report, source, &Style::default());
        let text = anstream::adapter::strip_str(&text).to_string();
        text.lines().find(|line| line.starts_with("Not visible")).unwrap().to_owned()
    };
    let shown = limits(&Source::Recording("x".to_owned()), &document());
    assert_eq!(
        shown,
        "Not visible in one sample: how long a problem has lasted, rare failures, a maximum that was lowered, old data."
    );
    let mut blank = document();
    (blank["accounts"][0]["findings"], blank["accounts"][0]["endpoints"]) = (json!([]), json!([]));
    let samples = limits(&Source::Samples(std::time::Duration::from_secs(15)), &blank);
    assert!(
        samples.contains("idle pods, a maximum that was lowered, latency, old data. A running"),
        "{samples}"
    );
}

/// Nothing is wrong with an endpoint that reports neither its queue nor its workers, and nothing is known to be well.
#[test]
fn an_endpoint_without_values_is_unknown() {
    let without_values = |number: usize, answered: bool| {
        let mut document = document();
        let mut one = endpoint("blank", None, &[]);
        (one["queue_depth"], one["in_progress"], one["workers"]) = (Value::Null, Value::Null, json!({}));
        let account = &mut document["accounts"][0];
        account["endpoints"] = vec![one; number].into();
        (account["verdict"], account["answered"]) = ("unknown".into(), answered.into());
        (account["findings"], account["errors"], account["pods"]) = (json!([]), json!([]), json!([]));
        document["verdict"] = "unknown".into();
        let report = Report::of(&document).unwrap();
        anstream::adapter::strip_str(&text(&report, &Source::Input, &Style::default())).to_string()
    };
    let all = without_values(6, true);
    assert!(all.starts_with("UNKNOWN: the state of all 6 endpoints is unknown\n"), "{all}");
    assert!(all.contains("\n6 unknown endpoints: blank, "), "{all}");
    assert!(all.contains("The queue or the workers are unknown") && !all.contains("did not answer"), "{all}");
    assert!(without_values(1, true).starts_with("UNKNOWN: endpoint blank is unknown\n"));
    assert!(without_values(1, false).contains("account did not answer"));
}

/// Its balance stops nothing.
#[test]
fn a_postpaid_account_has_no_balance() {
    let mut document = document();
    (document["accounts"][0]["billing_mode"], document["accounts"][0]["runway_hours"]) =
        ("postpaid".into(), Value::Null);
    let report = Report::of(&document).unwrap();
    let text = text(&report, &Source::Input, &Style::default());
    assert!(text.contains("post-paid, spend $39.85/h\n"), "{text}");
}

/// A balance of 0 lasts no time, which needs no words.
#[test]
fn a_balance_that_is_used_up_has_no_runway() {
    let mut document = document();
    (document["accounts"][0]["balance_dollars"], document["accounts"][0]["runway_hours"]) =
        (0.0.into(), 0.0.into());
    let report = Report::of(&document).unwrap();
    let text = text(&report, &Source::Input, &Style::default());
    assert!(text.contains("balance $0.00, spend $39.85/h\n"), "{text}");
}
