//! Clusters, and which cluster a pod belongs to.

use lenient_json::{Checked, CheckedObject, Id, Map, Name, Number, OwnId, Text, object};
use serde::Deserialize;

/// A cluster, without its network. REST `GET /clusters`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Cluster {
    pub id: OwnId,
    /// Not unique.
    pub name: Name,
    /// `APPLICATION`, `TRAINING`, `SLURM` or `RAY`.
    #[serde(rename = "type")]
    pub kind: Text,
    #[serde(deserialize_with = "object")]
    pub compute: Option<ClusterCompute>,
    /// Missing until a pod has a machine.
    pub data_center_id: Text,
    #[serde(deserialize_with = "object")]
    pub pods: Option<ClusterPods>,
    /// RFC 3339.
    pub created_at: Text,
}

/// What a cluster was created with. All its pods are equal.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClusterCompute {
    pub gpu_type_id: Text,
    pub gpu_count_per_pod: Number,
    pub pod_count: Number,
}

/// Number of pods of a cluster.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClusterPods {
    pub total: Number,
    /// By status; a status that no pod has is left out.
    pub by_status: CheckedObject<Map<Checked<Number>>>,
}

/// The cluster of a pod.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PodCluster {
    pub id: Id,
    /// `RAY_HEAD`, `RAY_WORKER`, `SLURM_CONTROLLER` or `SLURM_COMPUTE`; missing in a cluster without roles.
    pub role: Text,
    /// 0 is the primary pod; null until the pod has a machine.
    pub rank: Number,
}
