//! Pods.

use lenient_json::{List, Name, Number, OwnId, Text, object};
use serde::Deserialize;

use super::PodCluster;

/// Maximum number of GPUs of a pod: a machine has 8 or 10.
const MAX_GPUS: usize = 64;

/// A pod, without its environment and its addresses. REST `GET /pods`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Pod {
    pub id: OwnId,
    pub name: Name,
    pub status: Text,
    pub image: Text,
    /// Container disk, in gigabytes (10^9 bytes).
    pub disk: Number,
    #[serde(deserialize_with = "object")]
    pub mounts: Option<Mounts>,
    #[serde(deserialize_with = "object")]
    pub gpu: Option<Gpu>,
    #[serde(deserialize_with = "object")]
    pub cpu: Option<Cpu>,
    /// `SECURE` or `COMMUNITY`.
    pub cloud: Text,
    pub data_center_id: Text,
    /// In dollars per hour.
    pub cost: Number,
    #[serde(deserialize_with = "object")]
    pub runtime: Option<Runtime>,
    /// Missing unless it belongs to a cluster.
    #[serde(deserialize_with = "object")]
    pub cluster: Option<PodCluster>,
}

/// The storage of a pod besides its container disk.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Mounts {
    /// Persistent storage on the machine.
    #[serde(deserialize_with = "object")]
    pub persistent: Option<Size>,
}

/// The size of a storage.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Size {
    /// In gigabytes (10^9 bytes).
    pub size: Number,
}

/// The GPUs of a pod, and the CPUs and memory that come with them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Gpu {
    /// GPU type id.
    pub id: Text,
    pub count: Number,
    pub vcpu_count: Number,
    /// In gigabytes (10^9 bytes).
    pub memory: Number,
}

/// The CPUs and memory of a pod without GPUs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Cpu {
    pub vcpu_count: Number,
    /// In gigabytes (10^9 bytes).
    pub memory: Number,
}

/// The running container of a pod.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Runtime {
    /// In seconds.
    pub uptime: Number,
    /// One element for each GPU. They have no ids; the position identifies them.
    pub gpus: List<GpuUse, MAX_GPUS>,
    #[serde(deserialize_with = "object")]
    pub cpu: Option<Use>,
    #[serde(deserialize_with = "object")]
    pub memory: Option<Use>,
}

/// Utilization of one GPU.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GpuUse {
    /// Percentage.
    pub util: Number,
    /// Percentage.
    pub memory_util: Number,
}

/// Utilization of CPUs or memory.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Use {
    /// Percentage.
    pub util: Number,
}
