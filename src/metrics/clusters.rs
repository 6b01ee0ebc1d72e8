//! Clusters: description, pods and cost. The pods of a cluster have their own series, among those of the other pods.
//!
//! Source   REST `/clusters`, every minute, and `/pods?includeClusterPods=true` if there are clusters.

use strum::VariantArray as _;

use super::label::text;
use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{ClosedSet as _, Cluster, Count, DollarsPerHour, Info, PodState, UnixTime};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<Cluster, Info, 3> {
        name: "runpod_cluster_info",
        help: "Description of a cluster, always 1 (REST clusters type, compute.gpuTypeId, dataCenterId).",
        kind: Gauge,
        labels: ["kind", "gpu_type_id", "data_center_id"],
        read: |cluster, points| {
            let [gpu_type_id, data_center_id] = [&cluster.gpu_type_id, &cluster.data_center_id]
                .map(|value| value.as_deref().unwrap_or_default());
            points.put([text(cluster.kind.as_ref()), gpu_type_id, data_center_id], Info);
        },
    },
    &Labelled::<Cluster, Count, 1> {
        name: "runpod_cluster_pods",
        help: "Pods of a cluster by their observed status (REST clusters pods.byStatus).",
        kind: Gauge,
        labels: ["status"],
        read: |cluster, points| {
            let Some(pods) = &cluster.pods else { return };
            for (status, count) in pods {
                points.put([status.as_str()], *count);
            }
            for status in PodState::VARIANTS {
                points.put([status.as_str()], Count(0.0));
            }
        },
    },
    &Single::<Cluster, Count> {
        name: "runpod_cluster_pods_desired",
        help: "Pods that a cluster was created with (REST clusters compute.podCount).",
        kind: Gauge,
        read: |cluster| cluster.size,
    },
    &Single::<Cluster, Count> {
        name: "runpod_cluster_gpus",
        help: "GPUs of all pods that a cluster was created with (REST clusters compute.podCount and gpuCountPerPod).",
        kind: Gauge,
        read: |cluster| cluster.gpus,
    },
    &Single::<Cluster, DollarsPerHour> {
        name: "runpod_cluster_cost_dollars_per_hour",
        help: "Sum of the prices of the pods of a cluster that run; absent unless each is known (REST pods cost).",
        kind: Gauge,
        read: |cluster| cluster.cost,
    },
    &Single::<Cluster, UnixTime> {
        name: "runpod_cluster_created_timestamp_seconds",
        help: "When a cluster was created (REST clusters createdAt).",
        kind: Gauge,
        read: |cluster| cluster.created,
    },
];
