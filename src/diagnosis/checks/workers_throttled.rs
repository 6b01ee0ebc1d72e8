//! Workers wait for a free GPU.

use super::{EndpointInput, Found, Name, recommend};
use crate::diagnosis::format::{count, number};
use crate::settings::Signal;
use crate::snapshot::Count;

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let Count(throttled) = input.endpoint.load.workers.throttled?;
    // With a threshold of 0, every endpoint would have this finding.
    let (severity, threshold) =
        input.level(Signal::WorkersThrottled, throttled).filter(|_| throttled > 0.0)?;
    let facts = &input.endpoint.facts;
    let allowed = [("GPU types", &facts.gpu_types), ("data centers", &facts.data_centers)];
    let allowed =
        allowed.into_iter().filter_map(|(what, of)| Some(format!("; {what} allowed: {}", of.as_ref()?)));
    let message = format!(
        "{} throttled (threshold {}){}",
        count(throttled, "worker"),
        number(threshold),
        allowed.collect::<String>()
    );
    let recommendations = recommend([
        "Allow more GPU types: those of the endpoint are short of capacity.",
        "Allow more data centers, unless a network volume ties the endpoint to one.",
    ]);
    Some(Found::new(Name::WorkersThrottled, severity, message, recommendations))
}
