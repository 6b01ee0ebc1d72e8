//! Thresholds, health and findings.

use std::collections::BTreeMap;

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled};
use crate::diagnosis::{DiagnosedAccount, Finding, Health, Subject};
use crate::instruments::bound;
use crate::settings::{Levels, Signal, Slo};
use crate::snapshot::{Endpoint, Mixed, Seconds, State, UnixTime};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<DiagnosedAccount, Mixed, 4> {
        name: "runpod_threshold",
        help: "Thresholds by signal and severity (inclusive), those in force; balance_runway_hours has empty endpoint labels.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "signal", "severity"],
        read: |account, points| {
            let mut put = |id: &str, name: &str, signal: Signal, levels: Levels| {
                let Levels { info, warning, critical } = levels;
                for (severity, level) in [("info", info), ("warning", warning), ("critical", critical)] {
                    points.put([id, name, signal.as_str(), severity], level.map(Mixed));
                }
            };
            for endpoint in &account.snapshot.endpoints {
                for (signal, levels) in account.snapshot.thresholds.of_endpoint(&endpoint.name, &endpoint.id)
                {
                    put(&endpoint.id, &endpoint.name, signal, levels);
                }
            }
            if account.snapshot.account.is_some() {
                put("", "", Signal::BalanceRunway, account.snapshot.thresholds.of_balance());
            }
        },
    },
    &Labelled::<DiagnosedAccount, Mixed, 3> {
        name: "runpod_slo_objective",
        help: "Configured objective: share of jobs that succeed (success), or that end within the threshold (latency).",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "slo"],
        read: |account, points| {
            for Endpoint { id, name, .. } in &account.snapshot.endpoints {
                let Slo { success, latency } = account.snapshot.thresholds.slo(name, id);
                points.put([id, name, "success"], success.map(Mixed));
                points.put([id, name, "latency"], latency.map(|latency| Mixed(latency.target)));
            }
        },
    },
    &Labelled::<DiagnosedAccount, Seconds, 3> {
        name: "runpod_slo_latency_threshold_seconds",
        help: "Configured threshold of the latency objective; bucket is the bound of runpod_request_latency_seconds that counts it.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "bucket"],
        read: |account, points| {
            for Endpoint { id, name, .. } in &account.snapshot.endpoints {
                let latency = account.snapshot.thresholds.slo(name, id).latency;
                if let Some((seconds, bound)) = latency.and_then(|it| Some((it.seconds, bound(it.seconds)?)))
                {
                    points.put([id.as_str(), name, &bound.to_string()], Seconds(seconds));
                }
            }
        },
    },
    &Labelled::<DiagnosedAccount, State, 2> {
        name: "runpod_endpoint_healthy",
        help: "Whether users of an endpoint get answers in time (runpod_endpoint_state is healthy); absent if unknown.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name"],
        read: |account, points| {
            for endpoint in &account.snapshot.endpoints {
                let health = account.diagnosis.health.get(&endpoint.id);
                let healthy = health.map(|health| State(*health == Health::Healthy));
                points.put([&endpoint.id, &endpoint.name], healthy);
            }
        },
    },
    &Labelled::<DiagnosedAccount, State, 3> {
        name: "runpod_endpoint_state",
        help: "State of an endpoint, always 1: unhealthy (no answers), degraded (late or some errors), healthy; absent if unknown.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "state"],
        read: |account, points| {
            for endpoint in &account.snapshot.endpoints {
                if let Some(health) = account.diagnosis.health.get(&endpoint.id) {
                    points.put([&endpoint.id, &endpoint.name, health.as_str()], State(true));
                }
            }
        },
    },
    &Labelled::<DiagnosedAccount, State, 4> {
        name: "runpod_finding",
        help: "Finding of the diagnosis that needs attention, always 1; endpoint labels are empty for the account and pods.",
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
                // Findings of several pods have the same labels.
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

/// Id and name of the endpoint that a finding is about; empty for the account and pods.
fn labels(finding: &Finding) -> [&str; 2] {
    match &finding.subject {
        Subject::Endpoint { id, name } => [id, name],
        Subject::Account | Subject::Pod { .. } => ["", ""],
    }
}
