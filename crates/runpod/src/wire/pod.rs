//! A pod from GraphQL.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::lenient::{Flag, List, Number, Text};

/// A pod, with the fields of both shapes. GraphQL `Pod`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Pod {
    pub id: Text,
    pub name: Text,
    /// `RUNNING`, `EXITED`, `CREATED`, `RESTARTING`, `PAUSED`, `DEAD` or `TERMINATED`.
    pub desired_status: Text,
    /// `INTERRUPTABLE`, `RESERVED`, `BID` or `BACKGROUND`.
    pub pod_type: Text,
    pub image_name: Text,
    /// In dollars per hour.
    pub cost_per_hr: Number,
    /// Documented. The live shape has it in `machine`.
    pub gpu_type: Text,
    pub gpu_count: Number,
    pub vcpu_count: Number,
    /// In gigabytes (10^9 bytes).
    pub memory_in_gb: Number,
    /// In gigabytes (10^9 bytes).
    pub container_disk_in_gb: Number,
    /// In gigabytes (10^9 bytes).
    pub volume_in_gb: Number,
    /// In seconds. Always 0 in the live shape; see [`Runtime`].
    pub uptime_seconds: Number,
    pub machine: Option<Machine>,
    pub runtime: Option<Runtime>,
    pub latest_telemetry: Option<Telemetry>,
}

/// The machine that a pod runs on. GraphQL `Pod.machine`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Machine {
    pub gpu_type_id: Text,
    pub data_center_id: Text,
    /// Secure cloud, or else community cloud.
    pub secure_cloud: Flag,
}

/// The running container of a pod. May be out of date for a stopped pod. GraphQL `Pod.runtime`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Runtime {
    /// The documented shape: uptime in seconds.
    Seconds(f64),
    /// The live shape.
    #[serde(rename_all = "camelCase")]
    Object {
        /// In seconds.
        #[serde(default)]
        uptime_in_seconds: Number,
        #[serde(default)]
        container: Option<Container>,
        #[serde(default)]
        gpus: List<Gpu>,
    },
    Unknown(IgnoredAny),
}

/// Utilization of the container. GraphQL `Pod.runtime.container`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    /// Percentage of the allocated CPUs.
    pub cpu_percent: Number,
    /// Percentage of the allocated memory.
    pub memory_percent: Number,
}

/// Utilization of one GPU. GraphQL `Pod.runtime.gpus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Gpu {
    pub id: Text,
    /// Percentage.
    pub gpu_util_percent: Number,
    /// Percentage.
    pub memory_util_percent: Number,
}

/// The last measurement of the machine. GraphQL `Pod.latestTelemetry`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Telemetry {
    pub average_gpu_metrics: Option<GpuMetrics>,
}

/// Averages over the GPUs of the pod. GraphQL `Pod.latestTelemetry.averageGpuMetrics`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GpuMetrics {
    /// In degrees Celsius. The API's spelling is `temperatureCelcius`.
    #[serde(rename = "temperatureCelcius")]
    pub temperature_celsius: Number,
    /// In watts.
    pub power_watts: Number,
}
