//! A pod as GraphQL gives it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Flag, List, Number, Text};

/// GraphQL `Pod`, both shapes together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Pod {
    pub id: Text,
    pub name: Text,
    pub desired_status: Text,
    pub pod_type: Text,
    pub image_name: Text,
    pub cost_per_hr: Number,
    pub gpu_type: Text,
    pub gpu_count: Number,
    pub vcpu_count: Number,
    pub memory_in_gb: Number,
    pub container_disk_in_gb: Number,
    pub volume_in_gb: Number,
    pub uptime_seconds: Number,
    pub machine: Option<Machine>,
    pub runtime: Option<Runtime>,
    pub latest_telemetry: Option<Telemetry>,
}

/// The machine that carries the pod.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Machine {
    pub gpu_type_id: Text,
    pub data_center_id: Text,
    pub secure_cloud: Flag,
}

/// What runs: an object on the live shape, seconds on the documented one. Stopped pods may show a stale one.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub enum Runtime {
    Seconds(f64),
    #[serde(rename_all = "camelCase")]
    Object {
        #[serde(default)]
        uptime_in_seconds: Number,
        #[serde(default)]
        container: Option<Container>,
        #[serde(default)]
        gpus: List<Gpu>,
    },
    Unknown(IgnoredAny),
}

/// The container's use of what it was given, in percent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Container {
    pub cpu_percent: Number,
    pub memory_percent: Number,
}

/// One GPU's use, in percent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Gpu {
    pub id: Text,
    pub gpu_util_percent: Number,
    pub memory_util_percent: Number,
}

/// What the machine measured last.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Telemetry {
    pub average_gpu_metrics: Option<GpuMetrics>,
}

/// Averages over the pod's GPUs. The first name is spelled as Runpod spells it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct GpuMetrics {
    #[serde(rename = "temperatureCelcius")]
    pub temperature_celsius: Number,
    pub power_watts: Number,
}
