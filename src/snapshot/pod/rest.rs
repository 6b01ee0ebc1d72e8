//! Conversion of a pod from the REST API.

use std::sync::Arc;

use runpod::wire::rest as wire;

use super::{Gpu, Membership, Pod, Port};
use crate::snapshot::closed::OrOther;
use crate::snapshot::convert::{
    count, cpu_percent, dollars_per_hour, gigabytes, name_or_id, percent, seconds, vcpus,
};
use crate::snapshot::unknown::Unknown;

/// Converts an element of the list. A pod without an id is left out.
pub(crate) fn from_rest(wire: wire::Pod, unknown: &mut Vec<Unknown>) -> Option<Pod> {
    let wire::Pod {
        id,
        name,
        status,
        image,
        ports: configured,
        disk,
        mounts,
        gpu,
        cpu,
        cloud,
        data_center_id,
        cost,
        runtime,
        cluster,
    } = wire;
    let id = id.0?;
    let wire::Gpu { id: gpu_type_id, count: gpu_count, vcpu_count: gpu_vcpus, memory: gpu_memory } =
        gpu.unwrap_or_default();
    let wire::Cpu { vcpu_count, memory } = cpu.unwrap_or_default();
    let wire::Mounts { persistent } = mounts.unwrap_or_default();
    let wire::Size { size: volume } = persistent.unwrap_or_default();
    let wire::Runtime { uptime, gpus, cpu: cpu_use, memory: memory_use, ports } = runtime.unwrap_or_default();
    let wire::Use { util: cpu_utilization } = cpu_use.unwrap_or_default();
    let wire::Use { util: memory_utilization } = memory_use.unwrap_or_default();
    let pod = Pod {
        name: name_or_id(name.0, &id),
        id,
        cloud: OrOther::read("pod.cloud", cloud.0.as_deref(), unknown).and_then(OrOther::known),
        status: OrOther::read("pod.status", status.0.as_deref(), unknown),
        image: image.0,
        cluster: cluster.and_then(|cluster| Membership::from_rest(cluster, unknown)),
        gpu_type_id: gpu_type_id.0,
        data_center_id: data_center_id.0,
        cost: dollars_per_hour(cost),
        gpu_count: count(gpu_count),
        vcpu_count: vcpus(vcpu_count).or(vcpus(gpu_vcpus)),
        memory: gigabytes(memory).or(gigabytes(gpu_memory)),
        container_disk: gigabytes(disk),
        volume: gigabytes(volume),
        uptime: seconds(uptime),
        cpu_utilization: cpu_percent(cpu_utilization),
        memory_utilization: percent(memory_utilization),
        gpus: gpus.0.unwrap_or_default().into_iter().enumerate().map(gpu_use).collect(),
        ports: exposed(ports.0, configured.0),
        ..Pod::default()
    };
    Some(pod.without_stale_use())
}

/// The API gives no id for a GPU, so that its index in the list identifies it.
fn gpu_use((index, gpu): (usize, wire::GpuUse)) -> Gpu {
    let wire::GpuUse { util, memory_util } = gpu;
    Gpu { id: index.to_string().into(), utilization: percent(util), memory_utilization: percent(memory_util) }
}

/// The ports of the runtime. It may list only those with an address; the proxy serves the HTTP ports of the configuration in any
/// case.
fn exposed(ports: Option<Vec<wire::Port>>, configured: Option<Vec<Arc<str>>>) -> Vec<Port> {
    let live = ports.unwrap_or_default().into_iter().filter_map(|port| {
        let wire::Port { private, public, kind, ip } = port;
        Port::new(kind.0.as_deref(), private, ip.0.as_deref(), public)
    });
    let mut ports: Vec<Port> = live.collect();
    for port in configured.into_iter().flatten().filter_map(|text| Port::behind_proxy(&text)) {
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports
}
