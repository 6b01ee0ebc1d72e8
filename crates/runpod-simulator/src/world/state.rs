//! The state of a world: what it consists of, and endpoints that are added and removed.
//!
//! What is read of it, and how its parts develop, does not belong here.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use super::account::Wallet;
use super::axis::WARM_UP;
use super::cluster::Cluster;
use super::endpoint::Endpoint;
use super::outbox::Truth;
use super::pod::Pod;
use super::population::Population;
use super::timeline::Timeline;
use super::volume::{self, NetworkVolume};

/// The simulated account. Clones share the same world.
#[derive(Debug, Clone)]
pub struct World(Arc<Inner>);

/// How much a new world has of what is billed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Size {
    /// Number of endpoints.
    pub(crate) endpoints: usize,
    /// Number of pods, without those of clusters.
    pub(crate) pods: usize,
    /// Number of clusters.
    pub(crate) clusters: usize,
}

#[derive(Debug)]
struct Inner {
    seed: u64,
    clock: Arc<dyn Clock>,
    /// The zero of the time axis.
    epoch: Timestamp,
    endpoints: RwLock<Endpoints>,
    pods: Vec<Pod>,
    clusters: Vec<Cluster>,
    volumes: Vec<NetworkVolume>,
    population: Population,
    wallet: Timeline<Wallet>,
    /// Number of machines that the account rents out.
    machines: AtomicU64,
    postpaid: AtomicBool,
    /// Totals of the finished jobs that were taken; empty unless finished jobs are kept.
    truth: OnceLock<Mutex<Truth>>,
    /// Number of clients' jobs whose results are still to be sent to a webhook.
    awaited: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Endpoints {
    next: u64,
    by_index: BTreeMap<u64, Arc<Endpoint>>,
    index_by_id: HashMap<String, u64>,
    /// Dollars that removed endpoints have cost.
    settled: f64,
    /// Their bills remain.
    removed: Vec<KnownEndpoint>,
}

/// An endpoint, present or removed, and the last time that counts for it.
#[derive(Debug)]
pub(super) struct KnownEndpoint {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) at: Duration,
}

impl World {
    /// A world that starts now, by the given clock.
    pub(crate) fn new(population: Population, seed: u64, size: Size, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let Size { endpoints, pods, clusters } = size;
        let pods: Vec<_> = (0..pods as u64).map(|index| Pod::new(population, seed, index)).collect();
        let clusters: Vec<_> = (0..clusters as u64).map(|index| Cluster::new(seed, index)).collect();
        let rented = pods.iter().chain(clusters.iter().flat_map(|cluster| &cluster.pods));
        let spend = population.workers_price(endpoints as u64) + rented.map(Pod::running_price).sum::<f64>();
        let warm_up = SignedDuration::try_from(WARM_UP).unwrap_or_default();
        let world = Self(Arc::new(Inner {
            seed,
            epoch: now.checked_sub(warm_up).unwrap_or(now),
            clock,
            endpoints: RwLock::default(),
            wallet: Timeline::new(Wallet::of(population, endpoints + pods.len(), spend)),
            pods,
            clusters,
            volumes: volume::volumes(seed),
            population,
            machines: AtomicU64::new(0),
            postpaid: AtomicBool::new(false),
            truth: OnceLock::new(),
            awaited: watch::Sender::default(),
        }));
        for _ in 0..endpoints {
            world.add(None);
        }
        world
    }

    /// Adds an endpoint of the next kind in turn, and returns its id.
    pub fn add_endpoint(&self, name: &str) -> String {
        self.add(Some(name)).configuration().id.clone()
    }

    /// Removes an endpoint. Returns whether it existed.
    pub fn remove_endpoint(&self, id: &str) -> bool {
        let now = self.elapsed();
        let mut endpoints = self.0.endpoints.write();
        let index = endpoints.index_by_id.remove(id);
        let Some(endpoint) = index.and_then(|index| endpoints.by_index.remove(&index)) else { return false };
        endpoints.settled += endpoint.cost_of(endpoint.counts(now).billed);
        endpoints.removed.push(KnownEndpoint { endpoint, at: now });
        true
    }

