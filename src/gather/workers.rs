//! The workers of the endpoints, one by one: rationed, so that each scrape asks about as many endpoints as the quota allows,
//! those first that were asked longest ago.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::cache::Cache;
use super::memory::{Known, Memory};
use super::serverless::{Reads, Workforce};
use super::{CollectorRun, Gatherer};
use crate::settings::{Collector, Collectors};
use crate::snapshot::{Endpoint, Provenance};
use runpod::{Api, Operation, Reason, Reply, RequestError, Urgency};

/// The smallest quota that is known of gives a list of workers every three or four seconds. An answer stands for several
/// rounds of that.
const ROUND: Duration = Duration::from_secs(20);

impl Gatherer {
    /// Asks about as many of these endpoints as may be asked about now.
    pub(super) fn ask_workers(&self, reads: &mut Reads, ids: &[String], deadline: Instant) {
        let every = self.every(Collector::Workers);
        let (workers, releases) = {
            let mut memory = self.memory();
            let now = self.clock.elapsed();
            let mut workers = due(&memory, ids, every, now);
            let mut releases = under_way(&memory, ids, every, now);
            let granted = self.granted(Operation::Workers, workers.len());
            workers.truncate(granted);
            let granted = self.granted(Operation::Releases, releases.len());
            releases.truncate(granted);
            for id in &workers {
                memory.workers.entry(id.clone()).or_default().begin(now);
            }
            for id in &releases {
                memory.releases.entry(id.clone()).or_default().begin(now);
            }
            (workers, releases)
        };
        reads.workers.ask_each(&workers, |id: String| {
            let runpod = Arc::clone(&self.runpod);
            async move { runpod.rest().workers(&id, deadline).await }
        });
        reads.releases.ask_each(&releases, |id: String| {
            let runpod = Arc::clone(&self.runpod);
            async move { runpod.rest().releases(&id, deadline).await }
        });
    }

    /// How many of so many requests may be made. An operation that rests costs nothing, and one try tells why.
    fn granted(&self, operation: Operation, wanted: usize) -> usize {
        if self.runpod.paused(Api::Rest, operation).is_some() {
            return wanted.min(1);
        }
        self.runpod.rest().grant(wanted, Urgency::CanWait)
    }

    /// Takes in what was answered, and says whether anything was.
    pub(super) fn note_workers(&self, endpoints: &[Known], reads: &mut Reads) -> bool {
        let mut memory = self.memory();
        let mut answered = false;
        for Known { id, .. } in endpoints {
            if let Some(answer) = reads.workers.take(id) {
                answered |= answer.is_ok();
                let answer = answer.map(Reply::complete);
                memory.workers.entry(id.clone()).or_default().end(answer, Api::Rest, &*self.clock);
            }
            if let Some(answer) = reads.releases.take(id) {
                let answer = answer.map(Reply::complete);
                memory.releases.entry(id.clone()).or_default().end(answer, Api::Rest, &*self.clock);
            }
            if !is_under_way(&memory, id) {
                memory.releases.remove(id); // the list of workers says it all again
            }
        }
        answered
    }

    /// How old a list of workers may become with so many endpoints to go round.
    pub(super) fn workers_hold(&self, endpoints: usize) -> Duration {
        let hold = Collector::Workers.row().cached_for.max(self.every(Collector::Workers) * 3);
        hold.max(ROUND.saturating_mul(u32::try_from(endpoints).unwrap_or(u32::MAX)))
    }

    /// What is held of an endpoint's workers.
    pub(super) fn workers_of(&self, id: &str, on: &Collectors, hold: Duration) -> Workforce {
        if !on.has(Collector::Workers) {
            return (None, None);
        }
        let (memory, now) = (self.memory(), self.clock.elapsed());
        let workers = memory.workers.get(id).and_then(|cache| cache.read(hold, now).held);
        let releases = memory.releases.get(id).and_then(|cache| cache.read(hold, now).held);
        (workers, releases.map(|held| held.value))
    }

    /// How the collector fared: what the last try of any endpoint said. An endpoint that has no workers to list any more,
    /// or not yet, is none of its failures, unless it is so with all of them.
    pub(super) fn workers_course(
        &self,
        endpoints: &[Endpoint],
        list_error: Option<&RequestError>,
        answered: bool,
        started: Instant,
    ) -> CollectorRun {
        let memory = self.memory();
        let caches = || endpoints.iter().filter_map(|endpoint| memory.workers.get(&endpoint.id));
        let is_failure = |error: &&RequestError| {
            !matches!(error.reason, Reason::NotFound) || caches().all(|cache| cache.error().is_some())
        };
        let nobody_known = list_error.filter(|_| endpoints.is_empty());
        let error = caches().filter_map(|cache| cache.error()).find(is_failure).or(nobody_known).cloned();
        let read = endpoints.iter().filter_map(|endpoint| Some(endpoint.placement.as_ref()?.read));
        let oldest = read.map(|read| Provenance { api: Api::Rest, read });
        CollectorRun::new(Collector::Workers, error, answered, started.elapsed()).from(oldest)
    }
}

/// The endpoints whose workers are to be listed, those first that were asked about longest ago.
fn due(memory: &Memory, ids: &[String], every: Duration, now: Duration) -> Vec<String> {
    let is_due = |id: &&String| memory.workers.get(*id).is_none_or(|cache| cache.is_due(every, now));
    let mut due: Vec<String> = ids.iter().filter(is_due).cloned().collect();
    due.sort_by_key(|id| memory.workers.get(id).and_then(Cache::tried));
    due
}

/// The endpoints on which a release is on its way and whose progress is due, where it was last asked for longest ago.
fn under_way(memory: &Memory, ids: &[String], every: Duration, now: Duration) -> Vec<String> {
    let is_due = |id: &&String| {
        is_under_way(memory, id) && memory.releases.get(*id).is_none_or(|cache| cache.is_due(every, now))
    };
    let mut due: Vec<String> = ids.iter().filter(is_due).cloned().collect();
    due.sort_by_key(|id| memory.releases.get(id).and_then(Cache::tried));
    due
}

/// Whether the last list has workers of an older release than the newest.
fn is_under_way(memory: &Memory, id: &str) -> bool {
    let listed = memory.workers.get(id).and_then(|cache| cache.held());
    let workers = listed.and_then(|held| held.value.workers.0.as_ref());
    workers.into_iter().flatten().any(|worker| worker.is_stale.0 == Some(true))
}
