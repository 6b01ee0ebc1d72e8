//! No job has completed since several have failed, on an endpoint with few jobs.

use super::{Effect, EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{count, time};
use crate::diagnosis::limit::Limit;

const JOBS: u32 = Limit::EveryJobFails.jobs();

pub(super) const EFFECT: Effect =
    Effect { stops: Some(Severity::Info), explains: &[Name::ErrorRatioHigh], ..Effect::NONE };

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let (failed, lasted) = input.track?.failing(input.moment.elapsed)?;
    if failed < f64::from(JOBS) {
        return None;
    }
    let within = if lasted.is_zero() { String::new() } else { format!(", within {}", time(lasted)) };
    let message = format!("all of the last {} failed{within}", count(failed, "job"));
    let recommendations = recommend([
        &format!(
            "Check the logs for handler errors: runpod-exporter logs {} --level=error",
            input.endpoint.id
        ),
        "Roll back the latest release if the errors started with it.",
    ]);
    Some(Found::new(Name::EveryJobFails, Severity::Critical, message, recommendations).lasting(lasted))
}
