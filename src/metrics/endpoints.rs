//! Serverless endpoints: what they are, what waits for them, what they have done.
//!
//! Source   the list of endpoints (GraphQL `myself { endpoints }`, or REST `/serverless`), and `/health` of each endpoint's
//!          job API.
//! Absent   with the list failed, configuration is absent, and the load of the endpoints of the last good list stays.

use crate::catalog::Kind::{Counter, Gauge};
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{ENDPOINT_STATUSES, Endpoint, Facts, seconds};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<Endpoint, 7> {
        name: "runpod_endpoint_info",
        help: "Always 1: configuration of an endpoint (GraphQL type, computeType, gpuIds, locations, flashBootType, scalerType, templateId, or REST serverless, which has no template); a label is empty where the API gives nothing.",
        kind: Gauge,
        labels: ["kind", "compute", "gpu_types", "data_centers", "flashboot", "scaler", "template_id"],
        read: |endpoint, points| {
            let Facts { kind, compute, gpu_types, data_centers, flashboot, scaler, template_id, .. } =
                &endpoint.facts;
            let [kind, compute, gpu_types, data_centers, flashboot, scaler, template_id] =
                [kind, compute, gpu_types, data_centers, flashboot, scaler, template_id]
                    .map(|value| value.as_deref().unwrap_or_default());
            let labels = [kind, compute, gpu_types, data_centers, flashboot, scaler, template_id];
            points.put(labels, endpoint.facts.listed.then_some(1.0));
        },
    },
    &Single::<Endpoint> {
        name: "runpod_endpoint_up",
        help: "Whether the endpoint's own read (/health, or documented GraphQL endpoint) succeeded in this scrape.",
        kind: Gauge,
        read: |endpoint| endpoint.up.map(f64::from),
    },
    &Labelled::<Endpoint, 1> {
        name: "runpod_endpoint_status",
        help: "1 for the status that the endpoint has (documented GraphQL status), 0 for the others that are known; absent where the API has none.",
        kind: Gauge,
        labels: ["status"],
        read: |endpoint, points| {
            if let Some(status) = &endpoint.facts.status {
                points.put([status], 1.0);
                for known in ENDPOINT_STATUSES {
                    points.put([known], 0.0);
                }
            }
        },
    },
    &Single::<Endpoint> {
        name: "runpod_endpoint_created_timestamp_seconds",
        help: "When the endpoint was created, in seconds since 1970 (GraphQL or REST createdAt).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.created,
    },
    &Single::<Endpoint> {
        name: "runpod_endpoint_idle_timeout_seconds",
        help: "Time after which an idle worker is stopped (GraphQL idleTimeout, or REST workers.idleTimeout).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.idle_timeout,
    },
    &Single::<Endpoint> {
        name: "runpod_endpoint_execution_timeout_seconds",
        help: "Time that a job may run (GraphQL executionTimeoutMs, or REST timeout).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.execution_timeout,
    },
    &Single::<Endpoint> {
        name: "runpod_endpoint_load_timestamp_seconds",
        help: "When queue, job totals and workers of the endpoint were read, in seconds since 1970; older than the scrape only while its job API asks to wait.",
        kind: Gauge,
        read: |endpoint| endpoint.load_read.map(seconds),
    },
    &Single::<Endpoint> {
        name: "runpod_queue_depth",
        help: "Jobs that wait for a worker (/health jobs.inQueue, or documented GraphQL queue.inQueue).",
        kind: Gauge,
        read: |endpoint| endpoint.load.queue_depth,
    },
    &Single::<Endpoint> {
        name: "runpod_queue_in_progress",
        help: "Jobs that a worker runs (/health jobs.inProgress, or documented GraphQL queue.inProgress).",
        kind: Gauge,
        read: |endpoint| endpoint.load.in_progress,
    },
    &Labelled::<Endpoint, 1> {
        name: "runpod_requests_total",
        help: "Jobs that ended, by status (/health jobs, or documented GraphQL queue); counted on by the exporter where Runpod's own total restarts.",
        kind: Counter,
        labels: ["status"],
        read: |endpoint, points| {
            for (status, total) in &endpoint.requests {
                points.put([status], *total);
            }
        },
    },
];
