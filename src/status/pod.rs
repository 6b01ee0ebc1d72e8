//! The status of a pod in numbers. Its findings are among those of its account.

use std::sync::Arc;

use serde::Serialize;

use super::number;
use crate::diagnosis::{Diagnosis, Severity, Subject};
use crate::snapshot::{OrOther, Pod, PodState};

/// The status of a pod.
#[derive(Debug, Clone, Serialize)]
pub struct PodStatus {
    /// Its id, which is unique.
    pub id: Arc<str>,
    /// Its name, which is not.
    pub name: Arc<str>,
    /// Its status.
    pub status: Option<OrOther<PodState>>,
    /// The GPU type.
    pub gpu_type_id: Option<Arc<str>>,
    /// Number of GPUs.
    pub gpus: Option<f64>,
    /// The cluster that it belongs to; null for other pods.
    pub cluster_id: Option<Arc<str>>,
    /// Dollars per hour; 0 while it is stopped.
    pub cost_dollars_per_hour: Option<f64>,
    /// Seconds since it started; null unless it is running.
    pub uptime_seconds: Option<f64>,
    /// Average utilization of its GPUs; null unless it is running and all of them are reported.
    pub gpu_utilization_ratio: Option<f64>,
    /// CPU utilization; null unless it is running.
    pub cpu_utilization_ratio: Option<f64>,
    /// Memory utilization; null unless it is running.
    pub memory_utilization_ratio: Option<f64>,
    /// The highest severity of its findings. For the page.
    #[serde(skip)]
    worst: Option<Severity>,
}

impl PodStatus {
    pub(super) fn new(diagnosis: &Diagnosis, pod: &Pod) -> Self {
        let busy: Option<Vec<f64>> = pod.gpus.iter().map(|gpu| number(gpu.utilization)).collect();
        #[expect(clippy::cast_precision_loss, reason = "a pod has few GPUs")]
        let average = |busy: &Vec<f64>| busy.iter().sum::<f64>() / busy.len() as f64;
        let about = |subject: &Subject| matches!(subject, Subject::Pod { id, .. } if *id == pod.id);
        let findings = diagnosis.findings.iter().filter(|finding| about(&finding.subject));
        Self {
            id: Arc::clone(&pod.id),
            name: Arc::clone(&pod.name),
            status: pod.status.clone(),
            gpu_type_id: pod.gpu_type_id.clone(),
            gpus: number(pod.gpu_count),
            cluster_id: pod.cluster.as_ref().map(|cluster| Arc::clone(&cluster.cluster_id)),
            cost_dollars_per_hour: number(pod.cost),
            uptime_seconds: number(pod.uptime),
            gpu_utilization_ratio: busy.as_ref().filter(|busy| !busy.is_empty()).map(average),
            cpu_utilization_ratio: number(pod.cpu_utilization),
            memory_utilization_ratio: number(pod.memory_utilization),
            worst: findings.map(|finding| finding.severity).max(),
        }
    }

    /// The highest severity of its findings.
    pub const fn worst(&self) -> Option<Severity> {
        self.worst
    }
}
