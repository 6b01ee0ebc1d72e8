//! Finished jobs that were reported to the exporter: their latency, their number, their tokens.
//!
//! Source   webhooks, pushes and the request lists of the job API (see `docs/latency.md`), counted in `instruments/jobs/`.
//! Absent   until the first job of an endpoint ends.

use crate::catalog::{Counter, Family, Histogram};
use crate::instruments::EndpointJobs;

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Histogram::<EndpointJobs, 0, _> {
        name: "runpod_request_latency_seconds",
        help: "Time from the arrival of a job to its end, of finished jobs reported to the exporter (webhook, push, job API requests).",
        labels: [],
        read: |jobs, series| series.put([], &jobs.tally.latency),
    },
    &Histogram::<EndpointJobs, 0, _> {
        name: "runpod_request_delay_seconds",
        help: "Time that a job waited for a worker, of finished jobs reported to the exporter that ran (delayTime).",
        labels: [],
        read: |jobs, series| series.put([], &jobs.tally.delay),
    },
    &Histogram::<EndpointJobs, 0, _> {
        name: "runpod_request_execution_seconds",
        help: "Time that a worker spent on a job, of finished jobs reported to the exporter that ran (executionTime).",
        labels: [],
        read: |jobs, series| series.put([], &jobs.tally.execution),
    },
    &Counter::<EndpointJobs, 2> {
        name: "runpod_jobs_observed_total",
        help: "Finished jobs reported to the exporter, each counted once, by channel and status.",
        labels: ["via", "status"],
        read: |jobs, series| {
            for (labels, total) in jobs.tally.jobs().filter(|(_, total)| total.get() > 0) {
                series.put(labels, &total);
            }
        },
    },
    &Counter::<EndpointJobs, 1> {
        name: "runpod_tokens_total",
        help: "Tokens that finished jobs read (in) and generated (out), as reported in their output or a push.",
        labels: ["direction"],
        read: |jobs, series| {
            for (direction, total) in jobs.tally.tokens() {
                if total.get() > 0 {
                    series.put([direction], &total);
                }
            }
        },
    },
];
