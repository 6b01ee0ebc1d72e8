//! Whose logs are followed: the workers that the last lists have named. No request is made for it.

use std::sync::Arc;

use super::Gatherer;
use crate::logs::{Watch, Watched};
use crate::settings::Collector;

impl Gatherer {
    /// The endpoints and workers whose logs are followed. `None` if logs are not collected.
    pub fn watch(&self) -> Option<Watch> {
        if !self.reading.collectors.has(Collector::Logs) {
            return None;
        }
        let memory = self.memory();
        let watched = memory.endpoints.iter().map(|known| {
            let held = memory.workers.get(&known.id).and_then(|cache| cache.held());
            let workers = held.and_then(|held| held.value.workers.0.as_ref()).into_iter().flatten();
            Watched {
                endpoint_id: Arc::from(&*known.id),
                endpoint_name: Arc::from(&*known.name),
                workers: workers.filter_map(|worker| worker.id.0.as_deref().map(Arc::from)).collect(),
            }
        });
        let endpoints = watched.collect();
        Some(Watch { account: Arc::clone(&self.name), runpod: Arc::clone(&self.runpod), endpoints })
    }
}
