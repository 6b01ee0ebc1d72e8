//! Instant Clusters: pods of equal size in one private network. They run from their creation on, unless a scene stops one.

use std::time::Duration;

use strum::IntoStaticStr;

use super::market::{self, DataCenter, Gpu};
use super::pod::Pod;
use super::population::Population;
use super::random::{self, Purpose};

/// What a cluster is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "UPPERCASE")]
pub(crate) enum ClusterKind {
    Ray,
    Slurm,
    Training,
    Application,
}

/// A cluster.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// 10 lower-case letters and digits.
    pub(crate) id: String,
    /// The name that its owner gave it.
    pub(crate) name: String,
    /// What it is made for.
    pub(crate) kind: ClusterKind,
    /// The GPU type of every pod.
    pub(crate) gpu: &'static Gpu,
    /// Its data center.
    pub(crate) data_center: &'static DataCenter,
    /// Its age at the start of the world.
    pub(crate) age: Duration,
    /// Its pods, by rank. The first one is the primary pod.
    pub(crate) pods: Vec<Pod>,
}

/// The clusters, used in turn: kind, name, number of pods.
const CYCLE: [(ClusterKind, &str, u64); 4] = [
    (ClusterKind::Ray, "ray-tune", 3),
    (ClusterKind::Slurm, "slurm-lab", 4),
    (ClusterKind::Training, "pretrain", 2),
    (ClusterKind::Application, "render-farm", 2),
];

/// Position of the GPU type: the first one that clusters can have.
const GPU: usize = 5;

/// Number of GPUs of each pod.
const GPUS: u32 = 8;

/// The number of the first pod of the first cluster, beyond those of other pods, and the distance to the next pod that is busy
/// all the time.
const FIRST_MEMBER: u64 = 1 << 40;
const TRAINING: u64 = 4;

/// Minimum and maximum age at the start of the world.
const AGE: (Duration, Duration) = (Duration::from_hours(2), Duration::from_hours(72));

/// Price of a GPU in a cluster, as a ratio of its price in the secure cloud.
const PRICE: f64 = 1.1;

// === impl ClusterKind ===

impl ClusterKind {
    /// The role of the pod at a rank; `None` in a cluster without roles.
    pub(crate) fn role(self, rank: usize) -> Option<&'static str> {
        match (self, rank) {
            (Self::Ray, 0) => Some("RAY_HEAD"),
            (Self::Ray, _) => Some("RAY_WORKER"),
            (Self::Slurm, 0) => Some("SLURM_CONTROLLER"),
            (Self::Slurm, _) => Some("SLURM_COMPUTE"),
            (Self::Training | Self::Application, _) => None,
        }
    }

    /// The kind as Runpod writes it.
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

// === impl Cluster ===

impl Cluster {
    pub(super) fn new(seed: u64, index: u64) -> Self {
        let length = CYCLE.len() as u64;
        let [first, ..] = CYCLE;
        let position = usize::try_from(index % length).unwrap_or_default();
        let (kind, name, size) = CYCLE.get(position).copied().unwrap_or(first);
        let name = if index < length { name.to_owned() } else { format!("{name}-{}", index / length + 1) };
        let mut rng = random::generator(seed, Purpose::Cluster, index);
        let age = random::between(&mut rng, AGE);
        let gpu = market::gpu_at(GPU);
        let data_center = market::data_center_at(index);
        let mut member = |rank: u64| Pod {
            name: format!("{name}-{rank}"),
            image: "runpod/pytorch:2.8.0-py3.11-cuda12.8.1",
            gpu: Some(gpu),
            gpu_count: GPUS,
            gpu_ids: (0..GPUS).map(|_| format!("GPU-{}", random::uuid(&mut rng))).collect(),
            vcpu_count: 12 * GPUS,
            memory_gb: 2 * gpu.memory_gb * GPUS,
            volume_gb: 0,
            secure: true,
            spot: false,
            data_center,
            price: gpu.secure * PRICE * f64::from(GPUS),
            age,
            status_age: age,
            ..Pod::new(Population::Healthy, seed, FIRST_MEMBER + TRAINING * (index << 8 | rank))
        };
        let pods = (0..size).map(&mut member).collect();
        Self {
            id: random::identifier(&mut random::generator(seed, Purpose::ClusterId, index), 10),
            pods,
            name,
            kind,
            gpu,
            data_center,
            age,
        }
    }
}
