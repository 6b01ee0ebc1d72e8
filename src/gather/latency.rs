//! The collector of the latencies that Runpod computes. REST has them if the API's description says where and in which unit; the
//! job API has them otherwise, and may need a key of its own for them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use runpod::{Api, DescribedMetrics, MetricsSubject, Operation, Reply, RequestError, Runpod, Urgency};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use super::gatherer::Gatherer;
use super::latencies::Latencies;
use super::per_endpoint::PerEndpoint;
use super::run::Gathering;
use crate::settings::{Collector, Collectors};

/// What the API's description says about the metrics of endpoints, read at most once in a scrape. `None` if it cannot be read.
pub(super) type Described = Arc<OnceCell<Option<DescribedMetrics>>>;

/// The sources of one scrape.
#[derive(Debug, Clone)]
struct Sources {
    runpod: Arc<Runpod>,
    described: Described,
    /// Whether the quota has already granted the requests.
    is_granted: bool,
    now: Timestamp,
    deadline: Instant,
}

impl Gatherer {
    /// Requests the latencies of the endpoints that are due. Those of REST only as far as the quota allows, starting with those that
    /// were read longest ago.
    pub(super) fn request_latencies(
        &self,
        latencies: &mut PerEndpoint<Latencies>,
        described: &Described,
        ids: &[Arc<str>],
        gathering: Gathering<'_>,
    ) {
        let Gathering { on, deadline, .. } = gathering;
        let mut due = latencies.due(self, ids);
        let known = self.runpod.rest().known_metrics();
        let operations = known.as_ref().map_or(0, |known| known.operations.len());
        let is_granted = operations > 0 && !falls_back(&self.runpod);
        if is_granted {
            due.truncate(self.granted_latencies(due.len(), operations, on));
        }
        let sources = Sources {
            runpod: Arc::clone(&self.runpod),
            described: Arc::clone(described),
            is_granted,
            now: self.clock.now(),
            deadline,
        };
        latencies.send(self, &due, |id: Arc<str>| sources.clone().read(id));
    }

    /// The maximum age of latencies. Those of REST share its quota, so that it grows with the number of endpoints.
    pub(super) fn latency_max_age(&self, endpoints: usize) -> Duration {
        let is_rest = self.runpod.rest().known_metrics().is_some_and(|known| !known.operations.is_empty());
        if is_rest {
            self.max_age_of_each(Collector::Latency, endpoints)
        } else {
            self.max_age(Collector::Latency)
        }
    }

    /// For how many of these endpoints the quota grants the requests. If it does not suffice for all, the collector of workers gets
    /// half of it.
    fn granted_latencies(&self, endpoints: usize, operations: usize, on: &Collectors) -> usize {
        if self.runpod.paused(Api::Rest, Operation::Latency).is_some() {
            return endpoints.min(1); // enough to get the reason of the pause
        }
        let wanted = endpoints.saturating_mul(operations);
        let share = if on.has(Collector::Workers) { 2 } else { 1 };
        let rest = self.runpod.rest();
        let granted = rest.grant(wanted.saturating_mul(share), Urgency::CanWait);
        // Of an odd number, each gets the larger half at every second scrape.
        let odd = std::mem::replace(&mut self.memory().odd_to_workers, false);
        self.memory().odd_to_workers = !odd;
        let half = if odd { granted / share } else { granted.div_ceil(share) };
        let used = half.min(wanted) / operations * operations;
        rest.give_back(granted.saturating_sub(used));
        used / operations
    }
}

impl Sources {
    /// The latencies of an endpoint. `None` if the quota does not allow the requests now.
    async fn read(self, id: Arc<str>) -> Result<Option<Reply<Latencies>>, RequestError> {
        let described = self.described.get_or_init(|| self.describe()).await;
        let described = described.as_ref().filter(|known| !known.operations.is_empty());
        let Some(described) = described.filter(|_| !falls_back(&self.runpod)) else {
            let jobs = Some(self.runpod.latency(&id, self.deadline).await?);
            return Ok(Some(Reply::complete(Latencies { jobs, rest: Vec::new() })));
        };
        if !self.is_granted && !self.is_granted_now(described.operations.len()) {
            return Ok(None);
        }
        let (mut rest, mut error, mut needs_jobs) = (Vec::new(), None, !described.has_job_percentiles());
        for operation in &described.operations {
            let bucket = self.runpod.rest().endpoint_metrics(operation, &id, self.now, self.deadline).await;
            match bucket {
                Ok(bucket) => rest.extend(bucket),
                Err(failed) if operation.subject == MetricsSubject::Requests && is_absent(&failed) => {
                    needs_jobs = true;
                }
                Err(failed) => error = error.or(Some(failed)),
            }
        }
        let mut jobs = None;
        if needs_jobs {
            match self.runpod.latency(&id, self.deadline).await {
                Ok(metrics) => jobs = Some(metrics),
                Err(failed) => error = error.or(Some(failed)),
            }
        }
        match error {
            Some(error) if jobs.is_none() && rest.is_empty() => Err(error),
            error => Ok(Some(Reply { value: Latencies { jobs, rest }, error })),
        }
    }

    /// Reads the API's description, for at most half of the time that is left: the rest is for the job API.
    async fn describe(&self) -> Option<DescribedMetrics> {
        let now = Instant::now();
        let left = self.deadline.saturating_duration_since(now);
        let half = now.checked_add(left.checked_div(2).unwrap_or(Duration::ZERO)).unwrap_or(self.deadline);
        timeout_at(half, self.runpod.rest().described_metrics(half)).await.ok()?.ok()
    }

    fn is_granted_now(&self, operations: usize) -> bool {
        let rest = self.runpod.rest();
        let granted = rest.grant(operations, Urgency::CanWait);
        if granted < operations {
            rest.give_back(granted);
        }
        granted == operations
    }
}

/// Whether REST is known not to have the latencies.
fn falls_back(runpod: &Runpod) -> bool {
    let reason = runpod.paused(Api::Rest, Operation::Latency);
    reason.is_some_and(|reason| Collector::Latency.row().falls_back_on(&reason))
}

/// Whether a failure means that REST does not have the latencies.
fn is_absent(error: &RequestError) -> bool {
    Collector::Latency.row().falls_back_on(&error.reason)
}
