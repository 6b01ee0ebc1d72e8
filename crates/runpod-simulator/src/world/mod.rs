//! The simulated account: endpoints with their load, pods, volumes, money.
//!
//! A world is made from a seed and lives by a clock that is passed in: the same seed and the same time give the same
//! world, whoever has looked at it before. How it is told over HTTP does not belong here.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;

use clock::Clock;

use self::character::Profile;
use self::script::Script;

pub(super) use self::account::Wallet;
pub use self::account::{Account, NetworkVolume, Spend};
pub use self::billing::{Cost, PodCost};
pub use self::cast::Cast;
pub use self::character::Character;
pub(super) use self::character::Releases;
pub(super) use self::conditions::Conditions;
pub use self::endpoint::{Configuration, Endpoint, Scaling};
pub use self::job::{FinishedJob, JobStatus, Totals};
pub use self::latency::Latency;
pub(super) use self::latency::rank;
pub use self::load::Counts;
pub use self::log::LogLine;
pub use self::machine::Machine;
pub use self::market::{CPUS, DATA_CENTERS, DataCenter, GPUS, Gpu, Stock};
pub use self::outbox::Truth;
pub(super) use self::outbox::millis;
pub use self::pod::{Errand, GpuUsage, Pod, Usage};
pub use self::release::Release;
pub use self::worker::{WorkerCounts, WorkerView};

mod account;
mod billing;
mod cast;
mod chance;
mod character;
mod conditions;
mod endpoint;
mod fleet;
mod job;
mod latency;
mod load;
mod log;
mod machine;
mod market;
mod outbox;
mod pod;
mod release;
mod script;
#[cfg(test)]
mod tests;
mod worker;

/// What lies behind the world when it begins, so that it begins warm: as long as percentiles look back.
const PAST: Duration = Duration::from_mins(5);

/// Runpod's smallest quota of workers; it grows with the account.
const WORKERS_QUOTA: u64 = 30;

/// The simulated account. Clones are the same world.
#[derive(Debug, Clone)]
pub struct World(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    seed: u64,
    clock: Arc<dyn Clock>,
    /// When the axis of the world starts: [`PAST`] before it was made.
    genesis: Timestamp,
    endpoints: RwLock<Endpoints>,
    pods: Vec<Pod>,
    volumes: Vec<NetworkVolume>,
    cast: Cast,
    wallet: Script<Wallet>,
    /// How many machines others rent from the account.
    machines: AtomicU64,
    /// What is true of the jobs that were taken; nothing, if none are kept.
    truth: OnceLock<Mutex<Truth>>,
}

#[derive(Debug, Default)]
struct Endpoints {
    next: u64,
    by_index: BTreeMap<u64, Arc<Endpoint>>,
    index_by_id: HashMap<String, u64>,
    /// Dollars that removed endpoints had cost.
    settled: f64,
    /// Endpoints that were removed: their bills stay.
    gone: Vec<Gone>,
}

/// An endpoint that was removed, at this time of the world.
#[derive(Debug)]
struct Gone {
    endpoint: Arc<Endpoint>,
    at: Duration,
}

impl World {
    /// A world that begins now, by the given clock.
    pub fn new(cast: Cast, seed: u64, endpoints: usize, pods: usize, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let past = jiff::SignedDuration::try_from(PAST).unwrap_or_default();
        let world = Self(Arc::new(Inner {
            seed,
            genesis: now.checked_sub(past).unwrap_or(now),
            clock,
            endpoints: RwLock::default(),
            pods: (0..pods as u64).map(|index| Pod::new(cast, seed, index)).collect(),
            volumes: account::volumes(seed),
            cast,
            wallet: Script::new(Wallet::of(cast, endpoints + pods)),
            machines: AtomicU64::new(0),
            truth: OnceLock::new(),
        }));
        for _ in 0..endpoints {
            world.add(None);
        }
        world
    }

    /// Adds an endpoint and answers its id. Its character is the next one in turn.
    pub fn add_endpoint(&self, name: &str) -> String {
        self.add(Some(name)).configuration().id.clone()
    }

    /// Removes an endpoint; answers whether it was there.
    pub fn remove_endpoint(&self, id: &str) -> bool {
        let now = self.elapsed();
        let mut endpoints = self.0.endpoints.write().unwrap_or_else(PoisonError::into_inner);
        let index = endpoints.index_by_id.remove(id);
        let Some(endpoint) = index.and_then(|index| endpoints.by_index.remove(&index)) else { return false };
        endpoints.settled += compute_cost(&endpoint, endpoint.counts(now).billed);
        endpoints.gone.push(Gone { endpoint, at: now });
        true
    }

    /// The endpoints, in the order in which they were made. Asking does not play their load on.
    pub fn endpoints(&self) -> Vec<Arc<Endpoint>> {
        let endpoints = self.0.endpoints.read().unwrap_or_else(PoisonError::into_inner);
        endpoints.by_index.values().map(Arc::clone).collect()
    }

