//! How an endpoint is, in numbers.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{TokensOf, number, worst_first};
use crate::diagnosis::{Diagnosis, Ended, Finding, Health, Latency, Severity, Subject};
use crate::snapshot::{self, Count, Endpoint, EndpointState, JobTotal, OrOther, Quantile, Seconds};

/// How an endpoint is.
#[derive(Debug, Clone, Serialize)]
pub struct EndpointStatus {
    /// Its id, which is unique.
    pub id: String,
    /// Its name, which is not.
    pub name: String,
    /// How it is; null if nothing is known of it.
    pub health: Option<Health>,
    /// Its status, where the API has one.
    pub status: Option<OrOther<EndpointState>>,
    /// When queue and workers were read.
    pub read: Option<Timestamp>,
    /// Jobs that wait.
    pub queue_depth: Option<f64>,
    /// Jobs that run.
    pub in_progress: Option<f64>,
    /// Its workers.
    pub workers: Workers,
    /// Its jobs.
    pub requests: Requests,
    /// What the last jobs took that the exporter was told of; null without any.
    pub latency: Option<Latency>,
    /// What Runpod computed.
    pub reported: Reported,
    /// What its jobs read and wrote; null where none said.
    pub tokens: Option<Tokens>,
    /// What is wrong with it, the worst first.
    pub findings: Vec<Finding>,
    /// How many jobs waited, and how long ago that was; oldest first. For the page.
    #[serde(skip)]
    pub queue_history: Vec<(Duration, f64)>,
}

/// Workers by state, and how many there may be.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Workers {
    /// By state.
    #[serde(flatten)]
    pub states: snapshot::Workers,
    /// Always on.
    pub min: Option<f64>,
    /// At the most.
    pub max: Option<f64>,
    /// Kept ready though scaled down.
    pub standby: Option<f64>,
}

/// Jobs that ended.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Requests {
    /// All of them, since the counters of `runpod_requests_total` began.
    pub total: Option<f64>,
    /// Those that returned an output.
    pub successful: Option<f64>,
    /// Those that failed.
    pub failed: Option<f64>,
    /// How often one was tried again.
    pub retried: Option<f64>,
    /// Of those that ended in the last minutes, the share that returned an output; null where none ended.
    pub success_ratio: Option<f64>,
    /// How many ended in a minute; null before the second look.
    pub per_minute: Option<f64>,
    /// The minutes that the last two are about, in seconds: ten minutes at the most.
    pub within_seconds: f64,
}

/// What Runpod computed over a window that it does not name.
#[derive(Debug, Clone, Serialize)]
pub struct Reported {
    /// Seconds that a worker had a job, by quantile.
    pub execution_seconds: Quantiles,
    /// Seconds that a job waited, by quantile.
    pub delay_seconds: Quantiles,
    /// Share of one.
    pub success_ratio: Option<f64>,
    /// Jobs a second.
    pub requests_per_second: Option<f64>,
}

/// By quantile, such as `0.95`.
pub type Quantiles = BTreeMap<Quantile, f64>;

/// Tokens since the exporter was started.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Tokens {
    /// Read.
    pub r#in: u64,
    /// Written.
    pub out: u64,
}

impl EndpointStatus {
    /// An endpoint of which nothing is known, for the unit tests.
    #[cfg(test)]
    pub(crate) fn unknown(id: &str) -> Self {
        let workers = Workers { states: snapshot::Workers::default(), min: None, max: None, standby: None };
        let reported = Reported {
            execution_seconds: Quantiles::new(),
            delay_seconds: Quantiles::new(),
            success_ratio: None,
            requests_per_second: None,
        };
        let (health, status, read, queue_depth, in_progress, latency, tokens) = Default::default();
        let (findings, queue_history) = Default::default();
        let requests = Requests::new(&BTreeMap::new(), Ended::default());
        let (id, name) = (id.to_owned(), id.to_owned());
        Self {
            id,
            name,
            health,
            status,
            read,
            queue_depth,
            in_progress,
            workers,
            requests,
            latency,
            reported,
            tokens,
            findings,
            queue_history,
        }
    }

