//! `/pods`.

use serde::Deserialize;

use super::super::{List, Number, Text};

/// A pod. Its environment and the way into it are among what the API gives, and are not read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Pod {
    pub id: Text,
    pub name: Text,
    pub status: Text,
    pub image: Text,
    pub disk: Number,
    pub mounts: Option<Mounts>,
    pub gpu: Option<Gpu>,
    pub cpu: Option<Cpu>,
    pub cloud: Text,
    pub data_center_id: Text,
    pub cost: Number,
    pub runtime: Option<Runtime>,
}

/// Where it keeps what outlives it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Mounts {
    pub persistent: Option<Size>,
}

/// How much there is of something.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Size {
    pub size: Number,
}

/// The GPUs that it has, and what comes with them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Gpu {
    pub id: Text,
    pub count: Number,
    pub vcpu_count: Number,
    pub memory: Number,
}

/// What it has instead of GPUs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Cpu {
    pub vcpu_count: Number,
    pub memory: Number,
}

/// What runs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Runtime {
    pub uptime: Number,
    pub gpus: List<GpuUse>,
    pub cpu: Option<Use>,
    pub memory: Option<Use>,
}

/// One GPU's use, in percent. It has no id: its place in the list tells it from the others.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct GpuUse {
    pub util: Number,
    pub memory_util: Number,
}

/// The use of something, in percent.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Use {
    pub util: Number,
}
