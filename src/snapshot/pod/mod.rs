//! A pod: what it is, what it costs, how busy it is.

mod rest;

use super::Money;
use super::convert::{celsius, count, dollars_per_hour, gigabytes, percent, seconds, watts};
use super::unit::{Bytes, Celsius, Count, DollarsPerHour, Ratio, Seconds, Watts};
use super::unknown::{Unknown, lower};
use runpod::wire;

pub(crate) use rest::from_rest;

/// One pod as it was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pod {
    /// Its id, which is unique.
    pub id: String,
    /// Its name, which is not; its id where the API gives no name.
    pub name: String,
    /// Its status, lower case.
    pub status: Option<String>,
    /// `reserved`, `interruptable`, …
    pub kind: Option<String>,
    /// The container image.
    pub image: Option<String>,
    /// The GPU type.
    pub gpu_type_id: Option<String>,
    /// `secure` or `community`.
    pub cloud: Option<&'static str>,
    /// Where it runs.
    pub data_center_id: Option<String>,
    /// Cost while it runs, otherwise 0.
    pub cost: Option<DollarsPerHour>,
    /// GPUs.
    pub gpu_count: Option<Count>,
    /// Virtual CPUs.
    pub vcpu_count: Option<Count>,
    /// Memory size.
    pub memory: Option<Bytes>,
    /// Container disk size.
    pub container_disk: Option<Bytes>,
    /// Volume size.
    pub volume: Option<Bytes>,
    /// Time since it started; `None` unless it runs.
    pub uptime: Option<Seconds>,
    /// CPU utilization; `None` unless it runs.
    pub cpu_utilization: Option<Ratio>,
    /// Memory utilization; `None` unless it runs.
    pub memory_utilization: Option<Ratio>,
    /// Its GPUs, each once; none unless it runs.
    pub gpus: Vec<Gpu>,
    /// Average temperature of its GPUs; `None` unless it runs.
    pub gpu_temperature: Option<Celsius>,
    /// Average power draw of its GPUs; `None` unless it runs.
    pub gpu_power: Option<Watts>,
    /// What it has cost.
    pub billed: Money,
}

impl Pod {
    /// The same without what only a running pod has, unless it runs. Two sources may disagree on that for a while.
    #[must_use]
    pub(crate) fn settled(self) -> Self {
        if self.status.as_deref() == Some(RUNNING) {
            return self;
        }
        Self {
            uptime: None,
            cpu_utilization: None,
            memory_utilization: None,
            gpus: Vec::new(),
            gpu_temperature: None,
            gpu_power: None,
            ..self
        }
    }
}

/// One GPU of a running pod.
#[derive(Debug, Clone, PartialEq)]
pub struct Gpu {
    /// Its id.
    pub id: String,
    /// Its utilization.
    pub utilization: Option<Ratio>,
    /// The utilization of its memory.
    pub memory_utilization: Option<Ratio>,
}

/// The states in which a pod is known to be: GraphQL's intent (`desiredStatus`) and REST's observation (`status`).
pub(crate) const STATUSES: &[&str] = &[
    "created",
    "provisioning",
    "starting",
    "running",
    "restarting",
    "paused",
    "exited",
    "error",
    "dead",
    "terminated",
];

const RUNNING: &str = "running";

/// Reads a pod of the list and what the pod itself added. A pod without an id cannot be named and is left out.
pub(crate) fn from_graphql(
    wire: wire::Pod,
    detail: Option<wire::Pod>,
    unknown: &mut Vec<Unknown>,
) -> Option<Pod> {
    let detail = detail.unwrap_or_default();
    let wire::Pod {
        id,
        name,
        desired_status,
        pod_type,
        image_name,
        cost_per_hr,
        gpu_type,
        gpu_count,
        vcpu_count,
        memory_in_gb,
        container_disk_in_gb,
        volume_in_gb,
        uptime_seconds,
        machine,
        runtime,
        latest_telemetry,
    } = wire;
    let id = id.0.filter(|id| !id.is_empty())?;
    let status = lower("pod.desiredStatus", STATUSES, desired_status.0.as_deref(), unknown);
    let running = status.as_deref() == Some(RUNNING);
    let kinds = ["interruptable", "reserved", "bid", "background"];
    let wire::Machine { gpu_type_id, data_center_id, secure_cloud } = machine.unwrap_or_default();
    let pod = Pod {
        name: name.0.filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone()),
        id,
        kind: lower("pod.podType", &kinds, pod_type.0.as_deref(), unknown),
        image: image_name.0.or(detail.image_name.0),
        gpu_type_id: gpu_type_id.0.or(gpu_type.0),
        cloud: secure_cloud.0.map(|secure| if secure { "secure" } else { "community" }),
        data_center_id: data_center_id.0,
        // The price stays where it was when a pod stops; what it costs does not.
        cost: match &status {
            Some(_) if !running => Some(DollarsPerHour(0.0)),
            Some(_) => dollars_per_hour(cost_per_hr),
            None => None,
        },
        status,
        gpu_count: count(gpu_count),
        vcpu_count: count(vcpu_count).or(count(detail.vcpu_count)),
        memory: gigabytes(memory_in_gb).or(gigabytes(detail.memory_in_gb)),
        container_disk: gigabytes(container_disk_in_gb),
        volume: gigabytes(volume_in_gb),
        // The live shape always says nought here, and the true uptime in the runtime.
        uptime: seconds(uptime_seconds).filter(|uptime| *uptime > 0.0),
        ..Pod::default()
    };
    // A stopped pod may show the runtime that it had.
    Some(if running { with_use(pod, runtime, latest_telemetry) } else { Pod { uptime: None, ..pod } })
}

fn with_use(pod: Pod, runtime: Option<wire::Runtime>, telemetry: Option<wire::Telemetry>) -> Pod {
    let averages = telemetry.and_then(|telemetry| telemetry.average_gpu_metrics).unwrap_or_default();
    let pod = Pod {
        gpu_temperature: celsius(averages.temperature_celsius),
        gpu_power: watts(averages.power_watts),
        ..pod
    };
    match runtime {
        Some(wire::Runtime::Object { uptime_in_seconds, container, gpus }) => {
            let wire::Container { cpu_percent, memory_percent } = container.unwrap_or_default();
            Pod {
                uptime: seconds(uptime_in_seconds).or(pod.uptime),
                cpu_utilization: percent(cpu_percent),
                memory_utilization: percent(memory_percent),
                gpus: gpus.0.unwrap_or_default().into_iter().filter_map(gpu).collect(),
                ..pod
            }
        }
        Some(wire::Runtime::Seconds(seconds)) => Pod { uptime: pod.uptime.or(Some(Seconds(seconds))), ..pod },
        Some(wire::Runtime::Unknown(_)) | None => pod,
    }
}

fn gpu(gpu: wire::Gpu) -> Option<Gpu> {
    let wire::Gpu { id, gpu_util_percent, memory_util_percent } = gpu;
    Some(Gpu {
        id: id.0?,
        utilization: percent(gpu_util_percent),
        memory_utilization: percent(memory_util_percent),
    })
}
