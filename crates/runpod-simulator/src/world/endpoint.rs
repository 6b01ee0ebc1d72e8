//! An endpoint: its configuration, and its load, which each read advances to the current time.
//!
//! How the load develops does not belong here.

use std::ops::Range;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use rand::RngExt;

use super::account;
use super::endpoint_kind::EndpointKind;
use super::job::{EndedJob, FinishedJob};
use super::known_job::KnownJob;
use super::latency::Latency;
use super::load::{Counts, Load};
use super::market::{self, DataCenter, Gpu};
use super::population::Population;
use super::profile::Profile;
use super::random::{self, Purpose};
use super::request::{JobRequest, QueueFull, SYNC};
use super::timeline::Timeline;
use super::worker::WorkerView;

/// The settings with which the endpoint was created. Settings that change are read from the world.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// 14 lower-case letters and digits.
    pub id: String,
    /// The name that its owner gave it; not unique.
    pub name: String,
    /// Its kind.
    pub(crate) kind: EndpointKind,
    /// Whether requests go directly to the workers, without a queue.
    pub load_balanced: bool,
    /// The GPU type of its workers.
    pub(crate) gpu: &'static Gpu,
    /// Number of GPUs of one worker.
    pub(crate) gpu_count: u32,
    /// Seconds of queue delay, or requests per worker when load balanced.
    pub(crate) scaler_value: u32,
    /// Maximum execution time of a job.
    pub(crate) execution_timeout: Duration,
    /// Its age at the start of the world.
    pub(crate) age: Duration,
    /// The data center of its workers and its network volume.
    pub(crate) data_center: &'static DataCenter,
    /// Dollars per hour of one worker.
    pub(crate) worker_price: f64,
    seed: u64,
    /// The position in the order of creation.
    index: u64,
    /// Its parameters over time.
    pub(super) timeline: Timeline<Profile>,
}

/// The scaling settings of an endpoint. They can change at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scaling {
    /// Minimum number of workers.
    pub(crate) workers_min: u32,
    /// Maximum number of workers.
    pub(crate) workers_max: u32,
    /// Number of standby workers.
    pub(crate) workers_standby: u32,
    /// How long a worker may be idle before it is scaled down.
    pub(crate) idle_timeout: Duration,
}

/// An endpoint. Each read advances its load to the current time.
#[derive(Debug)]
pub struct Endpoint {
    configuration: Configuration,
    load: Mutex<Load>,
}

/// Minimum and maximum age of an endpoint at the start of the world.
const AGE: (Duration, Duration) = (Duration::from_hours(6 * 24), Duration::from_hours(90 * 24));

// === impl Configuration ===

impl Configuration {
    /// The id of the worker with the number `serial`.
    pub fn worker_id(&self, serial: u64) -> String {
        random::id(self.seed, Purpose::WorkerId, self.part(serial))
    }

    /// The id of the job with the number `serial`. Its suffix is the region that received the job.
    pub(crate) fn job_id(&self, serial: u64) -> String {
        let uuid = random::uuid(&mut random::generator(self.seed, Purpose::JobId, self.part(serial)));
        let region = if self.data_center.id.starts_with("EU") { "e1" } else { "u1" };
        let prefix = if serial & SYNC == 0 { "" } else { "sync-" };
        format!("{prefix}{uuid}-{region}")
    }

    /// The id of the release with this version.
    pub(crate) fn release_id(&self, version: u32) -> String {
        let part = self.part(version.into());
        random::identifier(&mut random::generator(self.seed, Purpose::ReleaseId, part), 8)
    }

    /// The position in the order of creation.
    pub(crate) fn number(&self) -> u64 {
        self.index
    }

    /// Input and output tokens of a job; `None` unless the endpoint runs a language model.
    pub(crate) fn tokens(&self, serial: u64) -> Option<(u64, u64)> {
        let is_language_model = matches!(self.kind, EndpointKind::Steady | EndpointKind::Throttled);
        let mut rng = random::generator(self.seed, Purpose::Tokens, self.part(serial));
        is_language_model.then(|| (rng.random_range(20..4_000), rng.random_range(1..1_000)))
    }

    /// The image of the workers.
    pub(crate) fn image(&self) -> &'static str {
        match self.kind {
            EndpointKind::Steady | EndpointKind::Throttled => "runpod/worker-v1-vllm:v2.11.0",
            EndpointKind::Bursty => "runpod/worker-sdxl-turbo:2.0.0",
            EndpointKind::ScaleToZero => "runpod/ai-api-faster-whisper:1.0.10",
            EndpointKind::Unhealthy => "runpod/worker-comfyui:5.5.0-flux1-dev",
            EndpointKind::LoadBalanced => "runpod/worker-infinity-embedding:1.1.4",
        }
    }

    /// Mean number of billed workers before the start of the world: as many as were busy, within the limits.
    pub(super) fn past_workers(&self) -> f64 {
        let profile = self.timeline.usual();
        let busy = profile.rate * profile.execution.as_secs_f64();
        busy.max(f64::from(profile.workers_min)).min(f64::from(profile.workers_max))
    }

    /// The scaling settings at a time.
    pub(super) fn scaling(&self, at: Duration) -> Scaling {
        let Profile { workers_min, workers_max, workers_standby, idle_timeout, .. } = self.timeline.at(at);
        Scaling { workers_min, workers_max, workers_standby, idle_timeout }
    }

    /// A random stream for a job, worker or release that no other one of any endpoint shares.
    fn part(&self, serial: u64) -> u64 {
        self.index << 32 | (serial & 0xFFFF_FFFF)
    }
}

