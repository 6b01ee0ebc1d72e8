//! Workers crash.

use super::{EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::count;

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let unhealthy = input.endpoint.load.workers.unhealthy.filter(|workers| *workers > 0.0)?;
    let message = format!("{} unhealthy", count(unhealthy.0, "worker"));
    let recommendations = recommend([
        &format!("Check the workers' last log lines: runpod-exporter logs {}", input.endpoint.id),
        "Check the usual causes: an image that does not start, an incompatible driver, too little memory.",
    ]);
    Some(Found::new(Name::WorkersUnhealthy, Severity::Warning, message, recommendations))
}
