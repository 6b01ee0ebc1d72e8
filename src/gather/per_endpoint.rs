//! Requests to the job API of each endpoint that are sent at an interval, not at every scrape.

use std::sync::Arc;

use hashbrown::HashMap;

use super::cache::Cache;
use super::gatherer::Gatherer;
use super::lookups::Lookups;
use super::memory::{KnownEndpoint, Memory};
use super::run::{CollectorRun, Tally};
use crate::settings::Collector;
use crate::snapshot::Provenance;
use program::task::{Task, attempt};
use runpod::{Api, Reply, RequestError};

/// The caches of one kind of request, by endpoint.
pub(super) type Caches<T> = fn(&mut Memory) -> &mut HashMap<Arc<str>, Cache<T>>;

/// One kind of request, for many endpoints.
pub(super) struct PerEndpoint<T> {
    collector: Collector,
    caches: Caches<T>,
    pub(super) lookups: Lookups<T>,
}

impl<T: Clone + Send + 'static> PerEndpoint<T> {
    pub(super) fn new(collector: Collector, caches: Caches<T>, lookups: Lookups<T>) -> Self {
        Self { collector, caches, lookups }
    }

    /// Sends a request for each of these endpoints whose interval is over.
    pub(super) fn request<F>(&mut self, gatherer: &Gatherer, ids: &[Arc<str>], send: impl Fn(Arc<str>) -> F)
    where
        F: Future<Output = Result<T, RequestError>> + Send + 'static,
    {
        let (every, now) = (gatherer.every(self.collector), gatherer.clock.elapsed());
        let due: Vec<Arc<str>> = {
            let mut memory = gatherer.memory();
            let caches = (self.caches)(&mut memory);
            let is_due = |id: &&Arc<str>| caches.get(&**id).is_none_or(|cache| cache.is_due(every, now));
            let due: Vec<Arc<str>> = ids.iter().filter(is_due).cloned().collect();
            for id in &due {
                caches.entry(Arc::clone(id)).or_default().start(now);
            }
            due
        };
        self.lookups.request_each(&due, send);
    }

    /// Records the responses. Calls `on_value` for each with whether it is the first one of its endpoint; a response on which that
    /// panics has failed.
    pub(super) fn record(
        &mut self,
        gatherer: &Gatherer,
        endpoints: &[KnownEndpoint],
        started: tokio::time::Instant,
        mut on_value: impl FnMut(&str, &mut T, bool),
    ) -> CollectorRun {
        let mut answered = false;
        let mut memory = gatherer.memory();
        let caches = (self.caches)(&mut memory);
        for KnownEndpoint { id, .. } in endpoints {
            let Some(mut result) = self.lookups.take(id) else { continue };
            let cache = caches.entry(Arc::clone(id)).or_default();
            if let Ok(value) = &mut result {
                answered = true;
                let is_first = cache.entry().is_none();
                if attempt(Task::Scrape, || on_value(id, value, is_first)).is_err() {
                    result = Err(gatherer.panic_of(self.collector.row().primary));
                }
            }
            cache.record(result.map(Reply::complete), Api::Jobs, &*gatherer.clock);
        }
        let attempted =
            endpoints.iter().filter_map(|known| caches.get(&known.id)).filter(|cache| cache.was_attempted());
        let tally: Tally = attempted.clone().map(Cache::error).collect();
        let (max_age, now) = (gatherer.max_age(self.collector), gatherer.clock.elapsed());
        let read =
            attempted.filter_map(|cache| cache.fresh(max_age, now)).map(|entry| Provenance::from(&entry));
        CollectorRun::new(self.collector, tally, answered, started.elapsed()).from(read)
    }

    /// The last value of an endpoint, unless it is too old.
    pub(super) fn latest(&self, gatherer: &Gatherer, id: &str) -> Option<T> {
        let max_age = gatherer.max_age(self.collector);
        let (mut memory, now) = (gatherer.memory(), gatherer.clock.elapsed());
        Some((self.caches)(&mut memory).get(id)?.fresh(max_age, now)?.value)
    }
}
