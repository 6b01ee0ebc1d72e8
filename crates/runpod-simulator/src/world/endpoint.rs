//! One endpoint: what was configured, and its load brought up to the present whenever it is read.
//!
//! How the load develops is [`super::load`].

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::RngExt;

use super::cast::Cast;
use super::chance::{self, Purpose};
use super::character::{Character, Profile};
use super::job::FinishedJob;
use super::latency::Latency;
use super::load::{Counts, Load};
use super::market::{self, DataCenter, Gpu};
use super::script::Script;
use super::worker::WorkerView;

/// What was configured when the endpoint was made. It does not change; what does is asked of the world.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// 14 lower-case letters and digits.
    pub id: String,
    /// As its owner calls it; not unique.
    pub name: String,
    /// How it behaves.
    pub character: Character,
    /// Requests go straight to the workers.
    pub load_balanced: bool,
    /// What a worker runs on.
    pub gpu: &'static Gpu,
    /// GPUs of one worker.
    pub gpu_count: u32,
    /// Seconds of queue delay, or requests per worker when load balanced.
    pub scaler_value: u32,
    /// How long a job may run.
    pub execution_timeout: Duration,
    /// How old the endpoint was when the world began.
    pub age: Duration,
    /// Where its workers and its volume are.
    pub data_center: &'static DataCenter,
    /// Dollars per hour of one worker.
    pub worker_price: f64,
    seed: u64,
    /// The number in the order of creation.
    index: u64,
    /// How it is from which time on.
    pub(super) script: Script<Profile>,
}

/// How many workers an endpoint is to have. Its owner may change it at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaling {
    /// Workers that always run.
    pub workers_min: u32,
    /// Workers that run at most.
    pub workers_max: u32,
    /// Scaled-down workers that are kept.
    pub workers_standby: u32,
    /// Until an idle worker is scaled down.
    pub idle_timeout: Duration,
}

/// An endpoint. Reading it plays its load on to the moment of the reading.
#[derive(Debug)]
pub struct Endpoint {
    configuration: Configuration,
    load: Mutex<Load>,
}

/// Youngest and oldest endpoint at the beginning of the world.
const AGE: (Duration, Duration) = (Duration::from_hours(6 * 24), Duration::from_hours(90 * 24));

// === impl Configuration ===

impl Configuration {
    /// The id of the endpoint's worker number `serial`.
    pub fn worker_id(&self, serial: u64) -> String {
        chance::id(self.seed, Purpose::WorkerId, self.part(serial))
    }

    /// The id of the endpoint's job number `serial`. The ending is the region that took the job in.
    pub fn job_id(&self, serial: u64) -> String {
        let uuid = chance::uuid(&mut chance::generator(self.seed, Purpose::JobId, self.part(serial)));
        let region = if self.data_center.id.starts_with("EU") { "e1" } else { "u1" };
        format!("{uuid}-{region}")
    }

    /// The id of the release of this version.
    pub fn release_id(&self, version: u32) -> String {
        let part = self.part(version.into());
        chance::identifier(&mut chance::generator(self.seed, Purpose::ReleaseId, part), 8)
    }

    /// The number in the order of creation.
    pub fn number(&self) -> u64 {
        self.index
    }

    /// The tokens that a job reads and writes, if it is a language model that does it.
    pub fn tokens(&self, serial: u64) -> Option<(u64, u64)> {
        let speaks = matches!(self.character, Character::Steady | Character::Throttled);
        let mut rng = chance::generator(self.seed, Purpose::Tokens, self.part(serial));
        speaks.then(|| (rng.random_range(20..4_000), rng.random_range(1..1_000)))
    }

    /// The image that the workers run.
    pub fn image(&self) -> &'static str {
        match self.character {
            Character::Steady | Character::Throttled => "runpod/worker-v1-vllm:v2.11.0",
            Character::Bursty => "runpod/worker-sdxl-turbo:2.0.0",
            Character::ScaleToZero => "runpod/ai-api-faster-whisper:1.0.10",
            Character::Unhealthy => "runpod/worker-comfyui:5.5.0-flux1-dev",
            Character::LoadBalanced => "runpod/worker-infinity-embedding:1.1.4",
        }
    }

    /// Workers that were billed at the mean before the world began: its load, and never fewer than must run.
    pub(super) fn past_workers(&self) -> f64 {
        let profile = self.script.usual();
        let busy = profile.rate * profile.execution.as_secs_f64();
        busy.max(f64::from(profile.workers_min)).min(f64::from(profile.workers_max))
    }

    /// How many workers it is to have at a time.
    pub(super) fn scaling(&self, at: Duration) -> Scaling {
        let Profile { workers_min, workers_max, workers_standby, idle_timeout, .. } = self.script.at(at);
        Scaling { workers_min, workers_max, workers_standby, idle_timeout }
    }

    /// A number that no other part of any endpoint has, within the billions.
    fn part(&self, serial: u64) -> u64 {
        self.index << 32 | (serial & 0xFFFF_FFFF)
    }
}

// === impl Endpoint ===

impl Endpoint {
    /// The axis of the world starts `offset` after a full hour.
    pub(super) fn new(cast: Cast, seed: u64, index: u64, name: Option<&str>, offset: Duration) -> Self {
        let character = cast.character(index);
        let profile = cast.profile(character);
        let mut rng = chance::generator(seed, Purpose::Endpoint, index);
        let age = chance::between(&mut rng, AGE);
        let gpu = market::gpu_at(profile.gpu);
        let configuration = Configuration {
            id: chance::id(seed, Purpose::EndpointId, index),
            name: name.map_or_else(|| cast.name(index), str::to_owned),
            character,
            load_balanced: profile.load_balanced,
            gpu,
            gpu_count: profile.gpu_count,
            scaler_value: profile.scaler_value,
            execution_timeout: profile.execution_timeout,
            age,
            data_center: market::data_center_at(index),
            worker_price: gpu.serverless * f64::from(profile.gpu_count),
            seed,
            index,
            script: Script::new(profile),
        };
        Self { configuration, load: Mutex::new(Load::new(profile, age, offset, rng)) }
    }

    /// What was configured.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
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

    /// The jobs that ended last, oldest first, with their times on the axis of the world.
    pub(super) fn finished(&self, now: Duration) -> Vec<FinishedJob> {
        let load = self.load(now);
        let mut jobs = load.finished();
        for job in &mut jobs {
            job.arrived = load.to_world(job.arrived);
            job.finished = load.to_world(job.finished);
        }
        jobs
    }

    /// The jobs that wait, and for how long they have.
    pub(super) fn waiting(&self, now: Duration) -> Vec<(u64, Duration)> {
        self.load(now).waiting().collect()
    }

    /// From now on, jobs that end are kept until they are taken.
    pub(super) fn keep_finished(&self) {
        self.load.lock().unwrap_or_else(PoisonError::into_inner).outbox().open();
    }

    /// The jobs that ended since they were taken last.
    pub(super) fn take_finished(&self, now: Duration) -> Vec<FinishedJob> {
        self.load(now).outbox().take()
    }

    fn load(&self, now: Duration) -> MutexGuard<'_, Load> {
        let mut load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        load.advance(now, &self.configuration.script);
        load
    }
}
