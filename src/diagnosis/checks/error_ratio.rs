//! Too many jobs fail: by the exporter's own count of the last minutes, or, with too few jobs, as reported by Runpod.

use super::{Effect, EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{number, percent, time};
use crate::diagnosis::impact::Impact;
use crate::diagnosis::limit::Limit;
use crate::diagnosis::samples::Ended;
use crate::settings::Signal;

const MINIMUM_JOBS: u32 = Limit::MinimumJobs.jobs();
const MOST: f64 = Limit::MostJobsFail.ratio();

/// If most jobs fail, the check decides that it stops.
pub(super) const EFFECT: Effect = Effect { delays: Some(Severity::Warning), ..Effect::NONE };

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    measured(input).or_else(|| too_few(input))
}

fn measured(input: &EndpointInput<'_>) -> Option<Found> {
    let counted = input.track.map(|track| track.ended(input.moment.elapsed));
    let jobs = |ended: &Ended| ended.completed + ended.failed;
    // In a brief history, what failed counts even if it is little: "healthy" would deny it.
    let is_little = |ended: &Ended| jobs(ended) < f64::from(MINIMUM_JOBS);
    let enough = counted.filter(|ended| !is_little(ended) || (input.is_brief && ended.failed > 0.0));
    let (ratio, metric, basis) = if let Some(ended) = enough {
        let jobs = ended.completed + ended.failed;
        let basis = format!(": {} of {} in {}", number(ended.failed), number(jobs), time(ended.within));
        (ended.failed / jobs, "runpod_requests_total", basis)
    } else {
        let reported = input.reported()?;
        let error = reported.error_ratio.map(|error| error.0);
        let ratio = error.or(reported.success_ratio.map(|success| 1.0 - success.0))?;
        (ratio, "runpod_reported_error_ratio", ", as reported by Runpod".to_owned())
    };
    let (severity, threshold) = input.level(Signal::ErrorRatio, ratio).filter(|_| ratio > 0.0)?;
    let little = enough.filter(is_little);
    let severity = if little.is_some() { severity.min(Severity::Warning) } else { severity };
    let message = format!("{} of jobs failed (threshold {}){basis}", percent(ratio), percent(threshold));
    let recommendations = recommendations(input);
    let found = Found::new(Name::ErrorRatioHigh, severity, message, recommendations).in_metric(metric);
    let most = enough.filter(|_| input.is_brief).map_or(MOST, |ended| MOST.max(beyond_chance(jobs(&ended))));
    Some(if ratio >= most && little.is_none() { found.with_impact(Impact::Stops) } else { found })
}

/// The share of so many jobs that is more than one half by more than chance: by two standard deviations. There is no later
/// diagnosis after a brief history, and where every second job fails, it must not differ from one to the next. If all of a
/// few jobs failed, that is a finding of its own.
fn beyond_chance(jobs: f64) -> f64 {
    0.5 + 1.0 / jobs.sqrt()
}

/// At least half of jobs that are too few to judge by: a note, because the numbers show it.
fn too_few(input: &EndpointInput<'_>) -> Option<Found> {
    let ended = input.track?.ended(input.moment.elapsed);
    let jobs = ended.completed + ended.failed;
    let ratio = ended.failed / jobs;
    if ended.failed <= 0.0 || ratio < 0.5 || jobs >= f64::from(MINIMUM_JOBS) {
        return None;
    }
    input.level(Signal::ErrorRatio, ratio)?;
    let (ratio, failed, jobs) = (percent(ratio), number(ended.failed), number(jobs));
    let message =
        format!("{ratio} of jobs failed: {failed} of {jobs} in {}, too few to judge by", time(ended.within));
    Some(Found::new(Name::ErrorRatioHigh, Severity::Info, message, recommendations(input)))
}

fn recommendations(input: &EndpointInput<'_>) -> Vec<String> {
    recommend([
        &format!(
            "Check the logs for handler errors: runpod-exporter logs {} --level=error",
            input.endpoint.id
        ),
        "Roll back the latest release if the errors started with it.",
    ])
}
