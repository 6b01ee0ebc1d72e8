//! Pods: description, cost, utilization.
//!
//! Source   GraphQL `myself { pods }`, one request per scrape, or REST `/pods`. Neither includes the workers of endpoints. The pods
//!          of clusters come from REST `/pods?includeClusterPods=true`, every minute.
//! Absent   a pod that does not run has no uptime and no utilization, although the API may still return its last values.

use super::label::{put_state, text};
use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{
    Bytes, Celsius, ClosedSet, Count, DollarsPerHour, Info, Membership, Pod, Ratio, Seconds, State, Watts,
};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<Pod, Info, 5> {
        name: "runpod_pod_info",
        help: "Description of a pod, always 1 (GraphQL imageName, podType and machine gpuTypeId, secureCloud, dataCenterId; REST pods).",
        kind: Gauge,
        labels: ["image", "gpu_type_id", "cloud", "data_center_id", "pod_kind"],
        read: |pod, points| {
            let [image, gpu_type_id, data_center_id] = [&pod.image, &pod.gpu_type_id, &pod.data_center_id]
                .map(|value| value.as_deref().unwrap_or_default());
            let cloud = pod.cloud.map(ClosedSet::as_str).unwrap_or_default();
            points.put([image, gpu_type_id, cloud, data_center_id, text(pod.kind.as_ref())], Info);
        },
    },
    &Labelled::<Pod, State, 1> {
        name: "runpod_pod_status",
        help: "Status of a pod, desired (GraphQL desiredStatus) or observed (REST status): 1 for the current value, 0 for the other known ones.",
        kind: Gauge,
        labels: ["status"],
        read: |pod, points| put_state(pod.status.as_ref(), points),
    },
    &Labelled::<Pod, Info, 3> {
        name: "runpod_pod_cluster_info",
        help: "Cluster of a pod with the role and rank of the pod, always 1; absent for other pods (REST pods cluster.id, role, rank).",
        kind: Gauge,
        labels: ["cluster_id", "role", "rank"],
        read: |pod, points| {
            let Some(Membership { cluster_id, role, rank }) = &pod.cluster else { return };
            let rank = rank.map(|rank| rank.to_string()).unwrap_or_default();
            points.put([cluster_id, text(role.as_ref()), &rank], Info);
        },
    },
    &Single::<Pod, Seconds> {
        name: "runpod_pod_uptime_seconds",
        help: "Time since a running pod started (GraphQL runtime.uptimeInSeconds, REST runtime.uptime).",
        kind: Gauge,
        read: |pod| pod.uptime,
    },
    &Single::<Pod, DollarsPerHour> {
        name: "runpod_pod_cost_dollars_per_hour",
        help: "Price of a pod while it runs, otherwise 0; its volume costs extra (GraphQL costPerHr, REST cost).",
        kind: Gauge,
        read: |pod| pod.cost,
    },
    &Single::<Pod, Count> {
        name: "runpod_pod_gpus",
        help: "GPUs of a pod (GraphQL gpuCount, REST gpu.count).",
        kind: Gauge,
        read: |pod| pod.gpu_count,
    },
    &Single::<Pod, Count> {
        name: "runpod_pod_vcpus",
        help: "Virtual CPUs of a pod (GraphQL vcpuCount, REST vcpuCount).",
        kind: Gauge,
        read: |pod| pod.vcpu_count,
    },
    &Single::<Pod, Bytes> {
        name: "runpod_pod_memory_bytes",
        help: "Memory size of a pod (GraphQL memoryInGb, REST memory).",
        kind: Gauge,
        read: |pod| pod.memory,
    },
    &Single::<Pod, Bytes> {
        name: "runpod_pod_container_disk_bytes",
        help: "Container disk size of a pod (GraphQL containerDiskInGb, REST disk).",
        kind: Gauge,
        read: |pod| pod.container_disk,
    },
    &Single::<Pod, Bytes> {
        name: "runpod_pod_volume_bytes",
        help: "Volume size of a pod; a volume is billed even while its pod is stopped (GraphQL volumeInGb, REST mounts.persistent.size).",
        kind: Gauge,
        read: |pod| pod.volume,
    },
    &Single::<Pod, Ratio> {
        name: "runpod_pod_cpu_utilization_ratio",
        help: "CPU utilization of a running pod (GraphQL runtime.container.cpuPercent, REST runtime.cpu.util).",
        kind: Gauge,
        read: |pod| pod.cpu_utilization,
    },
    &Single::<Pod, Ratio> {
        name: "runpod_pod_memory_utilization_ratio",
        help: "Memory utilization of a running pod (GraphQL runtime.container.memoryPercent, REST runtime.memory.util).",
        kind: Gauge,
        read: |pod| pod.memory_utilization,
    },
    &Labelled::<Pod, Ratio, 1> {
        name: "runpod_pod_gpu_utilization_ratio",
        help: "Utilization of one GPU of a running pod; with REST gpu_id is its index (GraphQL gpus.gpuUtilPercent, REST gpus.util).",
        kind: Gauge,
        labels: ["gpu_id"],
        read: |pod, points| {
            for gpu in &pod.gpus {
                points.put([&gpu.id], gpu.utilization);
            }
        },
    },
    &Labelled::<Pod, Ratio, 1> {
        name: "runpod_pod_gpu_memory_utilization_ratio",
        help: "Memory utilization of one GPU of a running pod; with REST gpu_id is its index (GraphQL gpus.memoryUtilPercent, REST gpus.memoryUtil).",
        kind: Gauge,
        labels: ["gpu_id"],
        read: |pod, points| {
            for gpu in &pod.gpus {
                points.put([&gpu.id], gpu.memory_utilization);
            }
        },
    },
    &Single::<Pod, Celsius> {
        name: "runpod_pod_gpu_temperature_celsius",
        help: "Average GPU temperature of a running pod (GraphQL latestTelemetry.averageGpuMetrics.temperatureCelcius).",
        kind: Gauge,
        read: |pod| pod.gpu_temperature,
    },
    &Single::<Pod, Watts> {
        name: "runpod_pod_gpu_power_watts",
        help: "Average power draw per GPU of a running pod (GraphQL latestTelemetry.averageGpuMetrics.powerWatts).",
        kind: Gauge,
        read: |pod| pod.gpu_power,
    },
];
