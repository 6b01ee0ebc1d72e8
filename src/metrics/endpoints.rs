//! Serverless endpoints: configuration, queue, finished jobs.
//!
//! Source   the list of endpoints (GraphQL `myself { endpoints }`, or REST `/serverless`), and `/health` of each endpoint's
//!          job API.
//! Absent   if the list failed, the configuration is absent; the load is still exported for the endpoints of the last list.

use super::label::{put_state, text};
use crate::catalog::Kind::{Counter, Gauge};
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{
    ClosedSet as _, Count, DollarsPerHour, Endpoint, Facts, Info, Seconds, State, UnixTime,
};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<Endpoint, Info, 7> {
        name: "runpod_endpoint_info",
        help: "Endpoint configuration, always 1 (GraphQL type, computeType, gpuIds, locations, flashBootType, scalerType, templateId, REST serverless).",
        kind: Gauge,
        labels: ["kind", "compute", "gpu_types", "data_centers", "flashboot", "scaler", "template_id"],
        read: |endpoint, points| {
            let Facts { kind, compute, gpu_types, data_centers, flashboot, scaler, template_id, .. } =
                &endpoint.facts;
            let labels = [
                text(kind.as_ref()),
                text(compute.as_ref()),
                gpu_types.as_deref().unwrap_or_default(),
                data_centers.as_deref().unwrap_or_default(),
                text(flashboot.as_ref()),
                text(scaler.as_ref()),
                template_id.as_deref().unwrap_or_default(),
            ];
            points.put(labels, endpoint.facts.listed.then_some(Info));
        },
    },
    &Single::<Endpoint, State> {
        name: "runpod_endpoint_up",
        help: "Whether reading the endpoint itself succeeded in this scrape (job API /health, documented GraphQL endpoint).",
        kind: Gauge,
        read: |endpoint| endpoint.up.map(State),
    },
    &Labelled::<Endpoint, State, 1> {
        name: "runpod_endpoint_status",
        help: "Status of an endpoint: 1 for the current status, 0 for the other known ones (documented GraphQL status).",
        kind: Gauge,
        labels: ["status"],
        read: |endpoint, points| put_state(endpoint.facts.status.as_ref(), points),
    },
    &Single::<Endpoint, UnixTime> {
        name: "runpod_endpoint_created_timestamp_seconds",
        help: "Creation time of an endpoint as a Unix timestamp in seconds (GraphQL createdAt, REST createdAt).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.created,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_endpoint_idle_timeout_seconds",
        help: "Time after which an idle worker is stopped (GraphQL idleTimeout, REST workers.idleTimeout).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.idle_timeout,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_endpoint_execution_timeout_seconds",
        help: "Maximum execution time of a job (GraphQL executionTimeoutMs, REST timeout).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.execution_timeout,
    },
    &Single::<Endpoint, UnixTime> {
        name: "runpod_endpoint_load_timestamp_seconds",
        help: "Read time of queue, job totals and workers as a Unix timestamp in seconds; older than the scrape while the job API is paused.",
        kind: Gauge,
        read: |endpoint| endpoint.load_read.map(UnixTime::from),
    },
    &Single::<Endpoint, DollarsPerHour> {
        name: "runpod_endpoint_cost_dollars_per_hour",
        help: "Cost of the running workers of an endpoint in dollars per hour (GraphQL endpoints.pods costPerHr).",
        kind: Gauge,
        read: |endpoint| endpoint.load.cost,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_queue_depth",
        help: "Jobs waiting for a worker (/health jobs.inQueue, documented GraphQL queue.inQueue).",
        kind: Gauge,
        read: |endpoint| endpoint.load.queue_depth,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_queue_in_progress",
        help: "Jobs being executed by a worker (/health jobs.inProgress, documented GraphQL queue.inProgress).",
        kind: Gauge,
        read: |endpoint| endpoint.load.in_progress,
    },
    &Labelled::<Endpoint, Count, 1> {
        name: "runpod_requests_total",
        help: "Finished jobs and retries since the exporter first read the endpoint, by status (/health jobs, documented GraphQL queue).",
        kind: Counter,
        labels: ["status"],
        read: |endpoint, points| {
            for (row, total) in &endpoint.requests {
                points.put([row.as_str()], *total);
            }
        },
    },
    &Labelled::<Endpoint, Count, 1> {
        name: "runpod_endpoint_batches",
        help: "Batches by status; a finalized batch is done once all of its requests have ended (beta, job API batch status).",
        kind: Gauge,
        labels: ["status"],
        read: |endpoint, points| {
            for (status, batches) in endpoint.batches.iter().flat_map(|batches| &batches.by_status) {
                points.put([status.as_str()], *batches);
            }
        },
    },
    &Labelled::<Endpoint, Count, 1> {
        name: "runpod_endpoint_batch_requests",
        help: "Requests of finalized batches that are not done, by state (beta, job API batch requestInProgress, requestTotal).",
        kind: Gauge,
        labels: ["state"],
        read: |endpoint, points| {
            for (state, requests) in endpoint.batches.iter().flat_map(|batches| &batches.requests) {
                points.put([state.as_str()], *requests);
            }
        },
    },
    &Labelled::<Endpoint, Count, 1> {
        name: "runpod_reported_requests",
        help: "Runpod's own totals of finished jobs and retries by status, which may fall (/health jobs, documented GraphQL queue).",
        kind: Gauge,
        labels: ["status"],
        read: |endpoint, points| {
            for (row, total) in &endpoint.load.totals {
                points.put([row.as_str()], *total);
            }
        },
    },
];
