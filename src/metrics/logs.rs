//! Log lines of workers.
//!
//! Source   the log streams of REST API v2, counted in `instruments/logs.rs` as they arrive.

use crate::catalog::{Counter, Family};
use crate::instruments::EndpointLines;

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Counter::<EndpointLines, 2> {
        name: "runpod_log_lines_total",
        help: "Log lines of the endpoint's workers since the exporter started following them, by source and level (REST logs).",
        labels: ["level", "source"],
        read: |endpoint, series| {
            for (labels, total) in &endpoint.lines {
                series.put(*labels, total);
            }
        },
    },
    &Counter::<EndpointLines, 0> {
        name: "runpod_log_lines_oversized_total",
        help: "Log lines of the endpoint's workers that were left out because they are larger than 1 MiB (REST logs).",
        labels: [],
        read: |endpoint, series| series.put([], &endpoint.oversized),
    },
];
