//! A cluster: equal pods in one private network. Its pods are among those of the account.

use std::collections::BTreeMap;
use std::sync::Arc;

use runpod::wire::rest as wire;
use strum::{IntoStaticStr, VariantArray};

use super::closed::OrOther;
use super::convert::{count, name_or_id, timestamp};
use super::pod::{Pod, PodState};
use super::unit::{Count, DollarsPerHour, Unit, UnixTime};
use super::unknown::Unknown;

/// One cluster.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cluster {
    /// Its id, which is unique.
    pub id: Arc<str>,
    /// Its name, which is not unique; its id if the API gives no name.
    pub name: Arc<str>,
    /// What it is made for.
    pub kind: Option<OrOther<ClusterKind>>,
    /// The GPU type of its pods.
    pub gpu_type_id: Option<Arc<str>>,
    /// Where it runs.
    pub data_center_id: Option<Arc<str>>,
    /// Number of pods that it was created with.
    pub size: Option<Count>,
    /// GPUs of as many pods.
    pub gpus: Option<Count>,
    /// Number of its pods by status; a known status that is missing has none. `None` if not all of them are known.
    pub pods: Option<BTreeMap<OrOther<PodState>, Count>>,
    /// What its pods cost together; `None` unless the cost of each is known.
    pub cost: Option<DollarsPerHour>,
    /// When it was created.
    pub created: Option<UnixTime>,
}

/// What a cluster is made for (label `kind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum ClusterKind {
    Application,
    Training,
    Slurm,
    Ray,
}

impl Cluster {
    /// Converts an element of the list, with the pods of the account. A cluster without an id is left out.
    pub(crate) fn from_rest(wire: wire::Cluster, all: &[Pod], unknown: &mut Vec<Unknown>) -> Option<Self> {
        let wire::Cluster { id, name, kind, compute, data_center_id, pods, created_at } = wire;
        let id = id.0?;
        let wire::ClusterCompute { gpu_type_id, gpu_count_per_pod, pod_count } = compute.unwrap_or_default();
        let size = count(pod_count);
        let pods = pods.and_then(|pods| by_status(pods, unknown));
        let total = pods.as_ref().map(|pods| pods.values().map(|count| count.number()).sum());
        Some(Self {
            name: name_or_id(name.0, &id),
            kind: OrOther::read("cluster.type", kind.0.as_deref(), unknown),
            gpu_type_id: gpu_type_id.0,
            data_center_id: data_center_id.0,
            size,
            gpus: size.zip(count(gpu_count_per_pod)).and_then(|(pods, gpus)| Count::checked(pods.0 * gpus.0)),
            cost: total.and_then(|total| cost(all, &id, total)),
            pods,
            created: timestamp(&created_at),
            id,
        })
    }

    /// Number of its pods that run.
    pub fn running(&self) -> Option<Count> {
        let running = |pods: &BTreeMap<_, Count>| pods.get(&PodState::Running.into()).copied();
        self.pods.as_ref().map(|pods| running(pods).unwrap_or(Count(0.0))) // a status that no pod has is missing
    }

    /// Whether some of its pods run, and fewer than it was created with. One without any was stopped, and costs nothing.
    pub fn is_incomplete(&self) -> Option<bool> {
        let (running, size) = (self.running()?, self.size?);
        Some(running > 0.0 && running < size)
    }
}

/// The number of pods by status, if it is known of each of them.
fn by_status(
    wire: wire::ClusterPods,
    unknown: &mut Vec<Unknown>,
) -> Option<BTreeMap<OrOther<PodState>, Count>> {
    let wire::ClusterPods { total, by_status } = wire;
    let mut pods = BTreeMap::new();
    for (status, number) in by_status.0.ok()??.0 {
        let status = OrOther::read("cluster.pods.byStatus", Some(&status), unknown)?;
        pods.insert(status, count(number.0.ok()?)?);
    }
    let sum: f64 = pods.values().map(|count: &Count| count.number()).sum();
    let is_all = count(total).is_none_or(|total| (total.number() - sum).abs() < f64::EPSILON);
    if !is_all {
        unknown.push(Unknown { field: "cluster.pods.total" });
        return None;
    }
    Some(pods)
}

/// What the pods of a cluster cost, if all of them are in the list.
fn cost(all: &[Pod], id: &Arc<str>, total: f64) -> Option<DollarsPerHour> {
    let of_cluster = |pod: &&Pod| pod.cluster.as_ref().is_some_and(|cluster| cluster.cluster_id == *id);
    let costs: Option<Vec<f64>> =
        all.iter().filter(of_cluster).map(|pod| pod.cost.map(Unit::number)).collect();
    let costs = costs?;
    let number = u32::try_from(costs.len()).map(f64::from).ok()?;
    ((number - total).abs() < f64::EPSILON).then(|| DollarsPerHour::checked(costs.iter().sum())).flatten()
}
