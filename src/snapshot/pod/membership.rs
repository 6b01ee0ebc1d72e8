//! The cluster that a pod belongs to. The clusters themselves do not belong here: see `snapshot/cluster.rs`.

use std::sync::Arc;

use runpod::wire::rest as wire;
use strum::{IntoStaticStr, VariantArray};

use crate::snapshot::closed::OrOther;
use crate::snapshot::convert::count;
use crate::snapshot::unit::Count;
use crate::snapshot::unknown::Unknown;

/// The role of a pod in its cluster (label `role`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum ClusterRole {
    RayHead,
    RayWorker,
    SlurmController,
    SlurmCompute,
}

/// The cluster of a pod.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The id of the cluster.
    pub cluster_id: Arc<str>,
    /// Its role; `None` in a cluster without roles.
    pub role: Option<OrOther<ClusterRole>>,
    /// Its rank; `None` until it has a machine. The primary pod has 0.
    pub rank: Option<Count>,
}

impl Membership {
    pub(super) fn from_rest(wire: wire::PodCluster, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let wire::PodCluster { id, role, rank } = wire;
        let Some(cluster_id) = id.0 else {
            unknown.push(Unknown { field: "pod.cluster.id" }); // the list of other pods does not have this one either
            return None;
        };
        Some(Self {
            cluster_id,
            role: OrOther::read("pod.cluster.role", role.0.as_deref(), unknown),
            rank: count(rank),
        })
    }
}
