//! A pod: its configuration and its role over time. Unlike an endpoint it has no state that develops.
//!
//! How busy a pod is does not belong here.

use std::time::Duration;

use rand::RngExt;

use super::account;
use super::market::{self, DataCenter, Gpu, VCPU_PRICE};
use super::population::Population;
use super::random::{self, Purpose};
use super::timeline::Timeline;

/// What a pod is used for, which determines how busy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PodRole {
    /// Busy all the time.
    Training,
    /// Running and billed, but not used.
    Idle,
    /// Stopped, with its volume.
    Stopped,
    /// Busy in waves.
    Serving,
    /// A CPU pod with work.
    Cpu,
    /// Stopped, but Runpod still shows the runtime of its last run.
    StoppedStale,
    /// Started, but still pulling its image, so without a runtime.
    Pulling,
}

/// A pod.
#[derive(Debug, Clone)]
pub struct Pod {
    /// 14 lower-case letters and digits.
    pub id: String,
    /// The name that its owner gave it.
    pub name: String,
    /// Its initial role. The current one is read from the world.
    pub(crate) role: PodRole,
    /// The image it runs.
    pub(crate) image: &'static str,
    /// `None` for a CPU pod.
    pub(crate) gpu: Option<&'static Gpu>,
    /// Zero for a CPU pod.
    pub(crate) gpu_count: u32,
    /// The ids of its GPUs.
    pub(crate) gpu_ids: Vec<String>,
    /// Virtual cores.
    pub(crate) vcpu_count: u32,
    /// Memory in gigabytes.
    pub(crate) memory_gb: u32,
    /// Container disk in gigabytes.
    pub(crate) container_disk_gb: u32,
    /// Volume in gigabytes; it remains when the pod is stopped.
    pub(crate) volume_gb: u32,
    /// Whether it runs in the secure cloud.
    pub(crate) secure: bool,
    /// Whether it is a spot pod, which can be interrupted.
    pub(crate) spot: bool,
    /// Its data center.
    pub(crate) data_center: &'static DataCenter,
    /// The id of its machine.
    pub(crate) machine_id: String,
    /// Dollars per hour while it runs.
    pub(crate) price: f64,
    /// Its age at the start of the world.
    pub(crate) age: Duration,
    /// How long it had been running, or stopped, at the start of the world.
    pub(crate) status_age: Duration,
    /// The phase of its usage over time.
    pub(super) phase: f64,
    /// Its role over time.
    pub(super) timeline: Timeline<PodRole>,
}

/// The pods, used in turn: role, name, image, position of the GPU type, number of GPUs.
const CYCLE: [(PodRole, &str, &str, usize, u32); 8] = [
    (PodRole::Training, "train-llm", "runpod/pytorch:2.8.0-py3.11-cuda12.8.1", 5, 2),
    (PodRole::Idle, "notebook", "runpod/pytorch:2.4.0-py3.11-cuda12.4.1-devel-ubuntu22.04", 3, 1),
    (PodRole::Stopped, "old-experiment", "runpod/stable-diffusion:web-ui-10.2.1", 1, 1),
    (PodRole::Serving, "vllm-dev", "vllm/vllm-openai:v0.11.0", 4, 1),
    (PodRole::Cpu, "etl", "python:3.13-slim", 0, 0),
    (PodRole::StoppedStale, "comfyui", "ashleykza/comfyui:cu128-py312-v0.3.60", 7, 1),
    (PodRole::Pulling, "big-image", "registry.example.com/team/finetune:latest", 2, 1),
    (PodRole::Training, "sweep-spot", "runpod/pytorch:2.8.0-py3.11-cuda12.8.1", 1, 4),
];

/// Positions of the pods without problems.
const HEALTHY: [usize; 4] = [0, 3, 4, 7];

/// The port of the notebook that most images start.
const NOTEBOOK_PORT: u16 = 8_888;

/// The address of a port by its type. That of the TCP ports is for documentation, so that nobody connects to a stranger.
pub(crate) fn address(kind: &str) -> &'static str {
    if kind == "tcp" { "203.0.113.7" } else { "100.65.0.101" }
}

/// The port at that address.
pub(crate) fn public_port(port: u16) -> u16 {
    60_000 + port % 1_000
}

/// A program in a pod that serves metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// A vLLM server.
    Vllm,
    /// NVIDIA's exporter of GPU metrics.
    Dcgm,
}

// === impl Workload ===

