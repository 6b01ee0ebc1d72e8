//! What is kept from one scrape to the next: known endpoints and pods, monotonic counters, and caches of sources that are
//! not queried at every scrape.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;
use runpod::{Ledger, Product, wire};
use tokio::time::Instant;

use super::cache::Cache;
use super::counter::{Monotonic, TotalsFrom};
use super::latencies::Latencies;
use crate::settings::Collector;
use crate::snapshot::bill::Sums;
use crate::snapshot::{Count, Endpoint, Finished, JobTotal};

/// An endpoint of the last list that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownEndpoint {
    pub(super) id: Arc<str>,
    pub(super) name: Arc<str>,
}

/// An endpoint whose job totals are to be counted.
#[derive(Debug)]
pub(super) struct CountedEndpoint {
    pub(super) endpoint: Endpoint,
    /// The totals that come from the job API. The others come from GraphQL.
    pub(super) from_health: Vec<JobTotal>,
}

/// How long the counters of an endpoint outlast it: an endpoint that some lists leave out continues where it was.
const KEEP_COUNTERS: Duration = Duration::from_hours(1);

/// Maximum number of first lists of an endpoint. Damage to single responses is over by then.
const FIRST_LISTS: u32 = 5;

/// The counters of one endpoint.
#[derive(Debug, Default)]
struct Counters {
    totals: BTreeMap<JobTotal, Monotonic>,
    /// When a list last named the endpoint. `None` before the first update.
    present: Option<Instant>,
}

/// The state of one account between scrapes.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The endpoints of the last list that succeeded.
    pub(super) endpoints: Vec<KnownEndpoint>,
    /// The ids of the pods of the last list that succeeded.
    pub(super) pods: Vec<Arc<str>>,
    /// The end of the pause of the job API, if this target does not have one.
    pub(super) no_job_api_until: Option<Duration>,
    pub(super) account: Cache<wire::Account>,
    pub(super) balance: Cache<Option<wire::rest::Balance>>,
    pub(super) billing_mode: Cache<Option<wire::rest::Balance>>,
    pub(super) limits: Cache<Option<wire::rest::Limits>>,
    pub(super) endpoint_list: Cache<Vec<wire::Endpoint>>,
    pub(super) rest_endpoints: Cache<Vec<wire::rest::Endpoint>>,
    pub(super) pod_list: Cache<Vec<wire::Pod>>,
    pub(super) rest_pods: Cache<Vec<wire::rest::Pod>>,
    pub(super) clusters: Cache<Vec<wire::rest::Cluster>>,
    pub(super) cluster_pods: Cache<Vec<wire::rest::Pod>>,
    pub(super) ledgers: BTreeMap<Ledger, Cache<Sums>>,
    pub(super) volumes: Cache<Vec<wire::Volume>>,
    pub(super) rest_volumes: Cache<Vec<wire::rest::Volume>>,
    pub(super) gpu_types: Cache<Vec<wire::GpuType>>,
    pub(super) rest_gpus: BTreeMap<Product, Cache<Vec<wire::rest::GpuType>>>,
    pub(super) rest_cpus: BTreeMap<Product, Cache<Vec<wire::rest::CpuType>>>,
    pub(super) data_centers: Cache<Vec<wire::rest::DataCenter>>,
    pub(super) host: Cache<wire::Host>,
    /// By endpoint.
    pub(super) healths: HashMap<Arc<str>, Cache<wire::Health>>,
    /// By endpoint.
    pub(super) requests: HashMap<Arc<str>, Cache<wire::Requests>>,
    /// By endpoint.
    pub(super) latencies: HashMap<Arc<str>, Cache<Latencies>>,
    /// By endpoint.
    pub(super) batches: HashMap<Arc<str>, Cache<wire::Batches>>,
    /// Whether the workers get the larger half of the next quota.
    pub(super) odd_to_workers: bool,
    /// By endpoint.
    pub(super) workers: HashMap<Arc<str>, Cache<wire::rest::Workers>>,
    /// By endpoint; only during a rollout.
    pub(super) releases: HashMap<Arc<str>, Cache<wire::rest::Releases>>,
    counters: HashMap<Arc<str>, Counters>,
    /// The endpoints whose first lists of requests had jobs that could not be read, and how many lists.
    incomplete_first: HashMap<Arc<str>, u32>,
    /// When the counters were last updated.
    counted: Option<Instant>,
    last_success: HashMap<Collector, Timestamp>,
}

