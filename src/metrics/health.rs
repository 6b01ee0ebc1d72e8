//! Thresholds, health and findings.

use std::collections::BTreeMap;

use crate::catalog::Kind::Gauge;
use crate::catalog::{DiagnosedEndpoint, Family, Labelled, Single};
use crate::diagnosis::{DiagnosedAccount, Finding, Health, Subject};
use crate::instruments::bound;
use crate::settings::{Levels, Signal, Slo};
use crate::snapshot::{Endpoint, Mixed, Seconds, State, UnixTime};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<DiagnosedEndpoint<'_>, Mixed, 2> {
        name: "runpod_threshold",
        help: "Thresholds by signal and severity (inclusive), those in force; balance_runway_hours has empty endpoint labels.",
        kind: Gauge,
        labels: ["signal", "severity"],
        read: |DiagnosedEndpoint { account, endpoint }, points| {
            let mut put = |signal: Signal, Levels { info, warning, critical }: Levels| {
                for (severity, level) in [("info", info), ("warning", warning), ("critical", critical)] {
                    points.put([signal.as_str(), severity], level.map(Mixed));
                }
            };
            let thresholds = &account.snapshot.thresholds;
            match endpoint {
                Some(Endpoint { id, name, .. }) => {
                    for (signal, levels) in thresholds.of_endpoint(name, id) {
                        put(signal, levels);
                    }
                }
                None if account.snapshot.account.is_some() => {
                    put(Signal::BalanceRunway, thresholds.of_balance());
                }
                None => {}
            }
        },
    },
    &Labelled::<DiagnosedEndpoint<'_>, Mixed, 1> {
        name: "runpod_slo_objective",
        help: "Configured objective: share of jobs that succeed (success), or that end within the threshold (latency).",
        kind: Gauge,
        labels: ["slo"],
        read: |DiagnosedEndpoint { account, endpoint }, points| {
            if let Some(Endpoint { id, name, .. }) = endpoint {
                let Slo { success, latency } = account.snapshot.thresholds.slo(name, id);
                points.put(["success"], success.map(Mixed));
                points.put(["latency"], latency.map(|latency| Mixed(latency.target)));
            }
        },
    },
    &Labelled::<DiagnosedEndpoint<'_>, Seconds, 1> {
        name: "runpod_slo_latency_threshold_seconds",
        help: "Configured threshold of the latency objective; bucket is the bound of runpod_request_latency_seconds that counts it.",
        kind: Gauge,
        labels: ["bucket"],
        read: |DiagnosedEndpoint { account, endpoint }, points| {
            if let Some(Endpoint { id, name, .. }) = endpoint {
                let latency = account.snapshot.thresholds.slo(name, id).latency;
                if let Some((seconds, bound)) = latency.and_then(|it| Some((it.seconds, bound(it.seconds)?)))
                {
                    points.put([&bound.to_string()], Seconds(seconds));
                }
            }
        },
    },
    &Single::<DiagnosedEndpoint<'_>, State> {
        name: "runpod_endpoint_healthy",
        help: "Whether users of an endpoint get answers in time (runpod_endpoint_state is healthy); absent if unknown.",
        kind: Gauge,
        read: |endpoint| health(endpoint).map(|health| State(health == Health::Healthy)),
    },
    &Labelled::<DiagnosedEndpoint<'_>, State, 1> {
        name: "runpod_endpoint_state",
        help: "State of an endpoint, always 1: unhealthy (no answers), degraded (late or some errors), healthy; absent if unknown.",
        kind: Gauge,
        labels: ["state"],
        read: |endpoint, points| {
            if let Some(health) = health(endpoint) {
                points.put([health.as_str()], State(true));
            }
        },
    },
    &Labelled::<DiagnosedAccount, State, 4> {
        name: "runpod_finding",
        help: "Finding of the diagnosis that needs attention, always 1; endpoint labels are empty unless it is about an endpoint.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "finding", "severity"],
        read: |account, points| {
            let findings = account.diagnosis.findings.iter().filter(|finding| !finding.is_symptom());
            for finding @ Finding { name, severity, .. } in findings {
                let [id, endpoint] = labels(finding);
                points.put([id, endpoint, name.as_str(), severity.as_str()], State(true));
            }
        },
    },
    &Labelled::<DiagnosedAccount, State, 5> {
        name: "runpod_finding_symptom",
        help: "Finding that another finding explains, always 1: that one needs attention.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "finding", "severity", "explained_by"],
        read: |account, points| {
            for finding @ Finding { name, severity, .. } in &account.diagnosis.findings {
                if let Some(cause) = finding.explained_by {
                    let [id, endpoint] = labels(finding);
                    points.put([id, endpoint, name.as_str(), severity.as_str(), cause.as_str()], State(true));
                }
            }
        },
    },
    &Labelled::<DiagnosedAccount, UnixTime, 3> {
        name: "runpod_finding_since_timestamp_seconds",
        help: "Start of the state behind a finding or symptom as observed by this process, as a Unix timestamp in seconds.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "finding"],
        read: |account, points| {
            let mut earliest = BTreeMap::new();
            for finding @ Finding { name, since, .. } in &account.diagnosis.findings {
                // Findings of several pods, or of several clusters, have the same labels.
                let [id, endpoint] = labels(finding);
                let start = earliest.entry([id, endpoint, name.as_str()]).or_insert(*since);
                *start = (*start).min(*since);
            }
            for (labels, since) in earliest {
                points.put(labels, UnixTime::from(since));
            }
        },
    },
];

fn health(DiagnosedEndpoint { account, endpoint }: DiagnosedEndpoint<'_>) -> Option<Health> {
    account.diagnosis.health.get(&endpoint?.id).copied()
}

/// Id and name of the endpoint that a finding is about; empty for all others.
fn labels(finding: &Finding) -> [&str; 2] {
    match &finding.subject {
        Subject::Endpoint { id, name } => [id, name],
        Subject::Account | Subject::Pod { .. } | Subject::Cluster { .. } => ["", ""],
    }
}
