//! Requests for each endpoint that are sent at an interval, not at every scrape.

use std::sync::Arc;
use std::time::Duration;

use hashbrown::HashMap;
use program::task::{Task, attempt};
use runpod::{Api, Reply, RequestError};
use tokio::time::Instant;

use super::cache::{Cache, Entry};
use super::gatherer::Gatherer;
use super::lookups::Lookups;
use super::memory::{KnownEndpoint, Memory};
use super::run::{CollectorRun, Tally};
use crate::settings::Collector;
use crate::snapshot::Provenance;

/// The caches of one kind of request, by endpoint.
pub(super) type Caches<T> = fn(&mut Memory) -> &mut HashMap<Arc<str>, Cache<T>>;

/// One kind of request, for many endpoints.
pub(super) struct PerEndpoint<T> {
    collector: Collector,
    caches: Caches<T>,
    /// The API that a value is from.
    api: fn(&T) -> Api,
    /// The maximum age of a value, with this number of endpoints.
    max_age: fn(&Gatherer, usize) -> Duration,
    /// Without a value, the request was not sent and is due again.
    pub(super) lookups: Lookups<Option<Reply<T>>>,
}

impl<T: Clone + Send + 'static> PerEndpoint<T> {
    pub(super) fn new(
        collector: Collector,
        caches: Caches<T>,
        api: fn(&T) -> Api,
        max_age: fn(&Gatherer, usize) -> Duration,
        lookups: Lookups<Option<Reply<T>>>,
    ) -> Self {
        Self { collector, caches, api, max_age, lookups }
    }

    /// The endpoints whose interval is over, in the order of the last attempt.
    pub(super) fn due(&self, gatherer: &Gatherer, ids: &[Arc<str>]) -> Vec<Arc<str>> {
        let (every, now) = (gatherer.every(self.collector), gatherer.clock.elapsed());
        let mut memory = gatherer.memory();
        let caches = (self.caches)(&mut memory);
        due(caches, ids, every, now)
    }

    /// Sends a request for each of these endpoints.
    pub(super) fn send<F>(&mut self, gatherer: &Gatherer, due: &[Arc<str>], send: impl Fn(Arc<str>) -> F)
    where
        F: Future<Output = Result<Option<Reply<T>>, RequestError>> + Send + 'static,
    {
        let now = gatherer.clock.elapsed();
        {
            let mut memory = gatherer.memory();
            let caches = (self.caches)(&mut memory);
            for id in due {
                caches.entry(Arc::clone(id)).or_default().start(now);
            }
        }
        self.lookups.request_each(due, send);
    }

    /// Records the responses of a gathering that started at this time. Calls `on_value` for each with whether it is the first one of its
    /// endpoint; a response on which that panics has failed.
    pub(super) fn record(
        &mut self,
        gatherer: &Gatherer,
        endpoints: &[KnownEndpoint],
        started: Instant,
        mut on_value: impl FnMut(&str, &mut T, bool),
    ) -> CollectorRun {
        let mut answered = false;
        let max_age = (self.max_age)(gatherer, endpoints.len());
        let mut memory = gatherer.memory();
        let caches = (self.caches)(&mut memory);
        for KnownEndpoint { id, .. } in endpoints {
            let Some(result) = self.lookups.take(id) else { continue };
            let cache = caches.entry(Arc::clone(id)).or_default();
            let Some(mut result) = result.transpose() else {
                cache.postpone();
                continue;
            };
            let mut api = self.collector.row().primary.0;
            if let Ok(Reply { value, .. }) = &mut result {
                answered = true;
                api = (self.api)(value);
                let is_first = cache.entry().is_none();
                if attempt(Task::Scrape, || on_value(id, value, is_first)).is_err() {
                    result = Err(gatherer.panic_of(self.collector.row().primary));
                }
            }
            cache.record(result, api, &*gatherer.clock);
        }
        let attempted =
            endpoints.iter().filter_map(|known| caches.get(&known.id)).filter(|cache| cache.was_attempted());
        let tally: Tally = attempted.clone().map(Cache::error).collect();
        let now = gatherer.clock.elapsed();
        let read =
            attempted.filter_map(|cache| cache.fresh(max_age, now)).map(|entry| Provenance::from(&entry));
        CollectorRun::new(self.collector, tally, answered, started.elapsed()).with_sources(read)
    }

    /// The last value of one of this number of endpoints, unless it is too old.
    pub(super) fn latest(&self, gatherer: &Gatherer, id: &str, endpoints: usize) -> Option<Entry<T>> {
        let max_age = (self.max_age)(gatherer, endpoints);
        let (mut memory, now) = (gatherer.memory(), gatherer.clock.elapsed());
        (self.caches)(&mut memory).get(id)?.fresh(max_age, now)
    }
}

/// The endpoints whose interval is over, in the order of the last attempt.
pub(super) fn due<T: Clone>(
    caches: &HashMap<Arc<str>, Cache<T>>,
    ids: &[Arc<str>],
    every: Duration,
    now: Duration,
) -> Vec<Arc<str>> {
    let is_due = |id: &&Arc<str>| caches.get(&**id).is_none_or(|cache| cache.is_due(every, now));
    let mut due: Vec<Arc<str>> = ids.iter().filter(is_due).cloned().collect();
    due.sort_by_key(|id| caches.get(&**id).and_then(Cache::attempted));
    due
}
