//! The latency of an endpoint as Runpod reports it: averages, percentiles and rates over its last finished jobs.

use std::time::Duration;

use super::job::{FinishedJob, JobStatus};

/// The period that percentiles cover.
const WINDOW: Duration = Duration::from_mins(5);

/// Latency and success of an endpoint over the last minutes. `None` where no job finished.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Latency {
    /// Jobs that finished in the last minute.
    pub(crate) finished_last_minute: u32,
    /// Mean execution time.
    pub(crate) mean: Option<Duration>,
    /// Median execution time.
    pub(crate) p50: Option<Duration>,
    /// 95th percentile of execution times.
    pub(crate) p95: Option<Duration>,
    /// 99th percentile of execution times.
    pub(crate) p99: Option<Duration>,
    /// Mean duration of a cold start.
    pub(crate) cold_start: Option<Duration>,
    /// Ratio of jobs that completed.
    pub(crate) success: Option<f64>,
}

impl Latency {
    pub(super) fn of(jobs: &[FinishedJob], now: Duration, cold_start: Option<Duration>) -> Self {
        let recent: Vec<&FinishedJob> = jobs.iter().filter(|job| job.finished + WINDOW > now).collect();
        let last_minute = recent.iter().filter(|job| job.finished + Duration::from_mins(1) > now).count();
        let completed = recent.iter().filter(|job| job.status == JobStatus::Completed);
        let mut runs: Vec<Duration> = completed.map(|job| job.execution).collect();
        runs.sort_unstable();
        let (ended, good) = (number(recent.len()), number(runs.len()));
        Self {
            finished_last_minute: number(last_minute),
            mean: runs.iter().sum::<Duration>().checked_div(good),
            p50: rank(&runs, 50),
            p95: rank(&runs, 95),
            p99: rank(&runs, 99),
            cold_start,
            success: (ended > 0).then(|| f64::from(good) / f64::from(ended)),
        }
    }
}

/// The nearest-rank percentile of sorted values.
pub(crate) fn rank(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let position = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
    sorted.get(position).copied()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_observed_values() {
        let runs: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(rank(&runs, 50), Some(Duration::from_millis(50)));
        assert_eq!(rank(&runs, 99), Some(Duration::from_millis(99)));
        assert_eq!(rank(&runs[..1], 99), Some(Duration::from_millis(1)));
        assert_eq!(rank(&[], 50), None);
    }

    #[test]
    fn without_finished_jobs_there_is_no_latency() {
        let latency = Latency::of(&[], Duration::from_mins(10), None);
        assert_eq!(latency, Latency::default());
    }
}
