//! The status of an endpoint in numbers.

use std::sync::Arc;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{TokensOf, Verdict, number, worst_first};
use crate::alerts::Alert;
use crate::diagnosis::{Diagnosis, Ended, Finding, Health, Latency, Name, Severity, Subject};
use crate::logs::ErrorLine;
use crate::snapshot::{self, Count, Endpoint, EndpointState, JobTotal, OrOther, Quantile, Seconds};

/// The status of an endpoint.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EndpointStatus {
    /// Its id, which is unique.
    pub id: Arc<str>,
    /// Its name, which is not.
    pub name: Arc<str>,
    /// Its health; null if unknown.
    pub health: Option<Health>,
    /// The finding that causes its problems: about the endpoint or its account; null without problems.
    pub cause: Option<Name>,
    /// Its status, where the API has one.
    pub status: Option<OrOther<EndpointState>>,
    /// When queue and workers were read.
    pub read: Option<Timestamp>,
    /// Number of jobs in the queue.
    pub queue_depth: Option<f64>,
    /// Number of jobs in progress.
    pub in_progress: Option<f64>,
    /// Time until the jobs that wait now are done at the rate at which jobs completed in the last minutes; 0 without
    /// waiting jobs, null if the rate is unknown or 0, or if no job makes progress any more.
    pub estimated_wait_seconds: Option<f64>,
    /// Its workers.
    pub workers: Workers,
    /// Its jobs.
    pub requests: Requests,
    /// Latency of the last jobs that were reported to the exporter; null without any.
    pub latency: Option<Latency>,
    /// Statistics that Runpod computes.
    pub reported: Reported,
    /// Tokens of its jobs; null if no job reported any.
    pub tokens: Option<Tokens>,
    /// What Runpod has billed for it in the current UTC day; null before its first bill of the day.
    pub billed_today_dollars: Option<f64>,
    /// The alerts about it in Alertmanager; null if unknown.
    pub alerts: Option<Vec<Alert>>,
    /// The last error lines of its workers, oldest first; null unless the logs collector is enabled.
    pub last_errors: Option<Vec<ErrorLine>>,
    /// Its findings: the cause, then others, then symptoms, which another finding explains.
    pub findings: Vec<Finding>,
    /// Age and queue depth of the last samples, oldest first. For the page.
    #[serde(skip)]
    pub queue_history: Vec<(Duration, f64)>,
}

/// Workers by state, and their limits.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Workers {
    /// By state.
    #[serde(flatten)]
    pub states: snapshot::Workers,
    /// Minimum number of workers.
    pub min: Option<f64>,
    /// Maximum number of workers.
    pub max: Option<f64>,
    /// Standby workers, kept warm while scaled down.
    pub standby: Option<f64>,
}

/// Finished jobs.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Requests {
    /// All finished jobs, as Runpod counts them (`runpod_reported_requests`).
    pub total: Option<f64>,
    /// Jobs that returned an output.
    pub successful: Option<f64>,
    /// Jobs that failed.
    pub failed: Option<f64>,
    /// Retries of jobs.
    pub retried: Option<f64>,
    /// Share of the recently finished jobs that returned an output; null if none finished.
    pub success_ratio: Option<f64>,
    /// Finished jobs per minute; null before the second sample.
    pub per_minute: Option<f64>,
    /// The period of the last two fields in seconds, at most ten minutes; null before the second sample.
    pub within_seconds: Option<f64>,
}

/// Statistics that Runpod computes over a period that it does not document.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Reported {
    /// Execution time in seconds, by quantile.
    pub execution_seconds: Quantiles,
    /// Delay time in seconds, by quantile.
    pub delay_seconds: Quantiles,
    /// Share of jobs that succeeded.
    pub success_ratio: Option<f64>,
    /// Jobs per second.
    pub requests_per_second: Option<f64>,
}

/// By quantile, such as `0.95`.
pub(crate) type Quantiles = BTreeMap<Quantile, f64>;

/// Token counts since the exporter was started.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Tokens {
    /// Input tokens.
    pub r#in: u64,
    /// Output tokens.
    pub out: u64,
}

