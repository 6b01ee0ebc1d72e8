//! What is counted of one endpoint's jobs, and how the `prometheus` crate writes it.

use std::time::Duration;

use prometheus::proto::{Bucket, Counter, Histogram, LabelPair, Metric};

use crate::jobs::{Job, Status, Via};

/// Upper bounds in milliseconds: from an answer that a person does not notice to a job that is given up after ten minutes.
/// They are finest around 5 and 10 seconds, where the thresholds for latency are.
const BUCKETS: [u64; 13] =
    [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/// Everything that is counted of an endpoint.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) latency: Times,
    pub(super) delay: Times,
    pub(super) execution: Times,
    jobs: [[u64; Status::ALL.len()]; Via::ALL.len()],
    tokens: [u64; Direction::ALL.len()],
}

/// A histogram. Its sum is a whole number of nanoseconds, so that it does not depend on the order of the jobs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: Duration,
}

/// Which way tokens went.
#[derive(Debug, Clone, Copy)]
enum Direction {
    In,
    Out,
}

impl Direction {
    const ALL: [Self; 2] = [Self::In, Self::Out];

    const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl Tally {
    /// Counts a job.
    pub(super) fn count(&mut self, via: Via, job: &Job) {
        let counter = self.jobs.get_mut(via.index()).and_then(|jobs| jobs.get_mut(job.status.index()));
        if let Some(counter) = counter {
            *counter += 1;
        }
        self.latency.observe(job.times.latency);
        self.delay.observe(job.times.delay);
        self.execution.observe(job.times.execution);
        for (total, tokens) in self.tokens.iter_mut().zip([job.tokens.input, job.tokens.output]) {
            // A number that somebody made up shall not stop the counting.
            *total = total.saturating_add(tokens.unwrap_or_default());
        }
    }

    /// The series of jobs: one for each way and status that occurred.
    pub(super) fn jobs(&self, identity: &[LabelPair]) -> Vec<Metric> {
        let ways = Via::ALL.iter().copied().zip(&self.jobs);
        let counts = ways.flat_map(|(via, jobs)| {
            Status::ALL.iter().copied().zip(jobs).map(move |(status, count)| (via, status, *count))
        });
        let occurred = counts.filter(|(.., count)| *count > 0);
        let series = |(via, status, count): (Via, Status, u64)| {
            counter(identity, &[("via", via.as_str()), ("status", status.as_str())], count)
        };
        occurred.map(series).collect()
    }

    /// Tokens in and out.
    pub(super) const fn token_totals(&self) -> [u64; 2] {
        self.tokens
    }

    /// The series of tokens: one for each direction in which any went.
    pub(super) fn tokens(&self, identity: &[LabelPair]) -> Vec<Metric> {
        let counts = Direction::ALL.into_iter().zip(self.tokens).filter(|(_, count)| *count > 0);
        counts
            .map(|(direction, count)| counter(identity, &[("direction", direction.as_str())], count))
            .collect()
    }
}

impl Times {
    fn observe(&mut self, time: Option<Duration>) {
        let Some(time) = time else { return };
        self.count += 1;
        self.sum = self.sum.saturating_add(time);
        let fits = |bound: &u64| time <= Duration::from_millis(*bound);
        if let Some(place) = BUCKETS.iter().position(fits)
            && let Some(bucket) = self.buckets.get_mut(place)
        {
            *bucket += 1;
        }
    }

    /// The histogram, if anything is in it.
    pub(super) fn series(&self, identity: &[LabelPair]) -> Option<Metric> {
        let mut below = 0;
        let buckets = BUCKETS.iter().zip(&self.buckets).map(|(bound, count)| {
            below += count;
            let mut bucket = Bucket::default();
            bucket.set_upper_bound(Duration::from_millis(*bound).as_secs_f64());
            bucket.set_cumulative_count(below);
            bucket
        });
        let mut histogram = Histogram::default();
        histogram.set_bucket(buckets.collect());
        histogram.set_sample_count(self.count);
        histogram.set_sample_sum(self.sum.as_secs_f64());
        let mut metric = Metric::from_label(identity.to_vec());
        metric.set_histogram(histogram);
        (self.count > 0).then_some(metric)
    }
}

/// A label and its value.
pub(super) fn pair(name: &str, value: &str) -> LabelPair {
    let mut pair = LabelPair::default();
    pair.set_name(name.to_owned());
    pair.set_value(value.to_owned());
    pair
}

fn counter(identity: &[LabelPair], own: &[(&str, &str)], value: u64) -> Metric {
    let own = own.iter().map(|(name, value)| pair(name, value));
    let mut metric = Metric::from_label(identity.iter().cloned().chain(own).collect());
    let mut counter = Counter::default();
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which no endpoint reaches")]
    counter.set_value(value as f64);
    metric.set_counter(counter);
    metric
}
