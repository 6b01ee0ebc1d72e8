//! Questions about each endpoint that its job API is asked at intervals, and not at every scrape.

use std::collections::HashMap;

use super::cache::Cache;
use super::lookups::Lookups;
use super::memory::{Known, Memory};
use super::{CollectorRun, Gatherer};
use crate::settings::Collector;
use runpod::{Api, Reply, RequestError};

/// Where the last answers are, by endpoint.
pub(super) type Caches<T> = fn(&mut Memory) -> &mut HashMap<String, Cache<T>>;

/// One question, asked about many endpoints.
pub(super) struct Each<T> {
    collector: Collector,
    caches: Caches<T>,
    pub(super) lookups: Lookups<T>,
}

impl<T: Clone + Send + 'static> Each<T> {
    pub(super) fn new(collector: Collector, caches: Caches<T>) -> Self {
        Self { collector, caches, lookups: Lookups::new() }
    }

    /// Asks about those of these endpoints about which it is time to ask.
    pub(super) fn ask<F>(&mut self, gatherer: &Gatherer, ids: &[String], ask: impl Fn(String) -> F)
    where
        F: Future<Output = Result<T, RequestError>> + Send + 'static,
    {
        let (every, now) = (gatherer.every(self.collector), gatherer.clock.elapsed());
        let due: Vec<String> = {
            let mut memory = gatherer.memory();
            let caches = (self.caches)(&mut memory);
            let is_due = |id: &&String| caches.get(*id).is_none_or(|cache| cache.is_due(every, now));
            let due: Vec<String> = ids.iter().filter(is_due).cloned().collect();
            for id in &due {
                caches.entry(id.clone()).or_default().begin(now);
            }
            due
        };
        self.lookups.ask_each(&due, ask);
    }

    /// Takes in what was answered, shows each new answer to `note` and whether it is the first about its endpoint, and
    /// says how the collector fared.
    pub(super) fn settle(
        &mut self,
        gatherer: &Gatherer,
        endpoints: &[Known],
        started: tokio::time::Instant,
        mut note: impl FnMut(&str, &mut T, bool),
    ) -> CollectorRun {
        let error = self.lookups.all_failed();
        let mut answered = false;
        let mut memory = gatherer.memory();
        let caches = (self.caches)(&mut memory);
        for Known { id, .. } in endpoints {
            let Some(mut answer) = self.lookups.take(id) else { continue };
            let cache = caches.entry(id.clone()).or_default();
            if let Ok(value) = &mut answer {
                answered = true;
                note(id, value, cache.held().is_none());
            }
            cache.end(answer.map(Reply::complete), Api::Jobs, &*gatherer.clock);
        }
        // Between two rounds the last one counts.
        let last = || {
            let mut errors = endpoints.iter().map(|known| caches.get(&known.id).and_then(Cache::error));
            let first = errors.next()??;
            errors.all(|error| error.is_some()).then(|| first.clone())
        };
        let error = error.or_else(last);
        CollectorRun::new(self.collector, error, answered, started.elapsed())
    }

    /// What is held about an endpoint.
    pub(super) fn held(&self, gatherer: &Gatherer, id: &str) -> Option<T> {
        let hold = self.collector.row().cached_for.max(gatherer.every(self.collector) * 3);
        let (mut memory, now) = (gatherer.memory(), gatherer.clock.elapsed());
        Some((self.caches)(&mut memory).get(id)?.read(hold, now).held?.value)
    }
}
