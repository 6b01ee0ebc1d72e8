//! `/clusters`: clusters and their pods.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::pods::{pod_json, status};
use super::request::RestRequest;
use crate::problem::Problem;
use crate::timestamp::iso;
use crate::world::{Cluster, Pod};

impl RestRequest<'_> {
    pub(super) fn clusters(&self) -> Value {
        let clusters = self.world.clusters().iter().map(|cluster| self.cluster_json(cluster));
        json!({ "clusters": clusters.collect::<Vec<_>>() })
    }

    pub(super) fn cluster(&self, id: &str) -> Result<Value, Problem> {
        Ok(self.cluster_json(self.find_cluster(id)?))
    }

    pub(super) fn cluster_pods(&self, id: &str) -> Result<Value, Problem> {
        let cluster = self.find_cluster(id)?;
        let pods = cluster.pods.iter().enumerate();
        let pods = pods.map(|(rank, pod)| self.member_json(cluster, rank, pod));
        Ok(json!({ "pods": pods.collect::<Vec<_>>() }))
    }

    /// The pod of a cluster, as `/pods` reports it.
    pub(super) fn member_json(&self, cluster: &Cluster, rank: usize, pod: &Pod) -> Value {
        let mut membership = json!({ "id": cluster.id, "rank": rank, "ip": format!("10.65.0.{}", rank + 2) });
        if let (Some(role), Some(fields)) = (cluster.kind.role(rank), membership.as_object_mut()) {
            fields.insert("role".to_owned(), role.into());
        }
        let mut json = pod_json(self.world, pod);
        if let Some(fields) = json.as_object_mut() {
            fields.insert("cluster".to_owned(), membership);
        }
        json
    }

    fn find_cluster(&self, id: &str) -> Result<&Cluster, Problem> {
        self.world.clusters().iter().find(|cluster| cluster.id == id).ok_or_else(Problem::not_found)
    }

    fn cluster_json(&self, cluster: &Cluster) -> Value {
        let primary = cluster.pods.first();
        let mut by_status = BTreeMap::<_, usize>::new();
        for pod in &cluster.pods {
            *by_status.entry(status(self.world, pod)).or_default() += 1;
        }
        json!({
            "id": cluster.id,
            "name": cluster.name,
            "type": cluster.kind.word(),
            "compute": {
                "gpuTypeId": cluster.gpu.id,
                "gpuCountPerPod": primary.map(|pod| pod.gpu_count),
                "podCount": cluster.pods.len(),
            },
            "dataCenterId": cluster.data_center.id,
            "pods": { "total": cluster.pods.len(), "byStatus": by_status },
            "network": { "cidr": "10.65.0.0/24" },
            "primary": { "podId": primary.map(|pod| &pod.id), "status": primary.map(|pod| status(self.world, pod)) },
            "createdAt": iso(self.world.before_start(cluster.age)),
        })
    }
}
