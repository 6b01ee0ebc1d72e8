//! The latency of the last jobs, and its percentiles.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use super::window::WINDOW;
use crate::jobs::Millis;

/// Maximum number of jobs per endpoint: ten are above the 99th percentile, and a thousand endpoints need 8 MB.
pub(crate) const JOBS: usize = 1_000;

/// The last jobs, in the batches in which they were reported.
#[derive(Debug, Default)]
pub(super) struct Latencies(VecDeque<(Duration, Vec<Millis>)>);

/// The latency of the jobs of an endpoint that were reported to the exporter: at most the last 1,000 of the last ten
/// minutes. In seconds from a job's arrival to its end; each percentile is the latency of one job.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    /// The number of jobs.
    pub jobs: usize,
    /// The average.
    pub avg: f64,
    /// The 50th percentile.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The shortest.
    pub min: f64,
    /// The longest.
    pub max: f64,
    /// The share of that time in which the jobs waited for a worker.
    pub waited_ratio: f64,
}

impl Latencies {
    /// Adds the jobs that were reported since the last call, oldest first.
    pub(super) fn record(&mut self, jobs: &[Millis], now: Duration) {
        if !jobs.is_empty() {
            self.0.push_back((now, jobs.to_vec()));
        }
        self.0.retain(|(at, _)| now.saturating_sub(*at) <= WINDOW);
        let mut surplus = self.0.iter().map(|(_, batch)| batch.len()).sum::<usize>().saturating_sub(JOBS);
        while let Some((_, oldest)) = self.0.front_mut().filter(|_| surplus > 0) {
            let gone = surplus.min(oldest.len());
            oldest.drain(..gone);
            surplus -= gone;
            if oldest.is_empty() {
                self.0.pop_front();
            }
        }
    }

    /// The percentiles. `None` without jobs.
    pub(super) fn summary(&self) -> Option<Latency> {
        let samples = || self.0.iter().flat_map(|(_, batch)| batch);
        let mut sorted: Vec<u32> = samples().map(|sample| sample.latency).collect();
        sorted.sort_unstable();
        let total: u64 = sorted.iter().copied().map(u64::from).sum();
        let waited: u64 = samples().map(|sample| u64::from(sample.delay)).sum();
        // The nearest-rank percentile: the smallest latency that this percentage of jobs does not exceed.
        let rank =
            |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        let seconds = |millis: u32| f64::from(millis) / 1_000.0;
        #[expect(clippy::cast_precision_loss, reason = "a thousand jobs of seven weeks each are exact")]
        let (jobs, total, waited) = (sorted.len() as f64, total as f64, waited as f64);
        Some(Latency {
            jobs: sorted.len(),
            avg: total / 1_000.0 / jobs,
            p50: seconds(rank(50)?),
            p95: seconds(rank(95)?),
            p99: seconds(rank(99)?),
            min: seconds(*sorted.first()?),
            max: seconds(*sorted.last()?),
            waited_ratio: if total > 0.0 { (waited / total).min(1.0) } else { 0.0 },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(millis: impl IntoIterator<Item = u32>) -> Vec<Millis> {
        millis.into_iter().map(|latency| Millis { latency, delay: latency / 4 }).collect()
    }

    #[test]
    fn a_percentile_is_the_latency_of_a_job() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.summary(), None);
        latencies.record(&jobs((1..=100).rev().map(|n| n * 1_000)), Duration::ZERO);
        let expected = Latency {
            jobs: 100,
            avg: 50.5,
            p50: 50.0,
            p95: 95.0,
            p99: 99.0,
            min: 1.0,
            max: 100.0,
            waited_ratio: 0.25,
        };
        assert_eq!(latencies.summary(), Some(expected));
        let mut one = Latencies::default();
        one.record(&jobs([0]), Duration::ZERO);
        assert_eq!(
            one.summary().map(|latency| (latency.p50, latency.p99, latency.waited_ratio)),
            Some((0.0, 0.0, 0.0))
        );
    }

    #[test]
    fn old_jobs_and_surplus_jobs_are_removed() {
        let mut latencies = Latencies::default();
        latencies.record(&jobs([9_000; 700]), Duration::ZERO);
        latencies.record(&jobs([5_000; 700]), Duration::from_mins(5));
        let summary = latencies.summary().unwrap();
        assert_eq!((summary.jobs, summary.max.to_bits()), (JOBS, 9.0_f64.to_bits()));
        latencies.record(&jobs([1_000; 3]), Duration::from_secs(601));
        let summary = latencies.summary().unwrap();
        assert_eq!((summary.jobs, summary.max.to_bits()), (703, 5.0_f64.to_bits()), "at most ten minutes");
        latencies.record(&[], Duration::from_hours(1));
        assert_eq!(latencies.summary(), None);
    }
}
