//! The pods of the account. Unlike endpoints they need no history: what a pod does at a moment is a function of that
//! moment.

use std::time::Duration;

use jiff::Timestamp;
use rand::RngExt;

use super::World;
use super::cast::Cast;
use super::chance::{self, Purpose};
use super::market::{self, DataCenter, Gpu};
use super::script::Script;

/// What a pod was made for, which says how busy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Busy all the time.
    Training,
    /// Running, paid for, and forgotten.
    Forgotten,
    /// Stopped; its disk remains.
    Stopped,
    /// Busy in waves.
    Serving,
    /// A pod without a GPU.
    Cpu,
    /// Stopped, but Runpod still shows the runtime of its last run.
    StoppedStale,
    /// Running by intent; still pulling its image, so without a runtime.
    Pulling,
}

/// A pod.
#[derive(Debug, Clone)]
pub struct Pod {
    /// 14 lower-case letters and digits.
    pub id: String,
    /// As its owner calls it.
    pub name: String,
    /// What it was made for. What it does now is asked of the world.
    pub errand: Errand,
    /// The image it runs.
    pub image: &'static str,
    /// Nothing for a CPU pod.
    pub gpu: Option<&'static Gpu>,
    /// Nothing for a CPU pod.
    pub gpu_count: u32,
    /// The ids of its GPUs.
    pub gpu_ids: Vec<String>,
    /// Virtual cores.
    pub vcpu_count: u32,
    /// Memory.
    pub memory_gb: u32,
    /// Disk that goes with the container.
    pub container_disk_gb: u32,
    /// Disk that stays.
    pub volume_gb: u32,
    /// Whether it runs in the secure cloud.
    pub secure: bool,
    /// Rented against bids, may be taken away.
    pub spot: bool,
    /// Where it runs.
    pub data_center: &'static DataCenter,
    /// The machine it runs on.
    pub machine_id: String,
    /// Dollars per hour while it runs.
    pub price: f64,
    /// How old it was when the world began.
    pub age: Duration,
    /// How long it had been running, or stopped, when the world began.
    pub settled: Duration,
    phase: f64,
    /// What it does from which time on.
    pub(super) script: Script<Errand>,
}

/// How busy a running pod is. Shares between 0 and 100, as Runpod gives them.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// Percent of the cores.
    pub cpu: f64,
    /// Percent of the memory.
    pub memory: f64,
    /// One entry per GPU.
    pub gpus: Vec<GpuUsage>,
}

/// How busy one GPU is.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuUsage {
    /// The GPU's own id.
    pub id: String,
    /// Percent of the time.
    pub busy: f64,
    /// Percent of its memory.
    pub memory: f64,
    /// Degrees Celsius.
    pub temperature: f64,
    /// Watts.
    pub power: f64,
}

/// The order in which pods get their errands, with what else there is to say about them.
const CYCLE: [(Errand, &str, &str, usize, u32); 8] = [
    (Errand::Training, "train-llm", "runpod/pytorch:2.8.0-py3.11-cuda12.8.1", 5, 2),
    (Errand::Forgotten, "notebook", "runpod/pytorch:2.4.0-py3.11-cuda12.4.1-devel-ubuntu22.04", 3, 1),
    (Errand::Stopped, "old-experiment", "runpod/stable-diffusion:web-ui-10.2.1", 1, 1),
    (Errand::Serving, "vllm-dev", "vllm/vllm-openai:v0.11.0", 4, 1),
    (Errand::Cpu, "etl", "python:3.13-slim", 0, 0),
    (Errand::StoppedStale, "comfyui", "ashleykza/comfyui:cu128-py312-v0.3.60", 7, 1),
    (Errand::Pulling, "big-image", "registry.example.com/team/finetune:latest", 2, 1),
    (Errand::Training, "sweep-spot", "runpod/pytorch:2.8.0-py3.11-cuda12.8.1", 1, 4),
];

/// Those of them with which nothing is wrong, by their position.
const WELL: [usize; 4] = [0, 3, 4, 7];

/// Dollars per hour of one virtual core of a CPU pod.
const VCPU_PRICE: f64 = 0.015;

/// Periods of the two waves whose sum looks irregular on a dashboard; neither is a multiple of a scrape interval.
const WAVES: (Duration, Duration) = (Duration::from_secs(397), Duration::from_secs(71));

// === impl World ===

impl World {
    /// What a pod does now.
    pub fn errand(&self, pod: &Pod) -> Errand {
        pod.script.at(self.elapsed())
    }

    /// When a pod was last started or stopped.
    pub fn turned(&self, pod: &Pod) -> Timestamp {
        let turn = pod.turns(self.elapsed()).pop();
        turn.map_or_else(|| self.before_birth(pod.settled), |(at, _)| self.moment(at))
    }

    /// For how long a pod has been running, or stopped.
    pub fn settled_for(&self, pod: &Pod) -> Duration {
        Duration::try_from(self.now().duration_since(self.turned(pod))).unwrap_or_default()
    }

    /// How busy a pod is now.
    pub fn usage(&self, pod: &Pod) -> Usage {
        pod.usage(self.elapsed())
    }
}

// === impl Errand ===

impl Errand {
    /// Whether the pod was told to run.
    pub fn is_running(self) -> bool {
        !matches!(self, Self::Stopped | Self::StoppedStale)
    }

