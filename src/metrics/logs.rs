//! Log lines of workers.
//!
//! Source   the log streams of REST API v2, counted in `instruments/logs.rs` as they arrive.

use crate::catalog::{Counter, Family};
use crate::instruments::EndpointLines;

pub(super) static FAMILIES: &[&dyn Family] = &[&Counter::<EndpointLines, 2> {
    name: "runpod_log_lines_total",
    help: "Log lines of the endpoint's workers since the exporter started following them, by source and level (REST logs).",
    labels: ["level", "source"],
    read: |lines, series| {
        for (labels, total) in &lines.0 {
            series.put(*labels, total);
        }
    },
}];
