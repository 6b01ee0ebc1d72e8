//! Conversion of a pod from GraphQL.

use runpod::wire::{self, Number, NumberOr};

use super::{Cloud, Gpu, Pod, Port};
use crate::snapshot::closed::OrOther;
use crate::snapshot::convert::{
    celsius, count, cpu_percent, dollars_per_hour, gigabytes, name_or_id, percent, seconds, vcpus, watts,
};
use crate::snapshot::unit::DollarsPerHour;
use crate::snapshot::unknown::Unknown;

/// Converts an element of the list, and what only the pod itself returned. A pod without an id is left out.
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
    let id = id.0?;
    let wire::Machine { gpu_type_id, data_center_id, secure_cloud } = machine.unwrap_or_default();
    let pod = Pod {
        name: name_or_id(name.0, &id),
        id,
        status: OrOther::read("pod.desiredStatus", desired_status.0.as_deref(), unknown),
        kind: OrOther::read("pod.podType", pod_type.0.as_deref(), unknown),
        image: image_name.0.or(detail.image_name.0),
        gpu_type_id: gpu_type_id.0.or(gpu_type.0),
        cloud: secure_cloud.0.map(|secure| if secure { Cloud::Secure } else { Cloud::Community }),
        data_center_id: data_center_id.0,
        gpu_count: count(gpu_count),
        vcpu_count: vcpus(vcpu_count).or(vcpus(detail.vcpu_count)),
        memory: gigabytes(memory_in_gb).or(gigabytes(detail.memory_in_gb)),
        container_disk: gigabytes(container_disk_in_gb),
        volume: gigabytes(volume_in_gb),
        // The live shape always returns 0 here, and the uptime in the runtime.
        uptime: seconds(uptime_seconds).filter(|uptime| *uptime > 0.0),
        ..Pod::default()
    };
    // The API keeps the price of a stopped pod.
    let cost = match pod.is_running() {
        Some(true) => dollars_per_hour(cost_per_hr),
        Some(false) => Some(DollarsPerHour(0.0)),
        None => None,
    };
    Some(with_use(Pod { cost, ..pod }, runtime, latest_telemetry).without_stale_use())
}

fn with_use(pod: Pod, runtime: NumberOr<wire::Runtime>, telemetry: Option<wire::Telemetry>) -> Pod {
    let wire::Telemetry { average_gpu_metrics } = telemetry.unwrap_or_default();
    let wire::GpuMetrics { temperature_celsius, power_watts } = average_gpu_metrics.unwrap_or_default();
    let pod = Pod { gpu_temperature: celsius(temperature_celsius), gpu_power: watts(power_watts), ..pod };
    match runtime {
        NumberOr::Object(wire::Runtime { uptime_in_seconds, container, gpus, ports }) => {
            let wire::Container { cpu_percent: cpu, memory_percent } = container.unwrap_or_default();
            Pod {
                uptime: seconds(uptime_in_seconds).or(pod.uptime),
                cpu_utilization: cpu_percent(cpu),
                memory_utilization: percent(memory_percent),
                gpus: gpus.0.unwrap_or_default().into_iter().filter_map(gpu).collect(),
                ports: ports.0.unwrap_or_default().into_iter().filter_map(port).collect(),
                ..pod
            }
        }
        NumberOr::Number(uptime) => Pod { uptime: pod.uptime.or(seconds(Number(Some(uptime)))), ..pod },
        NumberOr::Unknown => pod,
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

fn port(port: wire::Port) -> Option<Port> {
    let wire::Port { ip, is_ip_public, private_port, public_port, kind } = port;
    let ip = ip.0.filter(|_| is_ip_public.0 != Some(false));
    Port::new(kind.0.as_deref(), private_port, ip.as_deref(), public_port)
}
