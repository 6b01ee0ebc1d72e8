//! How a pod is, in numbers. What is wrong with it stands among the findings of its account.

use serde::Serialize;

use super::number;
use crate::diagnosis::{Diagnosis, Severity, Subject};
use crate::snapshot::{OrOther, Pod, PodState};

/// How a pod is.
#[derive(Debug, Clone, Serialize)]
pub struct PodStatus {
    /// Its id, which is unique.
    pub id: String,
    /// Its name, which is not.
    pub name: String,
    /// Its status.
    pub status: Option<OrOther<PodState>>,
    /// The GPU type.
    pub gpu_type_id: Option<String>,
    /// GPUs.
    pub gpus: Option<f64>,
    /// Dollars per hour: nought when it does not run.
    pub cost_dollars_per_hour: Option<f64>,
    /// Seconds since it started; null unless it runs.
    pub uptime_seconds: Option<f64>,
    /// Busy share of its GPUs, the average; null unless it runs and shows all of them.
    pub gpu_utilization_ratio: Option<f64>,
    /// Busy share of its CPUs; null unless it runs.
    pub cpu_utilization_ratio: Option<f64>,
    /// Used share of its memory; null unless it runs.
    pub memory_utilization_ratio: Option<f64>,
    /// The worst that was found about it.
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
            id: pod.id.clone(),
            name: pod.name.clone(),
            status: pod.status.clone(),
            gpu_type_id: pod.gpu_type_id.clone(),
            gpus: number(pod.gpu_count),
            cost_dollars_per_hour: number(pod.cost),
            uptime_seconds: number(pod.uptime),
            gpu_utilization_ratio: busy.as_ref().filter(|busy| !busy.is_empty()).map(average),
            cpu_utilization_ratio: number(pod.cpu_utilization),
            memory_utilization_ratio: number(pod.memory_utilization),
            worst: findings.map(|finding| finding.severity).max(),
        }
    }

    /// The worst that was found about it.
    pub const fn worst(&self) -> Option<Severity> {
        self.worst
    }
}
