//! Thresholds, health and findings.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled};
use crate::diagnosis::{DiagnosedAccount, Finding, Health, Subject};
use crate::settings::{Levels, Signal};
use crate::snapshot::{Mixed, State};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<DiagnosedAccount, Mixed, 4> {
        name: "runpod_threshold",
        help: "Configured warning and critical thresholds by signal (inclusive); balance_runway_hours has empty endpoint labels.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "signal", "severity"],
        read: |account, points| {
            let mut put = |id: &str, name: &str, signal: Signal, Levels { warning, critical }: Levels| {
                points.put([id, name, signal.as_str(), "warning"], Mixed(warning));
                points.put([id, name, signal.as_str(), "critical"], Mixed(critical));
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
    &Labelled::<DiagnosedAccount, State, 2> {
        name: "runpod_endpoint_healthy",
        help: "Whether an endpoint is healthy: readable, ready and without findings of severity warning or critical; absent if unknown.",
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
    &Labelled::<DiagnosedAccount, State, 4> {
        name: "runpod_finding",
        help: "Finding of the diagnosis, always 1; the endpoint labels are empty if it concerns the account or a pod.",
        kind: Gauge,
        labels: ["endpoint_id", "endpoint_name", "finding", "severity"],
        read: |account, points| {
            for Finding { name, severity, subject, .. } in &account.diagnosis.findings {
                let (id, endpoint) = match subject {
                    Subject::Endpoint { id, name } => (id.as_str(), name.as_str()),
                    Subject::Account | Subject::Pod { .. } => ("", ""),
                };
                points.put([id, endpoint, name.as_str(), severity.as_str()], State(true));
            }
        },
    },
];