    pub(super) fn new(diagnosis: &Diagnosis, endpoint: &Endpoint, tokens: TokensOf<'_>) -> Self {
        let Endpoint { id, name, facts, load, load_read, requests, .. } = endpoint;
        let recent = diagnosis.recent.get(id).cloned().unwrap_or_default();
        Self {
            id: id.clone(),
            name: name.clone(),
            health: diagnosis.health.get(id).copied(),
            status: facts.status.clone(),
            read: *load_read,
            queue_depth: number(load.queue_depth),
            in_progress: number(load.in_progress),
            workers: Workers {
                states: load.workers,
                min: number(facts.workers_min),
                max: number(facts.workers_max),
                standby: number(facts.workers_standby),
            },
            requests: Requests::new(requests, recent.ended),
            latency: recent.latency,
            reported: Reported {
                execution_seconds: quantiles(&facts.reported.execution),
                delay_seconds: quantiles(&facts.reported.delay),
                success_ratio: number(facts.reported.success_ratio),
                requests_per_second: number(facts.reported.requests_per_second),
            },
            tokens: tokens(id).map(|[read, out]| Tokens { r#in: read, out }),
            findings: worst_first(
                diagnosis,
                |subject| matches!(subject, Subject::Endpoint { id: about, .. } if about == id),
            ),
            queue_history: recent.queue,
        }
    }

    /// How much trouble it is in: by its health, then the worst that was found, then the jobs that wait for it.
    pub fn trouble(&self) -> f64 {
        let health = match self.health {
            Some(Health::Healthy) => 0.0,
            Some(Health::Degraded) => 2.0,
            None => 1.0,
            Some(Health::Unhealthy) => 3.0,
        };
        let worst = match self.findings.first().map(|finding| finding.severity) {
            None => 0.0,
            Some(Severity::Info) => 1.0,
            Some(Severity::Warning) => 2.0,
            Some(Severity::Critical) => 3.0,
        };
        // Between 0 and 1, the more the more.
        let waiting = self.queue_depth.map_or(0.0, |depth| depth / (depth + 1.0));
        10.0 * health + worst + waiting
    }

    /// The 95th percentile that is known best: of the jobs that the exporter was told of, or else what Runpod reports of the
    /// execution alone. Says whether it is the latter.
    pub fn p95(&self) -> Option<(f64, bool)> {
        let reported = || Some((*self.reported.execution_seconds.get(&Quantile::P95)?, true));
        self.latency.map(|latency| (latency.p95, false)).or_else(reported)
    }
}

fn quantiles(reported: &BTreeMap<Quantile, Seconds>) -> Quantiles {
    reported.iter().map(|(quantile, time)| (*quantile, time.0)).collect()
}

impl Requests {
    fn new(totals: &BTreeMap<JobTotal, Count>, recent: Ended) -> Self {
        let of = |row| totals.get(&row).map(|total| total.0);
        // A retried job has not finished.
        let finished = totals.iter().filter(|(row, _)| **row != JobTotal::Retried).map(|(_, total)| total.0);
        let Ended { completed, failed, within, .. } = recent;
        let (ended, minutes) = (completed + failed, within.as_secs_f64() / 60.0);
        Self {
            total: of(JobTotal::Completed).or(of(JobTotal::Failed)).map(|_| finished.sum()),
            successful: of(JobTotal::Completed),
            failed: of(JobTotal::Failed),
            retried: of(JobTotal::Retried),
            success_ratio: (ended > 0.0).then(|| completed / ended),
            per_minute: (minutes > 0.0).then(|| ended / minutes),
            within_seconds: within.as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_is_tried_again_is_not_over() {
        let totals = [
            (JobTotal::Completed, 90.0),
            (JobTotal::Failed, 6.0),
            (JobTotal::Retried, 40.0),
            (JobTotal::Cancelled, 4.0),
        ];
        let totals = totals.map(|(row, total)| (row, Count(total))).into();
        let within = Duration::from_mins(5);
        let recent = Ended { completed: 9.0, failed: 1.0, retried: 4.0, within };
        let requests = Requests::new(&totals, recent);
        assert_eq!((requests.total, requests.successful), (Some(100.0), Some(90.0)));
        assert_eq!((requests.success_ratio, requests.per_minute), (Some(0.9), Some(2.0)));
        let unknown = Requests::new(&BTreeMap::new(), Ended::default());
        assert_eq!((unknown.total, unknown.success_ratio, unknown.per_minute), (None, None, None));
    }
}