    /// The endpoint of that id.
    pub fn endpoint(&self, id: &str) -> Option<Arc<Endpoint>> {
        let endpoints = self.0.endpoints.read().unwrap_or_else(PoisonError::into_inner);
        endpoints.by_index.get(endpoints.index_by_id.get(id)?).map(Arc::clone)
    }

    /// How many workers the endpoint is to have, now.
    pub fn scaling(&self, endpoint: &Configuration) -> Scaling {
        endpoint.scaling(self.elapsed())
    }

    /// The endpoint's numbers, now.
    pub fn counts(&self, endpoint: &Endpoint) -> Counts {
        endpoint.counts(self.elapsed())
    }

    /// The endpoint's workers, now.
    pub fn workers(&self, endpoint: &Endpoint) -> Vec<WorkerView> {
        endpoint.workers(self.elapsed())
    }

    /// The endpoint's speed over the last minutes.
    pub fn latency(&self, endpoint: &Endpoint) -> Latency {
        endpoint.latency(self.elapsed())
    }

    /// The jobs of the endpoint that ended last, oldest first. Their times count from [`World::genesis`].
    pub fn finished_jobs(&self, endpoint: &Endpoint) -> Vec<FinishedJob> {
        endpoint.finished(self.elapsed())
    }

    /// The jobs of the endpoint that wait, by their serial numbers, and for how long they have.
    pub fn waiting_jobs(&self, endpoint: &Endpoint) -> Vec<(u64, Duration)> {
        endpoint.waiting(self.elapsed())
    }

    /// From now on, jobs that end are kept until [`World::take_finished`] gives them away.
    pub fn keep_finished(&self) {
        self.0.truth.get_or_init(Mutex::default);
        for endpoint in self.endpoints() {
            endpoint.keep_finished();
        }
    }

    /// The jobs that ended since they were taken last, each with its endpoint, in the order in which they ended. A
    /// load-balanced endpoint has none.
    pub fn take_finished(&self) -> Vec<(Arc<Endpoint>, FinishedJob)> {
        let Some(truth) = self.0.truth.get() else { return Vec::new() };
        let queues =
            self.ever_endpoints().into_iter().filter(|ever| !ever.endpoint.configuration().load_balanced);
        let jobs = queues.flat_map(|Gone { endpoint, at }| {
            let jobs = endpoint.take_finished(at);
            jobs.into_iter().map(move |job| (Arc::clone(&endpoint), job))
        });
        let mut jobs: Vec<_> = jobs.collect();
        jobs.sort_by_key(|(_, job)| job.finished);
        let mut truth = truth.lock().unwrap_or_else(PoisonError::into_inner);
        for (endpoint, job) in &jobs {
            truth.count(job, endpoint.configuration().tokens(job.serial));
        }
        jobs
    }

    /// What is true of the jobs that were taken so far.
    pub fn truth(&self) -> Truth {
        let truth = self.0.truth.get().map(|truth| truth.lock().unwrap_or_else(PoisonError::into_inner));
        truth.map(|truth| *truth).unwrap_or_default()
    }

    /// The releases of the endpoint so far, newest first.
    pub fn releases(&self, endpoint: &Configuration) -> impl Iterator<Item = Release> + use<> {
        release::releases(endpoint, self.before_birth(Duration::ZERO), self.since_birth())
    }

    /// The version of the endpoint's configuration.
    pub fn version(&self, endpoint: &Configuration) -> u32 {
        self.releases(endpoint).next().map_or(1, |release| release.version)
    }

    /// The version that a worker of the endpoint runs: an older one while a rollout is under way.
    pub fn worker_version(&self, endpoint: &Configuration, worker: &WorkerView) -> u32 {
        release::version_of(self.releases(endpoint), worker, self.since(worker.begun))
            .map_or(1, |release| release.version)
    }

    /// Disk of the container of the endpoint's workers.
    pub fn container_disk_gb(&self, endpoint: &Configuration) -> u32 {
        self.releases(endpoint).next().map_or_else(Default::default, |release| release.disk_gb())
    }

    /// The volume that the endpoint's workers have: the one where they run, if there is one.
    pub fn volume_of(&self, endpoint: &Configuration) -> Option<&NetworkVolume> {
        self.volumes().iter().find(|volume| volume.data_center.id == endpoint.data_center.id)
    }

    /// The pods.
    pub fn pods(&self) -> &[Pod] {
        &self.0.pods
    }

    /// The network volumes.
    pub fn volumes(&self) -> &[NetworkVolume] {
        &self.0.volumes
    }

    /// Lets others rent so many machines from the account.
    pub fn rent_out(&self, machines: usize) {
        self.0.machines.store(machines as u64, Ordering::Relaxed);
    }

    /// The machines that others rent.
    pub fn machines(&self) -> Vec<Machine> {
        let now = self.now();
        let midnight = now.as_second().rem_euclid(86_400);
        let since_midnight = Duration::from_secs(u64::try_from(midnight).unwrap_or_default());
        let machine = |index| Machine::at(self.0.seed, index, self.elapsed(), since_midnight);
        (0..self.0.machines.load(Ordering::Relaxed)).filter_map(machine).collect()
    }

