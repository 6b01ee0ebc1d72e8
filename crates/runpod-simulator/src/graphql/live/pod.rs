//! A pod. A worker of an endpoint is reported as a pod, too.

use std::time::Duration;

use serde::Serialize;

use super::machine_info::PodMachineInfo;
use super::runtime::{PodRuntime, PodTelemetry};
use super::savings_plan::SavingsPlan;
use crate::timestamp::iso;
use crate::world::{self, PodRole, WorkerView, World};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pod {
    id: String,
    name: String,
    desired_status: &'static str,
    pod_type: &'static str,
    image_name: &'static str,
    cost_per_hr: f64,
    adjusted_cost_per_hr: Option<f64>,
    cost_multiplier: Option<f64>,
    lowest_bid_price_to_resume: Option<f64>,
    gpu_count: u32,
    vcpu_count: f64,
    memory_in_gb: f64,
    container_disk_in_gb: u32,
    volume_in_gb: f64,
    volume_mount_path: Option<&'static str>,
    network_volume_id: Option<String>,
    machine_id: Option<String>,
    machine_type: Option<&'static str>,
    created_at: Option<String>,
    last_started_at: Option<String>,
    last_status_change: Option<String>,
    /// Always zero; the uptime is in the runtime.
    uptime_seconds: u64,
    locked: bool,
    version: u32,
    sls_version: Option<u32>,
    /// The endpoint of a worker.
    ai_api_id: Option<String>,
    template_id: Option<String>,
    docker_args: &'static str,
    docker_id: Option<String>,
    env: Vec<&'static str>,
    port: Option<u32>,
    ports: Option<String>,
    runtime: Option<PodRuntime>,
    machine: Option<PodMachineInfo>,
    latest_telemetry: Option<PodTelemetry>,
    savings_plans: Option<Vec<SavingsPlan>>,
}

// === impl Pod ===

impl Pod {
    /// A pod of the account.
    pub(super) fn of_pod(world: &World, pod: &world::Pod) -> Self {
        let (role, started) = (world.role(pod), world.status_changed_at(pod));
        let running = role.is_running();
        let uptime = if running { world.status_age(pod) } else { Duration::ZERO };
        let usage = role.has_runtime().then(|| world.usage(pod));
        let verb = if running { "Rented by User" } else { "Exited by User" };
        Self {
            id: pod.id.clone(),
            name: pod.name.clone(),
            desired_status: if running { "RUNNING" } else { "EXITED" },
            pod_type: if pod.spot { "INTERRUPTABLE" } else { "RESERVED" },
            image_name: pod.image,
            // A stopped pod keeps its price.
            cost_per_hr: pod.price,
            adjusted_cost_per_hr: Some(pod.price),
            cost_multiplier: Some(1.0),
            lowest_bid_price_to_resume: pod.spot.then_some(pod.price),
            gpu_count: pod.gpu_count,
            vcpu_count: f64::from(pod.vcpu_count),
            memory_in_gb: f64::from(pod.memory_gb),
            container_disk_in_gb: pod.container_disk_gb,
            volume_in_gb: f64::from(pod.volume_gb),
            volume_mount_path: Some("/workspace"),
            network_volume_id: None,
            machine_id: Some(pod.machine_id.clone()),
            machine_type: None,
            created_at: Some(iso(world.before_start(pod.age))),
            last_started_at: running.then(|| iso(started)),
            last_status_change: Some(format!(
                "{verb}: {} GMT+0000 (Coordinated Universal Time)",
                started.strftime("%a %b %d %Y %H:%M:%S")
            )),
            uptime_seconds: 0,
            locked: false,
            version: 1,
            sls_version: None,
            ai_api_id: None,
            template_id: pod.template_id().map(str::to_owned),
            docker_args: "",
            docker_id: None,
            env: vec!["JUPYTER_PASSWORD=simulated-secret-of-a-pod"],
            port: None,
            ports: Some(
                pod.http_ports().map(|port| format!("{port}/http,")).chain(["22/tcp".to_owned()]).collect(),
            ),
            runtime: usage.as_ref().map(|usage| PodRuntime::new(usage, uptime, pod.http_ports())),
            machine: Some(PodMachineInfo::new(
                pod.gpu,
                pod.data_center,
                pod.secure,
                pod.price,
                &pod.machine_id,
            )),
            latest_telemetry: usage
                .filter(|_| running)
                .map(|usage| PodTelemetry::new(&usage, iso(world.now()), started.as_second())),
            savings_plans: (pod.role == PodRole::Training && !pod.spot)
                .then(|| vec![SavingsPlan::new(world, pod)]),
        }
    }

    /// A worker of an endpoint.
    pub(super) fn of_worker(world: &World, endpoint: &world::Configuration, worker: &WorkerView) -> Self {
        let gpu = endpoint.gpu;
        let machine_id = format!("m{}", endpoint.id.chars().take(11).collect::<String>());
        Self {
            id: endpoint.worker_id(worker.serial),
            name: endpoint.name.clone(),
            desired_status: if worker.billed { "RUNNING" } else { "EXITED" },
            pod_type: "RESERVED",
            image_name: endpoint.image(),
            cost_per_hr: endpoint.worker_price,
            adjusted_cost_per_hr: Some(endpoint.worker_price),
            cost_multiplier: Some(1.0),
            lowest_bid_price_to_resume: None,
            gpu_count: endpoint.gpu_count,
            vcpu_count: 16.0,
            memory_in_gb: f64::from(gpu.memory_gb * 2),
            container_disk_in_gb: world.container_disk_gb(endpoint),
            volume_in_gb: 0.0,
            volume_mount_path: None,
            network_volume_id: None,
            machine: Some(PodMachineInfo::new(
                Some(gpu),
                endpoint.data_center,
                true,
                endpoint.worker_price,
                &machine_id,
            )),
            machine_id: Some(machine_id),
            machine_type: None,
            created_at: Some(iso(world.moment(worker.made))),
            last_started_at: worker.billed.then(|| iso(world.moment(worker.begun))),
            last_status_change: None,
            uptime_seconds: 0,
            locked: false,
            version: 1,
            sls_version: Some(world.worker_version(endpoint, worker)),
            ai_api_id: Some(endpoint.id.clone()),
            template_id: None,
            docker_args: "",
            docker_id: None,
            env: Vec::new(),
            port: None,
            ports: None,
            runtime: None,
            latest_telemetry: None,
            savings_plans: None,
        }
    }
}
