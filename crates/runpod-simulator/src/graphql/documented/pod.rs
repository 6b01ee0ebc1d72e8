//! Pods.

use serde::Serialize;

use crate::world::{self, World};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodSummary {
    id: String,
    name: String,
    desired_status: &'static str,
    gpu_type: Option<&'static str>,
    gpu_count: u32,
    uptime_seconds: u64,
    cost_per_hr: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pod {
    id: String,
    name: String,
    image_name: &'static str,
    gpu_type: Option<&'static str>,
    gpu_count: u32,
    desired_status: &'static str,
    machine_id: String,
    cost_per_hr: f64,
    uptime_seconds: u64,
    /// Seconds, as a number.
    runtime: Option<u64>,
    memory_in_gb: u32,
    vcpu_count: u32,
}

impl PodSummary {
    pub(super) fn new(world: &World, pod: &world::Pod) -> Self {
        Self {
            id: pod.id.clone(),
            name: pod.name.clone(),
            desired_status: desired_status(world, pod),
            gpu_type: pod.gpu.map(|gpu| gpu.id),
            gpu_count: pod.gpu_count,
            uptime_seconds: uptime(world, pod).unwrap_or_default(),
            cost_per_hr: pod.price,
        }
    }
}

impl Pod {
    pub(super) fn new(world: &World, pod: &world::Pod) -> Self {
        Self {
            id: pod.id.clone(),
            name: pod.name.clone(),
            image_name: pod.image,
            gpu_type: pod.gpu.map(|gpu| gpu.id),
            gpu_count: pod.gpu_count,
            desired_status: desired_status(world, pod),
            machine_id: pod.machine_id.clone(),
            cost_per_hr: pod.price,
            uptime_seconds: uptime(world, pod).unwrap_or_default(),
            runtime: uptime(world, pod),
            memory_in_gb: pod.memory_gb,
            vcpu_count: pod.vcpu_count,
        }
    }
}

fn desired_status(world: &World, pod: &world::Pod) -> &'static str {
    if world.role(pod).is_running() { "RUNNING" } else { "EXITED" }
}

/// Seconds since the container started; `None` if it does not run.
fn uptime(world: &World, pod: &world::Pod) -> Option<u64> {
    let role = world.role(pod);
    (role.is_running() && role.has_runtime()).then(|| world.status_age(pod).as_secs())
}