impl Memory {
    /// Updates the counters from totals read after `since`, and drops vanished endpoints; their counters after [`KEEP_COUNTERS`].
    ///
    /// Two scrapes may overlap. It is then unknown which totals are newer, and an older total would look like a restart. The
    /// scrape that ends later therefore exports the counters unchanged.
    pub(super) fn count(&mut self, endpoints: &mut [CountedEndpoint], since: Instant) {
        let overlaps = self.counted.is_some_and(|counted| since < counted);
        for CountedEndpoint { endpoint, from_health } in endpoints.iter_mut() {
            let counters = self.counters.entry(Arc::clone(&endpoint.id)).or_default();
            for (row, Count(value)) in &endpoint.load.totals {
                let is_from_health = from_health.contains(row);
                let source = if is_from_health { TotalsFrom::Health } else { TotalsFrom::Graphql };
                let counter = counters.totals.entry(*row).or_default();
                let total = if overlaps { counter.total() } else { counter.observe(source, *value) };
                endpoint.requests.insert(*row, Count(total));
            }
        }
        if overlaps {
            return;
        }
        let now = Instant::now();
        self.counted = Some(now);
        let present: HashSet<&str> = endpoints.iter().map(|counted| &*counted.endpoint.id).collect();
        self.counters.retain(|id, counters| {
            if present.contains(&**id) {
                counters.present = Some(now);
            }
            counters.present.is_some_and(|present| now.duration_since(present) < KEEP_COUNTERS)
        });
        self.healths.retain(|id, _| present.contains(&**id));
        self.workers.retain(|id, _| present.contains(&**id));
        self.releases.retain(|id, _| present.contains(&**id));
        self.requests.retain(|id, _| present.contains(&**id));
        self.latencies.retain(|id, _| present.contains(&**id));
        self.batches.retain(|id, _| present.contains(&**id));
        self.incomplete_first.retain(|id, _| present.contains(&**id));
    }

    /// The list with whether it is the first of its endpoint. If jobs in the first one could not be read, the next one is
    /// the first: those jobs ended before as well. A job that cannot be read again and again does not delay it forever.
    pub(super) fn since_first_list(&mut self, list: Finished, all_read: bool) -> Finished {
        let incomplete = self.incomplete_first.remove(&*list.endpoint_id);
        let is_first = incomplete.is_some() || list.is_first;
        let lists = incomplete.unwrap_or_default() + 1;
        if is_first && !all_read && lists < FIRST_LISTS {
            self.incomplete_first.insert(Arc::clone(&list.endpoint_id), lists);
        }
        Finished { is_first, ..list }
    }

    /// Records whether a collector succeeded, and returns when it last did.
    pub(super) fn last_success(
        &mut self,
        collector: Collector,
        success: bool,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if success {
            self.last_success.insert(collector, now);
        }
        self.last_success.get(&collector).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(memory: &mut Memory, since: Instant, total: f64) -> f64 {
        let mut endpoint = Endpoint { id: "e".into(), ..Endpoint::default() };
        endpoint.load.totals.insert(JobTotal::Completed, Count(total));
        let mut endpoints = [CountedEndpoint { endpoint, from_health: Vec::new() }];
        memory.count(&mut endpoints, since);
        endpoints[0].endpoint.requests[&JobTotal::Completed].0
    }

    #[tokio::test(start_paused = true)]
    async fn an_overlapping_scrape_is_not_a_restart() {
        let mut memory = Memory::default();
        completed(&mut memory, Instant::now(), 90.0);
        let early = Instant::now();
        tokio::time::advance(Duration::from_secs(1)).await;
        let late = Instant::now();
        let counts =
            [(late, 105.0), (early, 100.0)].map(|(since, total)| completed(&mut memory, since, total));
        assert_eq!(counts.map(f64::to_bits), [15.0_f64, 15.0].map(f64::to_bits));
        tokio::time::advance(Duration::from_secs(1)).await;
        let next = completed(&mut memory, Instant::now(), 110.0);
        assert_eq!(next.to_bits(), 20.0_f64.to_bits(), "five more, not ten");
    }

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_that_a_list_misses_continues_and_one_that_is_gone_is_dropped() {
        let mut memory = Memory::default();
        completed(&mut memory, Instant::now(), 100.0);
        memory.count(&mut [], Instant::now());
        tokio::time::advance(KEEP_COUNTERS / 2).await;
        assert_eq!(completed(&mut memory, Instant::now(), 107.0).to_bits(), 7.0_f64.to_bits());
        memory.count(&mut [], Instant::now());
        tokio::time::advance(KEEP_COUNTERS).await;
        memory.count(&mut [], Instant::now());
        assert!(memory.counters.is_empty());
        assert_eq!(completed(&mut memory, Instant::now(), 120.0).to_bits(), 0.0_f64.to_bits());
    }
}
