//! What is counted of one endpoint's jobs.

use std::time::Duration;

use crate::instruments::{Distribution, Total};
use crate::jobs::{Job, Status, Via};

/// Upper bounds in milliseconds: from a response that feels immediate to a job that times out after ten minutes. They are
/// finest around 5 and 10 seconds, where the thresholds for latency are, and above a minute no wider than a factor of 1.5.
const BUCKETS: [u64; 18] = [
    100, 250, 500, 1_000, 2_000, 5_000, 8_000, 10_000, 15_000, 30_000, 60_000, 90_000, 120_000, 180_000,
    240_000, 300_000, 450_000, 600_000,
];

/// The smallest bound in seconds that is at least this time; `None` above the largest.
pub(crate) fn bound(seconds: f64) -> Option<f64> {
    BUCKETS.iter().map(|bound| Duration::from_millis(*bound).as_secs_f64()).find(|bound| *bound >= seconds)
}

/// Durations of jobs.
pub(crate) type JobDurations = Distribution<{ BUCKETS.len() }>;

/// Everything that is counted of an endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) latency: JobDurations,
    pub(crate) delay: JobDurations,
    pub(crate) execution: JobDurations,
    jobs: [[Total; Status::ALL.len()]; Via::ALL.len()],
    tokens_in: Total,
    tokens_out: Total,
}

impl Default for Tally {
    fn default() -> Self {
        let durations = JobDurations::new(&BUCKETS);
        Self {
            latency: durations,
            delay: durations,
            execution: durations,
            jobs: Default::default(),
            tokens_in: Total::default(),
            tokens_out: Total::default(),
        }
    }
}

impl Tally {
    /// Counts a job.
    pub(super) fn count(&mut self, via: Via, job: &Job) {
        let total = self.jobs.get_mut(via.index()).and_then(|jobs| jobs.get_mut(job.status.index()));
        if let Some(total) = total {
            total.add(1);
        }
        let times = [
            (&mut self.latency, job.times.latency),
            (&mut self.delay, job.times.delay),
            (&mut self.execution, job.times.execution),
        ];
        for (durations, time) in times {
            if let Some(time) = time {
                durations.observe(time);
            }
        }
        self.tokens_in.add(job.tokens.input.unwrap_or_default());
        self.tokens_out.add(job.tokens.output.unwrap_or_default());
    }

    /// The number of jobs, by channel and status.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = ([&'static str; 2], Total)> {
        let channels = Via::ALL.iter().zip(&self.jobs);
        channels.flat_map(|(via, totals)| {
            let statuses = Status::ALL.iter().zip(totals);
            statuses.map(move |(status, total)| ([via.as_str(), status.as_str()], *total))
        })
    }

    /// The number of tokens, by direction.
    pub(crate) const fn tokens(&self) -> [(&'static str, Total); 2] {
        [("in", self.tokens_in), ("out", self.tokens_out)]
    }
}
