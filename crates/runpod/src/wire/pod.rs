//! A pod from GraphQL.

use lenient_json::{Flag, Id, List, Name, Number, NumberOr, OwnId, Text, object};
use serde::Deserialize;

/// Maximum number of GPUs of a pod: a machine has 8 or 10.
const MAX_GPUS: usize = 64;

/// Maximum number of ports of a pod: Runpod allows 10 of each type.
const MAX_PORTS: usize = 64;

/// A pod, with the fields of both shapes. GraphQL `Pod`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Pod {
    pub id: OwnId,
    pub name: Name,
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
    #[serde(deserialize_with = "object")]
    pub machine: Option<Machine>,
    /// The documented shape: uptime in seconds.
    pub runtime: NumberOr<Runtime>,
    #[serde(deserialize_with = "object")]
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

/// The running container of a pod, in the live shape. May be out of date for a stopped pod. GraphQL `Pod.runtime`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Runtime {
    /// In seconds.
    pub uptime_in_seconds: Number,
    #[serde(deserialize_with = "object")]
    pub container: Option<Container>,
    pub gpus: List<Gpu, MAX_GPUS>,
    pub ports: List<Port, MAX_PORTS>,
}

/// An exposed port. GraphQL `Pod.runtime.ports`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Port {
    /// An address of the machine, public or not.
    pub ip: Text,
    pub is_ip_public: Flag,
    /// In the container.
    pub private_port: Number,
    /// At the address.
    pub public_port: Number,
    /// `http` or `tcp`.
    #[serde(rename = "type")]
    pub kind: Text,
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
    pub id: Id,
    /// Percentage.
    pub gpu_util_percent: Number,
    /// Percentage.
    pub memory_util_percent: Number,
}

/// The last measurement of the machine. GraphQL `Pod.latestTelemetry`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Telemetry {
    #[serde(deserialize_with = "object")]
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