    /// Whether Runpod shows a runtime for it.
    pub fn has_runtime(self) -> bool {
        !matches!(self, Self::Stopped | Self::Pulling)
    }
}

// === impl Pod ===

impl Pod {
    pub(super) fn new(cast: Cast, seed: u64, index: u64) -> Self {
        let [first, ..] = CYCLE;
        let all: Vec<usize> = (0..CYCLE.len()).collect();
        let cycle: &[usize] = if cast == Cast::Well { &WELL } else { &all };
        let length = cycle.len() as u64;
        let position = usize::try_from(index % length).ok().and_then(|turn| cycle.get(turn));
        let entry = position.and_then(|position| CYCLE.get(*position)).copied();
        let (errand, name, image, gpu, gpu_count) = entry.unwrap_or(first);
        let mut rng = chance::generator(seed, Purpose::Pod, index);
        let gpu = (errand != Errand::Cpu).then(|| market::gpu_at(gpu));
        let spot = name.ends_with("spot");
        let secure = !spot && index.is_multiple_of(2);
        let vcpu_count = if gpu_count == 0 { 8 } else { 12 * gpu_count };
        let price = gpu.map_or(VCPU_PRICE * f64::from(vcpu_count), |gpu| {
            let each = if secure { gpu.secure } else { gpu.community.unwrap_or(gpu.secure) };
            each * f64::from(gpu_count) * if spot { 0.6 } else { 1.0 }
        });
        let settled = chance::between(&mut rng, (Duration::from_mins(40), Duration::from_hours(300)));
        Self {
            id: chance::id(seed, Purpose::PodId, index),
            name: if index < length { name.to_owned() } else { format!("{name}-{}", index / length + 1) },
            errand,
            image,
            gpu,
            gpu_count,
            gpu_ids: (0..gpu_count).map(|_| format!("GPU-{}", chance::uuid(&mut rng))).collect(),
            vcpu_count,
            memory_gb: gpu.map_or(16, |gpu| (gpu.memory_gb * 2).max(30) * gpu_count),
            container_disk_gb: 20 + 10 * rng.random_range(0..4_u32),
            volume_gb: if errand == Errand::Cpu { 0 } else { 50 * rng.random_range(1..6_u32) },
            secure,
            spot,
            data_center: market::data_center_at(index + 1),
            machine_id: chance::identifier(&mut rng, 12),
            price,
            age: settled + chance::between(&mut rng, (Duration::ZERO, Duration::from_hours(200))),
            settled: if errand == Errand::Pulling { Duration::from_mins(3) } else { settled },
            phase: rng.random(),
            script: Script::new(errand),
        }
    }

    /// The template it was made from: Runpod's images have one, others were typed in.
    pub fn template_id(&self) -> Option<&'static str> {
        match self.image {
            image if image.starts_with("runpod/pytorch") => Some("runpod-torch-v280"),
            image if image.starts_with("runpod/") => Some("runpod-stable-diffusion"),
            _ => None,
        }
    }

    /// When it was started or stopped since the world began, and whether it has been running from then on.
    pub(super) fn turns(&self, until: Duration) -> Vec<(Duration, bool)> {
        let mut running = self.errand.is_running();
        let mut turns = Vec::new();
        for act in self.script.acts().into_iter().filter(|act| act.from <= until) {
            if act.what.is_running() != running {
                running = !running;
                turns.push((act.from, running));
            }
        }
        turns
    }

    /// How busy it is `at` a time of the world.
    pub(super) fn usage(&self, at: Duration) -> Usage {
        let slow = chance::swing(at, WAVES.0, self.phase);
        let fast = chance::swing(at, WAVES.1, self.phase * 3.0);
        let mix = 0.7 * slow + 0.3 * fast;
        let (cpu, memory, busy, gpu_memory) = match self.script.at(at) {
            Errand::Training => (30.0 + 15.0 * mix, 55.0 + 5.0 * slow, 84.0 + 15.0 * mix, 88.0 + 4.0 * slow),
            Errand::Serving => (8.0 + 30.0 * mix, 35.0 + 3.0 * slow, 95.0 * mix, 90.0),
            Errand::Cpu => (20.0 + 70.0 * mix, 40.0 + 25.0 * slow, 0.0, 0.0),
            Errand::Forgotten => (0.0 + fast, 12.0, 0.0, 3.0),
            Errand::Stopped | Errand::StoppedStale | Errand::Pulling => (0.0, 0.0, 0.0, 0.0),
        };
        let gpus = self.gpu_ids.iter().zip(0_u32..).map(|(id, number)| {
            // Neighbours share their heat and their work, but not to the last percent.
            let busy = whole((busy - f64::from(number)).max(0.0));
            let power = self.gpu.map_or(0.0, |gpu| gpu.power * (0.12 + 0.85 * busy / 100.0));
            let temperature = whole(31.0 + 42.0 * busy / 100.0 + 2.0 * slow);
            GpuUsage { id: id.clone(), busy, memory: whole(gpu_memory), temperature, power: whole(power) }
        });
        Usage { cpu: whole(cpu), memory: whole(memory), gpus: gpus.collect() }
    }
}

/// Runpod gives whole percents, degrees and watts.
fn whole(value: f64) -> f64 {
    value.round()
}
