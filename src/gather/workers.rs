//! The collector of workers: it reads the workers of endpoints one endpoint at a time. The API is rate-limited, so that each
//! scrape reads as many endpoints as the quota allows, starting with those that were read longest ago.

use std::sync::Arc;
use std::time::Duration;

use runpod::{Api, Operation, Reply, Urgency, wire};
use tokio::time::Instant;

use super::cache::{Cache, Entry};
use super::gatherer::Gatherer;
use super::memory::{KnownEndpoint, Memory};
use super::per_endpoint::due;
use super::reads::Reads;
use super::run::{CollectorRun, Tally};
use crate::settings::{Collector, Collectors};
use crate::snapshot::{Endpoint, Provenance};

/// The time per endpoint before a list is too old. The smallest known quota allows a list every three or four seconds, so
/// that this is several rounds over all endpoints.
const ROUND: Duration = Duration::from_secs(20);

impl Gatherer {
    /// Requests the workers and releases of as many of these endpoints as are due and the quota allows.
    pub(super) fn request_workers(&self, reads: &mut Reads, ids: &[Arc<str>], deadline: Instant) {
        let every = self.every(Collector::Workers);
        let (workers, releases) = {
            let mut memory = self.memory();
            let now = self.clock.elapsed();
            let mut workers = due(&memory.workers, ids, every, now);
            let rolling_out: Vec<Arc<str>> =
                ids.iter().filter(|id| is_rolling_out(&memory, id)).cloned().collect();
            let mut releases = due(&memory.releases, &rolling_out, every, now);
            workers.truncate(self.granted(Operation::Workers, workers.len()));
            releases.truncate(self.granted(Operation::Releases, releases.len()));
            for id in &workers {
                memory.workers.entry(Arc::clone(id)).or_default().start(now);
            }
            for id in &releases {
                memory.releases.entry(Arc::clone(id)).or_default().start(now);
            }
            (workers, releases)
        };
        reads.workers.request_each(&workers, |id: Arc<str>| {
            let runpod = Arc::clone(&self.runpod);
            async move { runpod.rest().workers(&id, deadline).await }
        });
        reads.releases.request_each(&releases, |id: Arc<str>| {
            let runpod = Arc::clone(&self.runpod);
            async move { runpod.rest().releases(&id, deadline).await }
        });
    }

    /// How many of the wanted requests may be sent. A request for a paused operation is not sent, and one is enough to get
    /// the reason of the pause.
    fn granted(&self, operation: Operation, wanted: usize) -> usize {
        if self.runpod.paused(Api::Rest, operation).is_some() {
            return wanted.min(1);
        }
        self.runpod.rest().grant(wanted, Urgency::CanWait)
    }

    /// Records the responses, and returns whether there was any.
    pub(super) fn record_workers(&self, endpoints: &[KnownEndpoint], reads: &mut Reads) -> bool {
        let mut memory = self.memory();
        let mut answered = false;
        for KnownEndpoint { id, .. } in endpoints {
            if let Some(result) = reads.workers.take(id) {
                answered |= result.is_ok();
                let result = result.map(Reply::complete);
                memory.workers.entry(Arc::clone(id)).or_default().record(result, Api::Rest, &*self.clock);
            }
            if let Some(result) = reads.releases.take(id) {
                let result = result.map(Reply::complete);
                memory.releases.entry(Arc::clone(id)).or_default().record(result, Api::Rest, &*self.clock);
            }
            if !is_rolling_out(&memory, id) {
                memory.releases.remove(&**id); // the list of workers is enough
            }
        }
        answered
    }

    /// The maximum age of what a collector reads of each endpoint within the quota. It grows with the number of endpoints.
    pub(super) fn max_age_of_each(&self, collector: Collector, endpoints: usize) -> Duration {
        let all_endpoints = ROUND.saturating_mul(u32::try_from(endpoints).unwrap_or(u32::MAX));
        self.max_age(collector).max(all_endpoints)
    }

    /// The cached workers and releases of an endpoint.
    pub(super) fn workers_of(
        &self,
        id: &str,
        on: &Collectors,
        max_age: Duration,
    ) -> (Option<Entry<wire::rest::Workers>>, Option<wire::rest::Releases>) {
        if !on.has(Collector::Workers) {
            return (None, None);
        }
        let (memory, now) = (self.memory(), self.clock.elapsed());
        let workers = memory.workers.get(id).and_then(|cache| cache.fresh(max_age, now));
        let releases = memory.releases.get(id).and_then(|cache| cache.fresh(max_age, now));
        (workers, releases.map(|entry| entry.value))
    }

    /// How the collector ran, by the last attempt of each endpoint.
    pub(super) fn workers_run(
        &self,
        endpoints: &[Endpoint],
        answered: bool,
        started: Instant,
    ) -> CollectorRun {
        let memory = self.memory();
        let caches = endpoints.iter().filter_map(|endpoint| memory.workers.get(&*endpoint.id));
        let tally: Tally = caches.filter(|cache| cache.was_attempted()).map(Cache::error).collect();
        let read = endpoints.iter().filter_map(|endpoint| Some(endpoint.placement.as_ref()?.read));
        let sources = read.map(|read| Provenance { api: Api::Rest, read });
        CollectorRun::new(Collector::Workers, tally, answered, started.elapsed()).with_sources(sources)
    }
}

/// Whether the last list has workers of an older release than the latest.
fn is_rolling_out(memory: &Memory, id: &str) -> bool {
    let entry = memory.workers.get(id).and_then(|cache| cache.entry());
    let workers = entry.and_then(|entry| entry.value.workers.0.as_ref());
    workers.into_iter().flatten().any(|worker| worker.is_stale.0 == Ok(wire::Flag(Some(true))))
}
