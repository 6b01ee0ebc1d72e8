//! From what the REST API says of a pod to what is kept of it.

use super::super::convert::{count, dollars_per_hour, gigabytes, percent, seconds};
use super::super::unknown::{Unknown, lower};
use super::{Gpu, Pod, STATUSES};
use runpod::wire::rest as wire;

/// Reads a pod of the list. A pod without an id cannot be named and is left out.
pub(crate) fn from_rest(wire: wire::Pod, unknown: &mut Vec<Unknown>) -> Option<Pod> {
    let wire::Pod { id, name, status, image, disk, mounts, gpu, cpu, cloud, data_center_id, cost, runtime } =
        wire;
    let id = id.0.filter(|id| !id.is_empty())?;
    let gpu = gpu.unwrap_or_default();
    let cpu = cpu.unwrap_or_default();
    let wire::Runtime { uptime, gpus, cpu: cpu_use, memory: memory_use } = runtime.unwrap_or_default();
    let persistent = mounts.and_then(|mounts| mounts.persistent);
    let cloud = lower("pod.cloud", &["secure", "community"], cloud.0.as_deref(), unknown);
    let pod = Pod {
        name: name.0.filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone()),
        id,
        status: lower("pod.status", STATUSES, status.0.as_deref(), unknown),
        kind: None,
        image: image.0,
        gpu_type_id: gpu.id.0,
        cloud: ["secure", "community"].into_iter().find(|known| cloud.as_deref() == Some(known)),
        data_center_id: data_center_id.0,
        cost: dollars_per_hour(cost),
        gpu_count: count(gpu.count),
        vcpu_count: count(cpu.vcpu_count).or(count(gpu.vcpu_count)),
        memory: gigabytes(cpu.memory).or(gigabytes(gpu.memory)),
        container_disk: gigabytes(disk),
        volume: persistent.and_then(|persistent| gigabytes(persistent.size)),
        uptime: seconds(uptime),
        cpu_utilization: cpu_use.and_then(|cpu| percent(cpu.util)),
        memory_utilization: memory_use.and_then(|memory| percent(memory.util)),
        gpus: gpus.0.unwrap_or_default().into_iter().enumerate().map(gpu_use).collect(),
        ..Pod::default()
    };
    Some(pod.settled())
}

/// The API tells GPUs by their place in the list alone.
fn gpu_use((place, gpu): (usize, wire::GpuUse)) -> Gpu {
    let wire::GpuUse { util, memory_util } = gpu;
    Gpu { id: place.to_string(), utilization: percent(util), memory_utilization: percent(memory_util) }
}
