//! The reads of single endpoints in one scrape: details, health, workers, releases, latencies and requests.

use std::sync::Arc;
use std::time::Duration;

use hashbrown::HashSet;
use runpod::{Api, BATCH, Operation, Reply, wire};
use tokio::time::Instant;

use super::gatherer::Gatherer;
use super::latencies::Latencies;
use super::latency::Described;
use super::lookups::Lookups;
use super::memory::KnownEndpoint;
use super::per_endpoint::PerEndpoint;
use super::run::Gathering;
use crate::settings::Collector;

/// The reads of single endpoints.
pub(super) struct Reads {
    pub(super) healths: Lookups<wire::Health>,
    pub(super) details: Lookups<wire::Endpoint>,
    pub(super) workers: Lookups<wire::rest::Workers>,
    pub(super) releases: Lookups<wire::rest::Releases>,
    pub(super) latencies: PerEndpoint<Latencies>,
    described: Described,
    pub(super) requests: PerEndpoint<wire::Requests>,
    pub(super) batches: PerEndpoint<wire::Batches>,
    /// The endpoints whose reads were started.
    started: HashSet<Arc<str>>,
}

impl Reads {
    pub(super) fn new(gatherer: &Gatherer) -> Self {
        let panic = |api, operation| gatherer.panic_of((api, operation));
        let latencies = Lookups::new(panic(Api::Rest, Operation::Latency));
        let requests = Lookups::new(panic(Api::Jobs, Operation::Requests));
        let batches = Lookups::new(panic(Api::Jobs, Operation::Batches));
        Self {
            healths: Lookups::new(panic(Api::Jobs, Operation::Health)),
            details: Lookups::new(panic(Api::Graphql, Operation::EndpointDetail)),
            workers: Lookups::new(panic(Api::Rest, Operation::Workers)),
            releases: Lookups::new(panic(Api::Rest, Operation::Releases)),
            latencies: PerEndpoint::new(
                Collector::Latency,
                |memory| &mut memory.latencies,
                Latencies::api,
                Gatherer::latency_max_age,
                latencies,
            ),
            described: Described::default(),
            requests: PerEndpoint::new(
                Collector::Requests,
                |memory| &mut memory.requests,
                |_| Api::Jobs,
                |gatherer, _| gatherer.max_age(Collector::Requests),
                requests,
            ),
            batches: PerEndpoint::new(
                Collector::Batches,
                |memory| &mut memory.batches,
                |_| Api::Jobs,
                |gatherer, _| gatherer.max_age(Collector::Batches),
                batches,
            ),
            started: HashSet::new(),
        }
    }

    /// Starts the reads of these endpoints that were not started yet.
    pub(super) fn start(
        &mut self,
        gatherer: &Gatherer,
        endpoints: &[KnownEndpoint],
        gathering: Gathering<'_>,
    ) {
        let Gathering { on, deadline, .. } = gathering;
        let ids: Vec<Arc<str>> = endpoints.iter().map(|known| Arc::clone(&known.id)).collect();
        if on.has(Collector::Health) && gatherer.has_job_api() {
            self.healths.request_each(&ids, |id: Arc<str>| {
                let runpod = Arc::clone(&gatherer.runpod);
                async move { runpod.health(&id, deadline).await }
            });
        }
        if gatherer.runpod.has_endpoint_detail() {
            self.details.request_batches(&ids, BATCH, |ids: Vec<Arc<str>>| {
                let runpod = Arc::clone(&gatherer.runpod);
                async move { runpod.endpoint_detail(&ids, deadline).await }
            });
        }
        // Only once for each: what the quota allows after the list has arrived would be a second round trip.
        let new: Vec<Arc<str>> =
            ids.iter().filter(|id| self.started.insert(Arc::clone(id))).cloned().collect();
        // Before the workers, which would use all of the quota.
        if on.has(Collector::Latency) {
            gatherer.request_latencies(&mut self.latencies, &self.described, &new, gathering);
        }
        if on.has(Collector::Workers) {
            gatherer.request_workers(self, &new, deadline);
        }
        if on.has(Collector::Requests) {
            let due = self.requests.due(gatherer, &ids);
            self.requests.send(gatherer, &due, |id: Arc<str>| {
                let runpod = Arc::clone(&gatherer.runpod);
                async move { runpod.requests(&id, deadline).await.map(Reply::complete).map(Some) }
            });
        }
        if on.has(Collector::Batches) {
            let due = self.batches.due(gatherer, &ids);
            self.batches.send(gatherer, &due, |id: Arc<str>| {
                let runpod = Arc::clone(&gatherer.runpod);
                async move { runpod.batches(&id, deadline).await.map(Reply::complete).map(Some) }
            });
        }
    }

    /// Records results while another future runs.
    pub(super) async fn while_waiting_for<U>(&mut self, other: impl Future<Output = U>) -> U {
        let other = self.details.while_waiting_for(other);
        let other = self.workers.while_waiting_for(other);
        let other = self.releases.while_waiting_for(other);
        let other = self.latencies.lookups.while_waiting_for(other);
        let other = self.requests.lookups.while_waiting_for(other);
        let other = self.batches.lookups.while_waiting_for(other);
        self.healths.while_waiting_for(other).await
    }

    /// Aborts the reads of endpoints that vanished.
    pub(super) fn keep_only(&mut self, endpoints: &[KnownEndpoint]) {
        let present: HashSet<&str> = endpoints.iter().map(|known| &*known.id).collect();
        self.healths.keep_only(&present);
        self.details.keep_only(&present);
        self.workers.keep_only(&present);
        self.releases.keep_only(&present);
        self.latencies.lookups.keep_only(&present);
        self.requests.lookups.keep_only(&present);
        self.batches.lookups.keep_only(&present);
    }

    /// Waits for all reads, and returns the time that the list and the details took.
    pub(super) async fn finish(&mut self, started: Instant) -> Duration {
        let finish_list = async {
            self.details.finish().await;
            started.elapsed()
        };
        let finish_jobs = async {
            tokio::join!(
                self.healths.finish(),
                self.latencies.lookups.finish(),
                self.requests.lookups.finish(),
                self.batches.lookups.finish(),
            )
        };
        tokio::join!(finish_list, finish_jobs, self.workers.finish(), self.releases.finish()).0
    }
}
