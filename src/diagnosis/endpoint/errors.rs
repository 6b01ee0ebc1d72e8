//! Jobs that fail: by the exporter's own count of the last minutes, or by what Runpod reports where that says too little.

use super::words::{percent, time};
use super::{Found, Patient, recommend};
use crate::diagnosis::Name;
use crate::settings::Signal;

/// With fewer jobs, a single failure would be above the usual threshold of 5 %.
const ENOUGH_JOBS: f64 = 20.0;

pub(super) fn check(patient: &Patient<'_>) -> Option<Found> {
    let counted = patient.track.map(|track| track.ended(patient.moment.elapsed));
    let enough = counted.filter(|ended| ended.completed + ended.failed >= ENOUGH_JOBS);
    let (ratio, metric, seen) = if let Some(ended) = enough {
        let jobs = ended.completed + ended.failed;
        let seen = format!("{} of {jobs} jobs failed in {}", ended.failed, time(ended.within));
        (ended.failed / jobs, "runpod_requests_total", seen)
    } else {
        let reported = &patient.endpoint.facts.reported;
        let error = reported.error_ratio.map(|error| error.0);
        let ratio = error.or(reported.success_ratio.map(|success| 1.0 - success.0))?;
        (ratio, "runpod_reported_error_ratio", "as reported by Runpod".to_owned())
    };
    let (severity, threshold) = patient.level(Signal::ErrorRatio, ratio).filter(|_| ratio > 0.0)?;
    Some(Found {
        name: Name::ErrorRatioHigh,
        severity,
        metric,
        facts: format!(
            "error ratio {}, success ratio {} (threshold {}): {seen}",
            percent(ratio),
            percent(1.0 - ratio),
            percent(threshold)
        ),
        recommendations: recommend([
            &format!("Check the logs for handler errors: runpod-exporter logs {}", patient.endpoint.id),
            "Roll back the latest release if the errors started with it.",
        ]),
    })
}
