//! Workers wait for a free GPU.

use super::{EndpointInput, Found, Name, recommend};
use crate::diagnosis::format::count;
use crate::settings::Signal;
use crate::snapshot::Count;

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let Count(throttled) = input.endpoint.load.workers.throttled?;
    // With a threshold of 0, every endpoint would have this finding.
    let (severity, threshold) =
        input.level(Signal::WorkersThrottled, throttled).filter(|_| throttled > 0.0)?;
    let facts = &input.endpoint.facts;
    let allowed: Vec<&str> =
        [&facts.gpu_types, &facts.data_centers].into_iter().flatten().map(String::as_str).collect();
    let allowed =
        if allowed.is_empty() { String::new() } else { format!("; allowed: {}", allowed.join(" in ")) };
    let message = format!("{} throttled (threshold {threshold}){allowed}", count(throttled, "worker"));
    let recommendations = recommend([
        "Allow more GPU types: those of the endpoint are short of capacity.",
        "Allow more data centers, unless a network volume ties the endpoint to one.",
    ]);
    Some(Found::new(Name::WorkersThrottled, severity, message, recommendations))
}
