//! No job has completed since several have failed, on an endpoint with few jobs.

use super::{Effect, EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{count, time};
use crate::diagnosis::limit::Limit;
use crate::diagnosis::samples::{Failures, Jobs};

const JOBS: u32 = Limit::EveryJobFails.jobs();

/// The probability from which so many failures in a row may be chance, on an endpoint where only some jobs fail.
const CHANCE: f64 = 0.01;

pub(super) const EFFECT: Effect =
    Effect { stops: Some(Severity::Info), explains: &[Name::ErrorRatioHigh], ..Effect::NONE };

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let failures = input.track?.failing(input.moment.elapsed)?;
    let Failures { failed, lasted, .. } = failures;
    if failed < f64::from(JOBS) || may_be_chance(failures, input.is_brief) {
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

/// Whether jobs that fail as often as those before may have failed in a row. If none has completed for half an hour, as far as it
/// was observed, none does, which is also what the alert requires. A brief history has not observed enough for that.
fn may_be_chance(failures: Failures, is_brief: bool) -> bool {
    let Failures { failed, before: Jobs { completed, failed: failed_before }, .. } = failures;
    if completed <= 0.0 && !is_brief {
        return false;
    }
    // Laplace's rule: of few jobs, that none failed does not show that none does.
    let ratio = (failed_before + 1.0) / (completed + failed_before + 2.0);
    ratio.powf(failed) > CHANCE
}
