//! The status of a cluster in numbers.

use std::sync::Arc;

use serde::Serialize;

use super::number;
use crate::snapshot::{Cluster, ClusterKind, OrOther};

/// The status of a cluster.
#[derive(Debug, Clone, Serialize)]
pub struct ClusterStatus {
    /// Its id, which is unique.
    pub id: Arc<str>,
    /// Its name, which is not.
    pub name: Arc<str>,
    /// What it is made for.
    pub kind: Option<OrOther<ClusterKind>>,
    /// The GPU type.
    pub gpu_type_id: Option<Arc<str>>,
    /// GPUs of all its pods.
    pub gpus: Option<f64>,
    /// Pods that run.
    pub pods_running: Option<f64>,
    /// Pods that it was created with.
    pub pods_desired: Option<f64>,
    /// Dollars per hour of all its pods.
    pub cost_dollars_per_hour: Option<f64>,
}

impl ClusterStatus {
    pub(super) fn new(cluster: &Cluster) -> Self {
        Self {
            id: Arc::clone(&cluster.id),
            name: Arc::clone(&cluster.name),
            kind: cluster.kind.clone(),
            gpu_type_id: cluster.gpu_type_id.clone(),
            gpus: number(cluster.gpus),
            pods_running: number(cluster.running()),
            pods_desired: number(cluster.size),
            cost_dollars_per_hour: number(cluster.cost),
        }
    }
}
