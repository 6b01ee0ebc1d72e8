//! The workers whose logs are followed: those in the last lists of workers. No request is sent for it.

use std::sync::Arc;
use std::time::Duration;

use runpod::Api;

use super::gatherer::Gatherer;
use super::run::{CollectorRun, Tally};
use crate::logs::{WatchedAccount, WatchedEndpoint};
use crate::settings::Collector;
use crate::snapshot::Provenance;

impl Gatherer {
    /// The endpoints and workers whose logs are followed. `None` if the logs collector is disabled.
    pub fn watched(&self) -> Option<WatchedAccount> {
        if !self.reading.collectors.has(Collector::Logs) {
            return None;
        }
        let memory = self.memory();
        let watched = memory.endpoints.iter().map(|known| {
            let entry = memory.workers.get(&known.id).and_then(|cache| cache.entry());
            let workers = entry.and_then(|entry| entry.value.workers.0.as_ref()).into_iter().flatten();
            WatchedEndpoint {
                endpoint_id: Arc::from(&*known.id),
                endpoint_name: Arc::from(&*known.name),
                workers: workers.filter_map(|worker| worker.id.0.as_deref().map(Arc::from)).collect(),
            }
        });
        let endpoints = watched.collect();
        let (account, runpod) = (Arc::clone(&self.name), Arc::clone(&self.runpod));
        Some(WatchedAccount { account, runpod, endpoints, states: Arc::clone(&self.log_streams) })
    }

    /// How the logs collector is doing, by the last attempt of each worker. `None` if no logs are followed. Scrapes read no
    /// logs, so that it has no duration.
    pub(super) fn logs_run(&self, others: &[CollectorRun]) -> Option<CollectorRun> {
        let attempts = self.log_streams.attempts()?;
        let mut tally: Tally = attempts.iter().map(Option::as_ref).collect();
        let mut lists = others.iter().filter(|run| Collector::Logs.row().needs.contains(&run.collector));
        // Without a list of workers nothing is followed, which is not a success.
        if attempts.is_empty()
            && let Some(error) = lists.find_map(|run| run.tally.error.as_ref())
        {
            tally.add(Some(error));
        }
        let answered = attempts.iter().any(Option::is_none);
        // An open stream has every line that was written so far.
        let source = answered.then(|| Provenance { api: Api::Rest, read: self.clock.now() });
        Some(CollectorRun::new(Collector::Logs, tally, answered, Duration::ZERO).with_sources(source))
    }
}
