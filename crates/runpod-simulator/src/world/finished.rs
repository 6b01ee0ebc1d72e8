//! Finished jobs for webhooks: each one is taken once, and counted when it is.

use std::sync::Arc;

use parking_lot::Mutex;

use super::endpoint::Endpoint;
use super::job::FinishedJob;
use super::outbox::Truth;
use super::state::{KnownEndpoint, World};

impl World {
    /// Keeps jobs that finish from now on until [`World::take_finished`] removes them.
    pub fn keep_finished(&self) {
        self.truth_cell().get_or_init(Mutex::default);
        for endpoint in self.endpoints() {
            endpoint.keep_finished();
        }
    }

    /// Removes and returns the jobs that finished since the last call, each with its endpoint, in the order in which
    /// they finished. A load-balanced endpoint has none.
    pub fn take_finished(&self) -> Vec<(Arc<Endpoint>, FinishedJob)> {
        let Some(truth) = self.truth_cell().get() else { return Vec::new() };
        let known = self.known_endpoints().into_iter();
        let queues = known.filter(|known| !known.endpoint.configuration().load_balanced);
        let jobs = queues.flat_map(|KnownEndpoint { endpoint, at }| {
            let jobs = endpoint.take_finished(at);
            jobs.into_iter().map(move |job| (Arc::clone(&endpoint), job))
        });
        let mut jobs: Vec<_> = jobs.collect();
        jobs.sort_by_key(|(_, job)| job.finished);
        let mut truth = truth.lock();
        for (endpoint, job) in &jobs {
            truth.count(job, endpoint.configuration().tokens(job.serial));
        }
        jobs
    }

    /// Exact totals of the jobs that were taken so far.
    pub fn truth(&self) -> Truth {
        let truth = self.truth_cell().get();
        let truth = truth.map(|truth| *truth.lock());
        truth.unwrap_or_default()
    }
}