// === impl Endpoint ===

impl Endpoint {
    /// `offset` is the time from the last full hour to the epoch of the world.
    pub(super) fn new(
        population: Population,
        seed: u64,
        index: u64,
        name: Option<&str>,
        offset: Duration,
    ) -> Self {
        let kind = population.kind(index);
        let profile = population.profile(kind);
        let mut rng = random::generator(seed, Purpose::Endpoint, index);
        let age = random::between(&mut rng, AGE);
        let gpu = market::gpu_at(profile.gpu);
        let configuration = Configuration {
            id: random::id(seed, Purpose::EndpointId, index),
            name: name.map_or_else(|| population.name(index), str::to_owned),
            kind,
            load_balanced: profile.load_balanced,
            gpu,
            gpu_count: profile.gpu_count,
            scaler_value: profile.scaler_value,
            execution_timeout: profile.execution_timeout,
            age,
            data_center: market::data_center_at(index),
            worker_price: profile.worker_price(),
            seed,
            index,
            timeline: Timeline::new(profile),
        };
        Self { configuration, load: Mutex::new(Load::new(profile, age, offset, rng)) }
    }

    /// Its configuration.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The cost of billed worker time, in dollars.
    pub(super) fn cost_of(&self, billed: Duration) -> f64 {
        account::cost(self.configuration.worker_price, billed)
    }

    pub(super) fn counts(&self, now: Duration) -> Counts {
        self.load(now).counts()
    }

    pub(super) fn billed_in(&self, now: Duration, hours: Range<u64>) -> Duration {
        self.load(now).billed_in(hours)
    }

    pub(super) fn workers(&self, now: Duration) -> Vec<WorkerView> {
        self.load(now).workers()
    }

    pub(super) fn latency(&self, now: Duration) -> Latency {
        self.load(now).latency()
    }

    /// The jobs that finished in the last minutes, oldest first.
    pub(super) fn ended(&self, now: Duration) -> Vec<EndedJob> {
        self.load(now).ended()
    }

    /// The last finished jobs, oldest first, with their times on the world's axis.
    pub(super) fn finished(&self, now: Duration) -> Vec<FinishedJob> {
        let load = self.load(now);
        let mut jobs = load.finished();
        for job in &mut jobs {
            job.arrived = load.to_world(job.arrived);
            job.finished = load.to_world(job.finished);
        }
        jobs
    }

    /// The queued jobs, and how long each has waited.
    pub(super) fn waiting(&self, now: Duration) -> Vec<(u64, Duration)> {
        self.load(now).waiting().collect()
    }

    /// Keeps jobs that finish from now on until they are taken.
    pub(super) fn keep_finished(&self) {
        self.load.lock().outbox().open();
    }

    /// Removes and returns the jobs that finished since the last call.
    pub(super) fn take_finished(&self, now: Duration) -> Vec<FinishedJob> {
        self.load(now).outbox().take()
    }

    /// Adds a client's job to the queue. Returns its number.
    pub(super) fn send(&self, now: Duration, request: JobRequest) -> Result<u64, QueueFull> {
        self.load(now).send(request)
    }

    /// The job with this id.
    pub(super) fn job(&self, now: Duration, id: &str) -> Option<KnownJob> {
        self.load(now).job(|serial| self.configuration.job_id(serial) == id)
    }

    /// Cancels the job with this id if it is queued or running.
    pub(super) fn cancel(&self, now: Duration, id: &str) {
        self.load(now).cancel(|serial| self.configuration.job_id(serial) == id);
    }

    /// Whether the chunks of the output of the finished job with this id are read for the first time.
    pub(super) fn begin_stream(&self, now: Duration, id: &str) -> bool {
        self.load(now).begin_stream(|serial| self.configuration.job_id(serial) == id)
    }

    /// Cancels every queued job. Returns their number.
    pub(super) fn purge(&self, now: Duration) -> usize {
        self.load(now).purge()
    }

    /// Queues the failed job with this id again. Returns its new number and whether it has a webhook; `None` if it has not
    /// failed.
    pub(super) fn retry(&self, now: Duration, id: &str) -> Option<(u64, bool)> {
        self.load(now).retry(|serial| self.configuration.job_id(serial) == id)
    }

    /// Removes and returns the results of clients' jobs that are to be sent to webhooks.
    pub(super) fn take_results(&self, now: Duration) -> Vec<FinishedJob> {
        self.load(now).take_results()
    }

    fn load(&self, now: Duration) -> MutexGuard<'_, Load> {
        let mut load = self.load.lock();
        load.advance(now, &self.configuration.timeline);
        load
    }
}