impl Workload {
    /// The port that it listens on by default.
    pub(crate) fn port(self) -> u16 {
        match self {
            Self::Vllm => 8_000,
            Self::Dcgm => 9_400,
        }
    }
}

// === impl PodRole ===

impl PodRole {
    /// Whether the pod is started.
    pub(crate) fn is_running(self) -> bool {
        !matches!(self, Self::Stopped | Self::StoppedStale)
    }

    /// Whether Runpod reports a runtime for it.
    pub(crate) fn has_runtime(self) -> bool {
        !matches!(self, Self::Stopped | Self::Pulling)
    }
}

// === impl Pod ===

impl Pod {
    pub(super) fn new(population: Population, seed: u64, index: u64) -> Self {
        let [first, ..] = CYCLE;
        let all: Vec<usize> = (0..CYCLE.len()).collect();
        let cycle: &[usize] = if population == Population::Healthy { &HEALTHY } else { &all };
        let length = cycle.len() as u64;
        let position = usize::try_from(index % length).ok().and_then(|turn| cycle.get(turn));
        let entry = position.and_then(|position| CYCLE.get(*position)).copied();
        let (role, name, image, gpu, gpu_count) = entry.unwrap_or(first);
        let mut rng = random::generator(seed, Purpose::Pod, index);
        let gpu = (role != PodRole::Cpu).then(|| market::gpu_at(gpu));
        let spot = name.ends_with("spot");
        let secure = !spot && index.is_multiple_of(2);
        let vcpu_count = if gpu_count == 0 { 8 } else { 12 * gpu_count };
        let price = gpu.map_or(VCPU_PRICE * f64::from(vcpu_count), |gpu| {
            let each = if secure { gpu.secure } else { gpu.community.unwrap_or(gpu.secure) };
            each * f64::from(gpu_count) * if spot { 0.6 } else { 1.0 }
        });
        let status_age = random::between(&mut rng, (Duration::from_mins(40), Duration::from_hours(300)));
        Self {
            id: random::id(seed, Purpose::PodId, index),
            name: if index < length { name.to_owned() } else { format!("{name}-{}", index / length + 1) },
            role,
            image,
            gpu,
            gpu_count,
            gpu_ids: (0..gpu_count).map(|_| format!("GPU-{}", random::uuid(&mut rng))).collect(),
            vcpu_count,
            memory_gb: gpu.map_or(16, |gpu| (gpu.memory_gb * 2).max(30) * gpu_count),
            container_disk_gb: 20 + 10 * rng.random_range(0..4_u32),
            volume_gb: if role == PodRole::Cpu { 0 } else { 50 * rng.random_range(1..6_u32) },
            secure,
            spot,
            data_center: market::data_center_at(index + 1),
            machine_id: random::identifier(&mut rng, 12),
            price,
            age: status_age + random::between(&mut rng, (Duration::ZERO, Duration::from_hours(200))),
            status_age: if role == PodRole::Pulling { Duration::from_mins(3) } else { status_age },
            phase: rng.random(),
            timeline: Timeline::new(role),
        }
    }

    /// Dollars per hour while it runs, with its disks.
    pub(super) fn running_price(&self) -> f64 {
        self.price + account::disk_price(self.container_disk_gb + self.volume_gb, true)
    }

    /// What serves metrics in it, and on which port, besides a notebook.
    pub(crate) fn workload(&self) -> Option<Workload> {
        match self.role {
            PodRole::Serving => Some(Workload::Vllm),
            PodRole::Training => Some(Workload::Dcgm),
            _ => None,
        }
    }

    /// The ports that the proxy serves.
    pub(crate) fn http_ports(&self) -> impl Iterator<Item = u16> {
        std::iter::once(NOTEBOOK_PORT).chain(self.workload().map(Workload::port))
    }

    /// The template that it was created from. Only Runpod's own images have one.
    pub(crate) fn template_id(&self) -> Option<&'static str> {
        match self.image {
            image if image.starts_with("runpod/pytorch") => Some("runpod-torch-v280"),
            image if image.starts_with("runpod/") => Some("runpod-stable-diffusion"),
            _ => None,
        }
    }

    /// When it was started or stopped since the start of the world, and whether it runs from then on.
    pub(super) fn status_changes(&self, until: Duration) -> Vec<(Duration, bool)> {
        let mut running = self.role.is_running();
        let mut changes = Vec::new();
        for change in self.timeline.changes().into_iter().filter(|change| change.from <= until) {
            if change.value.is_running() != running {
                running = !running;
                changes.push((change.from, running));
            }
        }
        changes
    }
}
