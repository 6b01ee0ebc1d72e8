//! Pods: what they are, what they cost, how busy they are.
//!
//! Source   GraphQL `myself { pods }`, one request a scrape, or REST `/pods`. Workers of endpoints are not among them.
//! Absent   a pod that does not run has no uptime and no utilisation, though the API may still show its last.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{POD_STATUSES, Pod};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<Pod, 5> {
        name: "runpod_pod_info",
        help: "Always 1: what a pod is (GraphQL imageName, machine.gpuTypeId, machine.secureCloud, machine.dataCenterId, podType, or REST pods, which has no kind); a label is empty where the API gives nothing.",
        kind: Gauge,
        labels: ["image", "gpu_type_id", "cloud", "data_center_id", "pod_kind"],
        read: |pod, points| {
            let [image, gpu_type_id, data_center_id, kind] =
                [&pod.image, &pod.gpu_type_id, &pod.data_center_id, &pod.kind]
                    .map(|value| value.as_deref().unwrap_or_default());
            points.put([image, gpu_type_id, pod.cloud.unwrap_or_default(), data_center_id, kind], 1.0);
        },
    },
    &Labelled::<Pod, 1> {
        name: "runpod_pod_status",
        help: "1 for the status that the pod has (GraphQL desiredStatus, which is what is wanted, or REST status, which is what is seen), 0 for the others that are known.",
        kind: Gauge,
        labels: ["status"],
        read: |pod, points| {
            if let Some(status) = &pod.status {
                points.put([status], 1.0);
                for known in POD_STATUSES {
                    points.put([known], 0.0);
                }
            }
        },
    },
    &Single::<Pod> {
        name: "runpod_pod_uptime_seconds",
        help: "Time since a running pod started (GraphQL runtime.uptimeInSeconds, or REST runtime.uptime).",
        kind: Gauge,
        read: |pod| pod.uptime,
    },
    &Single::<Pod> {
        name: "runpod_pod_cost_dollars_per_hour",
        help: "Price of the pod while it runs, 0 while it does not; its volume costs extra (GraphQL costPerHr, or REST cost).",
        kind: Gauge,
        read: |pod| pod.cost,
    },
    &Single::<Pod> {
        name: "runpod_pod_gpus",
        help: "GPUs of the pod (GraphQL gpuCount, or REST gpu.count).",
        kind: Gauge,
        read: |pod| pod.gpu_count,
    },
    &Single::<Pod> {
        name: "runpod_pod_vcpus",
        help: "Virtual CPUs of the pod (GraphQL vcpuCount, or REST vcpuCount).",
        kind: Gauge,
        read: |pod| pod.vcpu_count,
    },
    &Single::<Pod> {
        name: "runpod_pod_memory_bytes",
        help: "Memory of the pod, a gigabyte taken as 10^9 bytes (GraphQL memoryInGb, or REST memory).",
        kind: Gauge,
        read: |pod| pod.memory,
    },
    &Single::<Pod> {
        name: "runpod_pod_container_disk_bytes",
        help: "Container disk of the pod, a gigabyte taken as 10^9 bytes (GraphQL containerDiskInGb, or REST disk).",
        kind: Gauge,
        read: |pod| pod.container_disk,
    },
    &Single::<Pod> {
        name: "runpod_pod_volume_bytes",
        help: "Volume of the pod, which costs money while the pod is stopped too, a gigabyte taken as 10^9 bytes (GraphQL volumeInGb, or REST mounts.persistent.size).",
        kind: Gauge,
        read: |pod| pod.volume,
    },
    &Single::<Pod> {
        name: "runpod_pod_cpu_utilization_ratio",
        help: "Busy share of the CPUs of a running pod (GraphQL runtime.container.cpuPercent, or REST runtime.cpu.util).",
        kind: Gauge,
        read: |pod| pod.cpu,
    },
    &Single::<Pod> {
        name: "runpod_pod_memory_utilization_ratio",
        help: "Used share of the memory of a running pod (GraphQL runtime.container.memoryPercent, or REST runtime.memory.util).",
        kind: Gauge,
        read: |pod| pod.memory_used,
    },
    &Labelled::<Pod, 1> {
        name: "runpod_pod_gpu_utilization_ratio",
        help: "Busy share of one GPU of a running pod (GraphQL runtime.gpus.gpuUtilPercent, or REST runtime.gpus.util, where gpu_id is the place in the list).",
        kind: Gauge,
        labels: ["gpu_id"],
        read: |pod, points| {
            for gpu in &pod.gpus {
                points.put([&gpu.id], gpu.busy);
            }
        },
    },
    &Labelled::<Pod, 1> {
        name: "runpod_pod_gpu_memory_utilization_ratio",
        help: "Used share of the memory of one GPU of a running pod (GraphQL runtime.gpus.memoryUtilPercent, or REST runtime.gpus.memoryUtil, where gpu_id is the place in the list).",
        kind: Gauge,
        labels: ["gpu_id"],
        read: |pod, points| {
            for gpu in &pod.gpus {
                points.put([&gpu.id], gpu.memory_used);
            }
        },
    },
    &Single::<Pod> {
        name: "runpod_pod_gpu_temperature_celsius",
        help: "Temperature of the GPUs of a running pod, on average (GraphQL latestTelemetry.averageGpuMetrics.temperatureCelcius); no other API has it.",
        kind: Gauge,
        read: |pod| pod.temperature,
    },
    &Single::<Pod> {
        name: "runpod_pod_gpu_power_watts",
        help: "Power draw of the GPUs of a running pod, on average (GraphQL latestTelemetry.averageGpuMetrics.powerWatts); no other API has it.",
        kind: Gauge,
        read: |pod| pod.power,
    },
];
