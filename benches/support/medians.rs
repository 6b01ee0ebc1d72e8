//! The medians of a run of criterion, which benchmarks compare with each other.

use std::path::PathBuf;

use serde_json::Value;

use super::account::Outcome;

/// Where criterion keeps the results of a benchmark: beside the profile's folder, which contains this program.
fn estimates(group: &str, name: &str) -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("no target directory")?;
    Ok(target.join("criterion").join(group).join(name).join("new/estimates.json"))
}

/// Deletes the results of an earlier run, so that they are not compared with those of this run.
pub(crate) fn forget(group: &str, name: &str) -> Outcome<()> {
    match std::fs::remove_file(estimates(group, name)?) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The median of this run in nanoseconds; `None` if the benchmark did not run.
pub(crate) fn median(group: &str, name: &str) -> Outcome<Option<f64>> {
    let Ok(estimates) = std::fs::read(estimates(group, name)?) else { return Ok(None) };
    let estimates: Value = serde_json::from_slice(&estimates)?;
    let median = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
    Ok(Some(median.ok_or("no median in the estimates")?))
}