    /// The account's money, now. This plays the load of every endpoint on.
    pub fn account(&self) -> Account {
        let now = self.elapsed();
        let mut spend = Spend::default();
        for pod in &self.0.pods {
            let running = self.errand(pod).is_running();
            spend.compute += if running { pod.price } else { 0.0 };
            spend.add_disk(pod.container_disk_gb + pod.volume_gb, running);
        }
        for volume in &self.0.volumes {
            spend.add_volume(volume);
        }
        let settled = self.0.endpoints.read().unwrap_or_else(PoisonError::into_inner).settled;
        let mut paid = settled + self.rent();
        for endpoint in self.endpoints() {
            let counts = endpoint.counts(now);
            spend.compute += endpoint.configuration().worker_price * f64::from(billed_workers(&counts));
            paid += compute_cost(&endpoint, counts.billed);
        }
        Account::new(self.0.wallet.at(now), paid, spend)
    }

    /// Dollars per hour that the account may spend.
    pub fn spend_limit(&self) -> f64 {
        self.0.wallet.at(self.elapsed()).spend_limit
    }

    /// The id of the account.
    pub fn account_id(&self) -> String {
        account::id(self.0.seed)
    }

    /// How many workers the account may have.
    pub fn workers_quota(&self) -> u64 {
        let endpoints = self.endpoints();
        let max = |endpoint: &Arc<Endpoint>| u64::from(self.scaling(endpoint.configuration()).workers_max);
        WORKERS_QUOTA.max(endpoints.iter().map(max).sum())
    }

    /// How much of the GPU at this position of [`GPUS`] can be had now.
    pub fn stock(&self, position: usize) -> Option<Stock> {
        let now = self.elapsed();
        let wanted = |endpoint: &Arc<Endpoint>| endpoint.configuration().script.at(now);
        let sold_out = |profile: Profile| profile.gpu == position && profile.is_sold_out();
        if self.endpoints().first().map(wanted).is_some_and(sold_out) {
            return None;
        }
        market::stock(self.0.seed, position, self.elapsed().as_secs() / 3_600)
    }

    /// The moment at this time of the world's axis.
    pub fn moment(&self, at: Duration) -> Timestamp {
        self.0.genesis.checked_add(at).unwrap_or(self.0.genesis)
    }

    /// How long ago that was.
    pub fn since(&self, at: Duration) -> Duration {
        self.elapsed().saturating_sub(at)
    }

    /// When the axis starts on which finished jobs have their times.
    pub fn genesis(&self) -> Timestamp {
        self.0.genesis
    }

    /// The present moment of the world.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The moment that lies `age` before the world was made.
    pub fn before_birth(&self, age: Duration) -> Timestamp {
        let birth = self.0.genesis + PAST;
        birth.checked_sub(age).unwrap_or(self.0.genesis)
    }

    /// Time since the world was made.
    pub fn since_birth(&self) -> Duration {
        self.elapsed().saturating_sub(PAST)
    }

    /// The endpoints, and those that were removed, each with the last moment that counts.
    fn ever_endpoints(&self) -> Vec<Gone> {
        let now = self.elapsed();
        let endpoints = self.0.endpoints.read().unwrap_or_else(PoisonError::into_inner);
        let living = endpoints.by_index.values().map(|endpoint| (endpoint, now));
        let gone = endpoints.gone.iter().map(|gone| (&gone.endpoint, gone.at));
        living.chain(gone).map(|(endpoint, at)| Gone { endpoint: Arc::clone(endpoint), at }).collect()
    }

    /// Time by which the axis starts after a full hour.
    fn offset(&self) -> Duration {
        let second = self.0.genesis.as_second().rem_euclid(3_600);
        Duration::from_secs(u64::try_from(second).unwrap_or_default())
    }

    fn elapsed(&self) -> Duration {
        let elapsed = self.0.clock.now().duration_since(self.0.genesis);
        Duration::try_from(elapsed).unwrap_or_default()
    }

    fn add(&self, name: Option<&str>) -> Arc<Endpoint> {
        let mut endpoints = self.0.endpoints.write().unwrap_or_else(PoisonError::into_inner);
        let index = endpoints.next;
        let endpoint = Arc::new(Endpoint::new(self.0.cast, self.0.seed, index, name, self.offset()));
        if self.0.truth.get().is_some() {
            endpoint.keep_finished();
        }
        endpoints.next += 1;
        endpoints.index_by_id.insert(endpoint.configuration().id.clone(), index);
        endpoints.by_index.insert(index, Arc::clone(&endpoint));
        endpoint
    }
}

/// Workers that cost money at this moment: started, and neither on standby nor waiting for an image.
fn billed_workers(counts: &Counts) -> u32 {
    counts.workers.running + counts.workers.idle.saturating_sub(counts.workers.standby)
}

fn compute_cost(endpoint: &Endpoint, billed: Duration) -> f64 {
    account::cost(endpoint.configuration().worker_price, billed)
}