impl EndpointStatus {
    pub(super) fn new(diagnosis: &Diagnosis, endpoint: &Endpoint, tokens: TokensOf<'_>) -> Self {
        let Endpoint { id, name, facts, load, load_read, billed, .. } = endpoint;
        let recent = diagnosis.recent.get(id).cloned().unwrap_or_default();
        Self {
            id: Arc::clone(id),
            name: Arc::clone(name),
            health: diagnosis.health.get(id).copied(),
            cause: diagnosis.causes.get(id).copied(),
            status: facts.status.clone(),
            read: *load_read,
            queue_depth: number(load.queue_depth),
            in_progress: number(load.in_progress),
            estimated_wait_seconds: estimated_wait(number(load.queue_depth), recent.ended)
                .filter(|wait| *wait <= 0.0 || !is_stopped(diagnosis, id)),
            workers: Workers {
                states: load.workers,
                min: number(facts.workers_min),
                max: number(facts.workers_max),
                standby: number(facts.workers_standby),
            },
            requests: Requests::new(&load.totals, recent.ended),
            latency: recent.latency,
            reported: Reported {
                execution_seconds: quantiles(&facts.reported.execution),
                delay_seconds: quantiles(&facts.reported.delay),
                success_ratio: number(facts.reported.success_ratio),
                requests_per_second: number(facts.reported.requests_per_second),
            },
            tokens: tokens(id).map(|[read, out]| Tokens { r#in: read, out }),
            billed_today_dollars: number(billed.day),
            alerts: None,
            last_errors: None,
            findings: worst_first(
                diagnosis,
                diagnosis.causes.get(id).copied(),
                |subject| matches!(subject, Subject::Endpoint { id: about, .. } if about == id),
            ),
            queue_history: recent.queue,
        }
    }

    /// Its health as a verdict. An endpoint that cannot be read is unhealthy: its users may get no answers either.
    pub(super) fn verdict(&self) -> Verdict {
        if self.is_unreadable() { Verdict::Unhealthy } else { Verdict::of(self.health) }
    }

    /// Whether it could not be read. Its health is also unknown if its queue or its workers are.
    pub fn is_unreadable(&self) -> bool {
        self.findings.iter().any(|finding| finding.name == Name::EndpointUnreadable)
    }

    /// Sort key: health, then the highest severity of its findings, then queue depth. The highest comes first.
    pub fn priority(&self) -> f64 {
        let health = match self.health {
            Some(Health::Healthy) => 0.0,
            Some(Health::Degraded) => 2.0,
            None => 1.0,
            Some(Health::Unhealthy) => 3.0,
        };
        let own = self.findings.iter().filter(|finding| !finding.is_symptom());
        let worst = match own.map(|finding| finding.severity).max() {
            None => 0.0,
            Some(Severity::Info) => 1.0,
            Some(Severity::Warning) => 2.0,
            Some(Severity::Critical) => 3.0,
        };
        // Increases with the depth, and is less than 1.
        let waiting = self.queue_depth.map_or(0.0, |depth| depth / (depth + 1.0));
        10.0 * health + worst + waiting
    }

    /// Whether jobs wait and none makes progress: no worker can take them, or none has completed for at least a minute.
    pub fn is_blocked(&self) -> bool {
        let waits = self.queue_depth.is_some_and(|depth| depth > 0.0);
        let is_known = self.health == Some(Health::Unhealthy)
            || self.requests.within_seconds.is_some_and(|seconds| seconds >= 60.0);
        waits && self.estimated_wait_seconds.is_none() && is_known
    }

    /// The best available 95th percentile in seconds: of the latency of reported jobs, or else of the execution time that
    /// Runpod computes. Also returns whether it is the latter.
    pub fn p95(&self) -> Option<(f64, bool)> {
        let reported = || Some((*self.reported.execution_seconds.get(&Quantile::P95)?, true));
        self.latency.map(|latency| (latency.p95, false)).or_else(reported)
    }
}

/// Whether nothing progresses now, whatever the rate of the last minutes was.
fn is_stopped(diagnosis: &Diagnosis, id: &str) -> bool {
    let cause = diagnosis.causes.get(id).filter(|cause| **cause != Name::ErrorRatioHigh);
    cause.is_some() && diagnosis.health.get(id) == Some(&Health::Unhealthy)
}

/// How long the last job in the queue waits if jobs go on completing at the same rate.
fn estimated_wait(queue: Option<f64>, recent: Ended) -> Option<f64> {
    let queue = queue?;
    if queue <= 0.0 {
        return Some(0.0);
    }
    let rate = recent.completed / recent.within.as_secs_f64();
    (rate.is_finite() && rate > 0.0).then(|| queue / rate)
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
            total: of(JobTotal::Completed).and(of(JobTotal::Failed)).map(|_| finished.sum()),
            successful: of(JobTotal::Completed),
            failed: of(JobTotal::Failed),
            retried: of(JobTotal::Retried),
            success_ratio: (ended > 0.0).then(|| completed / ended),
            per_minute: (minutes > 0.0).then(|| ended / minutes),
            within_seconds: (!within.is_zero()).then_some(within.as_secs_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_unknown_if_no_job_completes() {
        let ended = |completed, failed, seconds| Ended {
            completed,
            failed,
            retried: 0.0,
            within: Duration::from_secs(seconds),
        };
        assert_eq!(estimated_wait(Some(30.0), ended(10.0, 5.0, 60)), Some(180.0));
        assert_eq!(estimated_wait(Some(0.0), ended(0.0, 0.0, 0)), Some(0.0), "nothing waits");
        assert_eq!(estimated_wait(Some(30.0), ended(0.0, 9.0, 60)), None, "only failures");
        assert_eq!(estimated_wait(Some(30.0), ended(0.0, 0.0, 0)), None, "before the second sample");
        assert_eq!(estimated_wait(Some(30.0), ended(3.0, 0.0, 0)), None, "no period");
        assert_eq!(estimated_wait(None, ended(10.0, 0.0, 60)), None);
    }

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
        let half = Requests::new(&[(JobTotal::Completed, Count(9.0))].into(), Ended::default());
        assert_eq!((half.total, half.successful), (None, Some(9.0)), "how many failed is unknown");
        let unknown = Requests::new(&BTreeMap::new(), Ended::default());
        assert_eq!((unknown.total, unknown.success_ratio, unknown.per_minute), (None, None, None));
        assert_eq!((unknown.within_seconds, requests.within_seconds), (None, Some(300.0)));
    }
}
