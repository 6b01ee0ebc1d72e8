//! Latencies and rates that Runpod computed over a window that it does not specify. Percentiles are exported as summaries:
//! they cannot be aggregated over endpoints.
//!
//! Source   the documented GraphQL `metrics{}`, or, with collector `latency`, the job API's `/metrics/request_ts_v1`.

use crate::catalog::Kind::{Gauge, Summary};
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{ClosedSet as _, Endpoint, PerSecond, Ratio, Seconds};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<Endpoint, Seconds, 1> {
        name: "runpod_reported_execution_seconds",
        help: "Percentiles of job execution time computed by Runpod; do not average (documented GraphQL metrics p50 to p99, request_ts_v1 et).",
        kind: Summary,
        labels: ["quantile"],
        read: |endpoint, points| {
            for (quantile, value) in &endpoint.facts.reported.execution {
                points.put([quantile.as_str()], *value);
            }
        },
    },
    &Labelled::<Endpoint, Seconds, 1> {
        name: "runpod_reported_delay_seconds",
        help: "Percentiles of job queue time in the last hour computed by Runpod; do not average (job API request_ts_v1 dt).",
        kind: Summary,
        labels: ["quantile"],
        read: |endpoint, points| {
            for (quantile, value) in &endpoint.facts.reported.delay {
                points.put([quantile.as_str()], *value);
            }
        },
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_execution_avg_seconds",
        help: "Average job execution time computed by Runpod (documented GraphQL metrics.avgExecutionTimeMs, job API request_ts_v1 et_total).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.execution_avg,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_cold_start_avg_seconds",
        help: "Average cold start time computed by Runpod (documented GraphQL metrics.avgColdStartTimeMs).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.cold_start_avg,
    },
    &Single::<Endpoint, PerSecond> {
        name: "runpod_reported_requests_per_second",
        help: "Request rate computed by Runpod (documented GraphQL metrics.requestsPerMinute).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.requests_per_second,
    },
    &Single::<Endpoint, Ratio> {
        name: "runpod_reported_success_ratio",
        help: "Share of successful jobs computed by Runpod (documented GraphQL metrics.successRate).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.success_ratio,
    },
    &Single::<Endpoint, Ratio> {
        name: "runpod_reported_error_ratio",
        help: "Share of failed jobs computed by Runpod (documented GraphQL metrics.errorRate).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.error_ratio,
    },
];
