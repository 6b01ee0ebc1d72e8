//! Latencies and rates that Runpod computed. Percentiles are exported as summaries: they cannot be aggregated over endpoints.
//!
//! Source   with collector `latency`, the last complete bucket of REST's request and worker metrics, whose place and unit are found
//!          in the API's description, or the newest hour with jobs of the job API's `/metrics/request_ts_v1`; and the documented
//!          GraphQL `metrics{}`, over a window that it does not specify.
//! Absent   if Runpod reports no such value, or its description does not state the unit.

use crate::catalog::Kind::{Gauge, Summary};
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{ClosedSet as _, Count, Endpoint, PerSecond, Ratio, Seconds, UnixTime};
use runpod::{Measure, ReportedStatistic, Statistic};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<Endpoint, Seconds, 1> {
        name: "runpod_reported_execution_seconds",
        help: "Percentiles of job execution time by Runpod; do not average (REST metrics, job API request_ts_v1, documented GraphQL metrics).",
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
        help: "Percentiles of job queue time in the last bucket by Runpod; do not average (REST metrics, job API request_ts_v1 dt).",
        kind: Summary,
        labels: ["quantile"],
        read: |endpoint, points| {
            for (quantile, value) in &endpoint.facts.reported.delay {
                points.put([quantile.as_str()], *value);
            }
        },
    },
    &Labelled::<Endpoint, Seconds, 1> {
        name: "runpod_reported_cold_start_seconds",
        help: "Percentiles of cold start time in the last complete bucket computed by Runpod; do not average (REST metrics).",
        kind: Summary,
        labels: ["quantile"],
        read: |endpoint, points| {
            for (quantile, value) in &endpoint.facts.reported.cold_start {
                points.put([quantile.as_str()], *value);
            }
        },
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_execution_avg_seconds",
        help: "Average job execution time computed by Runpod (REST metrics, job API request_ts_v1 et_total, documented GraphQL metrics).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.execution_avg,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_delay_avg_seconds",
        help: "Average job queue time in the last complete bucket computed by Runpod (REST metrics).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.delay_avg,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_cold_start_avg_seconds",
        help: "Average cold start time computed by Runpod (REST metrics, documented GraphQL metrics.avgColdStartTimeMs).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.cold_start_avg,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_execution_max_seconds",
        help: "Maximum job execution time in the last complete bucket, as reported by Runpod (REST metrics).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.execution_max,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_delay_max_seconds",
        help: "Maximum job queue time in the last complete bucket, as reported by Runpod (REST metrics).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.delay_max,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_cold_start_max_seconds",
        help: "Maximum cold start time in the last complete bucket, as reported by Runpod (REST metrics).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.cold_start_max,
    },
    &Single::<Endpoint, Count> {
        name: "runpod_reported_cold_starts",
        help: "Cold starts in the last complete bucket, as counted by Runpod (REST metrics).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.cold_starts,
    },
    &Single::<Endpoint, UnixTime> {
        name: "runpod_reported_bucket_timestamp_seconds",
        help: "Start of the bucket of the reported latencies as a Unix timestamp in seconds (REST metrics, job API request_ts_v1).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.bucket_start,
    },
    &Single::<Endpoint, Seconds> {
        name: "runpod_reported_bucket_seconds",
        help: "Length of the bucket of the reported latencies, usually 5 minutes (REST metrics) or an hour (job API request_ts_v1).",
        kind: Gauge,
        read: |endpoint| endpoint.facts.reported.bucket_length,
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

/// The family that exports what REST reports, if there is one: how many jobs ended is in `runpod_requests_total` already.
pub fn family_of(fact: ReportedStatistic) -> Option<&'static str> {
    let [percentiles, average, maximum, count] = match fact.measure {
        Measure::Execution => [
            Some("runpod_reported_execution_seconds"),
            Some("runpod_reported_execution_avg_seconds"),
            Some("runpod_reported_execution_max_seconds"),
            None,
        ],
        Measure::Delay => [
            Some("runpod_reported_delay_seconds"),
            Some("runpod_reported_delay_avg_seconds"),
            Some("runpod_reported_delay_max_seconds"),
            None,
        ],
        Measure::ColdStart => [
            Some("runpod_reported_cold_start_seconds"),
            Some("runpod_reported_cold_start_avg_seconds"),
            Some("runpod_reported_cold_start_max_seconds"),
            Some("runpod_reported_cold_starts"),
        ],
    };
    match fact.statistic {
        Statistic::Average => average,
        Statistic::Maximum => maximum,
        Statistic::Count => count,
        Statistic::P50
        | Statistic::P70
        | Statistic::P90
        | Statistic::P95
        | Statistic::P98
        | Statistic::P99 => percentiles,
    }
}