    /// The endpoints, in order of creation. This does not advance their load.
    pub fn endpoints(&self) -> Vec<Arc<Endpoint>> {
        let endpoints = self.0.endpoints.read();
        endpoints.by_index.values().map(Arc::clone).collect()
    }

    /// The endpoint of that id.
    pub(crate) fn endpoint(&self, id: &str) -> Option<Arc<Endpoint>> {
        let endpoints = self.0.endpoints.read();
        endpoints.by_index.get(endpoints.index_by_id.get(id)?).map(Arc::clone)
    }

    /// The pods.
    pub fn pods(&self) -> &[Pod] {
        &self.0.pods
    }

    /// The clusters.
    pub(crate) fn clusters(&self) -> &[Cluster] {
        &self.0.clusters
    }

    /// The network volumes.
    pub(crate) fn volumes(&self) -> &[NetworkVolume] {
        &self.0.volumes
    }

    /// Sets how many machines the account rents out.
    pub(crate) fn set_machines(&self, machines: usize) {
        self.0.machines.store(machines as u64, Ordering::Relaxed);
    }

    /// How many machines the account rents out.
    pub(super) fn machine_count(&self) -> u64 {
        self.0.machines.load(Ordering::Relaxed)
    }

    /// Sets whether the account is billed afterwards instead of from a balance.
    pub(crate) fn set_postpaid(&self, postpaid: bool) {
        self.0.postpaid.store(postpaid, Ordering::Relaxed);
    }

    /// Whether the account is billed afterwards instead of from a balance.
    pub(crate) fn is_postpaid(&self) -> bool {
        self.0.postpaid.load(Ordering::Relaxed)
    }

    /// The current time.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The zero of the time axis, from which the times of finished jobs count.
    pub(crate) fn epoch(&self) -> Timestamp {
        self.0.epoch
    }

    pub(super) fn seed(&self) -> u64 {
        self.0.seed
    }

    pub(super) fn wallet(&self) -> &Timeline<Wallet> {
        &self.0.wallet
    }

    /// Totals of the finished jobs that were taken, if finished jobs are kept.
    pub(super) fn truth_cell(&self) -> &OnceLock<Mutex<Truth>> {
        &self.0.truth
    }

    /// Number of clients' jobs whose results are still to be sent to a webhook.
    pub(super) fn awaited(&self) -> &watch::Sender<u64> {
        &self.0.awaited
    }

    /// Dollars that removed endpoints have cost.
    pub(super) fn settled_cost(&self) -> f64 {
        self.0.endpoints.read().settled
    }

    /// Present and removed endpoints, each with the last time that counts for it.
    pub(super) fn known_endpoints(&self) -> Vec<KnownEndpoint> {
        let now = self.elapsed();
        let endpoints = self.0.endpoints.read();
        let present = endpoints.by_index.values().map(|endpoint| (endpoint, now));
        let removed = endpoints.removed.iter().map(|removed| (&removed.endpoint, removed.at));
        let known = present.chain(removed);
        known.map(|(endpoint, at)| KnownEndpoint { endpoint: Arc::clone(endpoint), at }).collect()
    }

    fn add(&self, name: Option<&str>) -> Arc<Endpoint> {
        let mut endpoints = self.0.endpoints.write();
        let index = endpoints.next;
        let offset = self.offset();
        let endpoint = Arc::new(Endpoint::new(self.0.population, self.0.seed, index, name, offset));
        if self.0.truth.get().is_some() {
            endpoint.keep_finished();
        }
        endpoints.next += 1;
        endpoints.index_by_id.insert(endpoint.configuration().id.clone(), index);
        endpoints.by_index.insert(index, Arc::clone(&endpoint));
        endpoint
    }
}
