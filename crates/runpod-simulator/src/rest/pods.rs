//! `/pods`: pods with their runtime.

use serde_json::{Map, Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::timestamp::iso;
use crate::world::{Cluster, Pod, World, address, public_port};

/// After this number of pods comes the pod of a former cluster, which the list hides. This is why a page can have fewer pods than
/// its limit, or none.
const PODS_PER_MEMBER: u64 = 3;

impl RestRequest<'_> {
    pub(super) fn pods(&self) -> Result<Value, Problem> {
        let members = self.query.parse::<bool>("includeClusterPods", "true or false")?.unwrap_or_default();
        let pods = (0_u64..).zip(self.world.pods()).flat_map(|(number, pod)| {
            let member = (number % PODS_PER_MEMBER == PODS_PER_MEMBER - 1).then_some((2 * number + 1, None));
            [Some((2 * number, Some((pod, None)))), member].into_iter().flatten()
        });
        let first = 2 * self.world.pods().len() as u64;
        let members = (first..)
            .zip(self.members())
            .map(|(number, (cluster, rank, pod))| (number, members.then_some((pod, Some((cluster, rank))))));
        let write = |(pod, cluster): (&Pod, Option<(&Cluster, usize)>)| match cluster {
            Some((cluster, rank)) => self.member_json(cluster, rank, pod),
            None => pod_json(self.world, pod),
        };
        Ok(self.page()?.select(pods.chain(members)).write(json!({}), "pods", write))
    }

    pub(super) fn pod(&self, id: &str) -> Result<Value, Problem> {
        if let Some((cluster, rank, pod)) = self.members().find(|(.., pod)| pod.id == id) {
            return Ok(self.member_json(cluster, rank, pod));
        }
        let pod = self.world.pods().iter().find(|pod| pod.id == id);
        pod.map(|pod| pod_json(self.world, pod)).ok_or_else(Problem::not_found)
    }

    /// The pods of all clusters, each with its cluster and its rank.
    fn members(&self) -> impl Iterator<Item = (&Cluster, usize, &Pod)> {
        let clusters = self.world.clusters().iter();
        clusters
            .flat_map(|cluster| cluster.pods.iter().enumerate().map(move |(rank, pod)| (cluster, rank, pod)))
    }
}

/// The observed status, not the desired one of GraphQL: a pod that pulls its image is not running yet.
pub(super) fn status(world: &World, pod: &Pod) -> &'static str {
    let role = world.role(pod);
    match (role.is_running(), role.has_runtime()) {
        (true, true) => "RUNNING",
        (true, false) => "STARTING",
        (false, _) => "EXITED",
    }
}

pub(super) fn pod_json(world: &World, pod: &Pod) -> Value {
    let (role, status) = (world.role(pod), status(world, pod));
    let actions = match status {
        "RUNNING" => ["stop", "restart", "terminate"].as_slice(),
        "STARTING" => &["stop", "terminate"],
        _ => &["start", "terminate"],
    };
    let mut json = json!({
        "id": pod.id,
        "name": pod.name,
        "status": status,
        "actions": actions,
        "image": pod.image,
        "args": "",
        "disk": pod.container_disk_gb,
        "ports": configured_ports(pod),
        "env": { "JUPYTER_PASSWORD": "simulated-secret-of-a-pod" },
        "registry": null,
        "mounts": mounts(pod),
        "cloud": if pod.secure { "SECURE" } else { "COMMUNITY" },
        "dataCenterId": pod.data_center.id,
        "cudaVersion": pod.gpu.map(|_| "12.8"),
        "ssh": ssh(pod, status),
        "template": pod.template_id(),
        // Zero while it is stopped, although its disk is billed.
        "cost": if role.is_running() { pod.price } else { 0.0 },
        "locked": false,
        "globalNetworking": { "enabled": false },
        "runtime": (status == "RUNNING").then(|| runtime(world, pod)),
        "createdAt": iso(world.before_start(pod.age)),
        "startedAt": role.is_running().then(|| iso(world.status_changed_at(pod))),
    });
    let (name, compute) = match pod.gpu {
        Some(gpu) => ("gpu", json!({ "id": gpu.id, "count": pod.gpu_count })),
        None => ("cpu", json!({ "id": "cpu3c", "vcpuCount": pod.vcpu_count, "memory": pod.memory_gb })),
    };
    if let Some(fields) = json.as_object_mut() {
        fields.insert(name.to_owned(), compute);
    }
    json
}

fn mounts(pod: &Pod) -> Value {
    let mut mounts = Map::new();
    if pod.volume_gb > 0 {
        mounts.insert("persistent".to_owned(), json!({ "size": pod.volume_gb, "path": "/workspace" }));
    }
    mounts.into()
}

fn ssh(pod: &Pod, status: &str) -> Value {
    let user = format!("{}-64410a9b", pod.id);
    let command = format!("ssh {user}@ssh.runpod.io");
    let direct = (status == "RUNNING").then(|| {
        let (address, port) = (address("tcp"), public_port(22));
        let command = format!("ssh root@{address} -p {port}");
        json!({ "host": address, "port": port, "username": "root", "command": command })
    });
    json!({
        "proxy": { "host": "ssh.runpod.io", "port": 22, "username": user, "command": command },
        "direct": direct,
    })
}

fn configured_ports(pod: &Pod) -> Vec<String> {
    pod.http_ports().map(|port| format!("{port}/http")).chain(["22/tcp".to_owned()]).collect()
}

fn runtime(world: &World, pod: &Pod) -> Value {
    let usage = world.usage(pod);
    let gpus =
        usage.gpus.iter().map(|gpu| json!({ "util": whole(gpu.busy), "memoryUtil": whole(gpu.memory) }));
    let port = |port, kind| json!({ "private": port, "public": public_port(port), "type": kind, "ip": address(kind) });
    let ports = pod.http_ports().map(|number| port(number, "http")).chain([port(22, "tcp")]);
    json!({
        "uptime": world.status_age(pod).as_secs(),
        "gpus": gpus.collect::<Vec<_>>(),
        "cpu": { "util": whole(usage.cpu) },
        "memory": { "util": whole(usage.memory) },
        "ports": ports.collect::<Vec<_>>(),
    })
}

/// A percentage, which is a whole number, as an integer in JSON.
#[expect(clippy::cast_possible_truncation, reason = "between 0 and 100")]
fn whole(percent: f64) -> i64 {
    percent as i64
}
