//! A pod, and a worker, which is a pod too.

use std::time::Duration;

use async_graphql::SimpleObject;

use super::account::{SavingsPlan, savings_plan};
use super::iso;
use crate::world::{self, DataCenter, Errand, Gpu, GpuUsage, Usage, WorkerView, World};

#[derive(Debug, SimpleObject)]
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
    /// Always zero: the time is in the runtime.
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
    ports: Option<&'static str>,
    runtime: Option<PodRuntime>,
    machine: Option<PodMachineInfo>,
    latest_telemetry: Option<PodTelemetry>,
    savings_plans: Option<Vec<SavingsPlan>>,
}

#[derive(Debug, SimpleObject)]
struct PodRuntime {
    uptime_in_seconds: u64,
    container: Option<PodRuntimeContainer>,
    gpus: Option<Vec<PodRuntimeGpus>>,
    ports: Option<Vec<PodRuntimePorts>>,
}

#[derive(Debug, SimpleObject)]
struct PodRuntimeContainer {
    cpu_percent: f64,
    memory_percent: f64,
}

#[derive(Debug, SimpleObject)]
struct PodRuntimeGpus {
    id: String,
    gpu_util_percent: f64,
    memory_util_percent: f64,
}

#[derive(Debug, SimpleObject)]
struct PodRuntimePorts {
    ip: &'static str,
    is_ip_public: bool,
    private_port: u32,
    public_port: u32,
    #[graphql(name = "type")]
    kind: &'static str,
}

#[derive(Debug, SimpleObject)]
struct PodMachineInfo {
    gpu_display_name: Option<&'static str>,
    gpu_type_id: Option<&'static str>,
    location: &'static str,
    data_center_id: &'static str,
    secure_cloud: bool,
    cost_per_hr: f64,
    current_price_per_gpu: f64,
    gpu_available: u32,
    pod_host_id: String,
    #[graphql(name = "diskMBps")]
    disk_mbps: u32,
    max_download_speed_mbps: u32,
    max_upload_speed_mbps: u32,
    maintenance_start: Option<String>,
    maintenance_end: Option<String>,
    maintenance_note: Option<String>,
    support_public_ip: bool,
    cpu_count: u32,
    vcpu_total: u32,
    memory_total: u32,
}

#[derive(Debug, SimpleObject)]
struct PodTelemetry {
    state: Option<&'static str>,
    time: Option<String>,
    cpu_utilization: Option<f64>,
    memory_utilization: Option<f64>,
    average_gpu_metrics: Option<GpuTelemetry>,
    individual_gpu_metrics: Option<Vec<GpuTelemetry>>,
    last_state_transition_timestamp: Option<u64>,
}

/// The spelling of the temperature is Runpod's.
#[derive(Debug, SimpleObject)]
struct GpuTelemetry {
    id: Option<String>,
    percent_utilization: Option<f64>,
    temperature_celcius: Option<f64>,
    memory_utilization: Option<f64>,
    power_watts: Option<f64>,
}

// === impl Pod ===

impl Pod {
    /// A pod of the account.
    pub(super) fn of_pod(world: &World, pod: &world::Pod) -> Self {
        let (errand, started) = (world.errand(pod), world.turned(pod));
        let running = errand.is_running();
        let uptime = if running { world.settled_for(pod) } else { Duration::ZERO };
        let usage = errand.has_runtime().then(|| world.usage(pod));
        let verb = if running { "Rented by User" } else { "Exited by User" };
        Self {
            id: pod.id.clone(),
            name: pod.name.clone(),
            desired_status: if running { "RUNNING" } else { "EXITED" },
            pod_type: if pod.spot { "INTERRUPTABLE" } else { "RESERVED" },
            image_name: pod.image,
            // The price stays what it was while the pod is stopped.
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
            created_at: Some(iso(world.before_birth(pod.age))),
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
            ports: Some("8888/http,22/tcp"),
            runtime: usage.as_ref().map(|usage| PodRuntime::new(usage, uptime)),
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
            savings_plans: (pod.errand == Errand::Training && !pod.spot)
                .then(|| vec![savings_plan(world, pod)]),
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

// === impl parts ===

impl PodRuntime {
    fn new(usage: &Usage, uptime: Duration) -> Self {
        let gpus = usage.gpus.iter().map(|gpu| PodRuntimeGpus {
            id: gpu.id.clone(),
            gpu_util_percent: gpu.busy,
            memory_util_percent: gpu.memory,
        });
        let port = |private_port, kind| PodRuntimePorts {
            ip: "100.65.0.101",
            is_ip_public: false,
            private_port,
            public_port: 60_000 + private_port % 1_000,
            kind,
        };
        Self {
            uptime_in_seconds: uptime.as_secs(),
            container: Some(PodRuntimeContainer { cpu_percent: usage.cpu, memory_percent: usage.memory }),
            gpus: Some(gpus.collect()),
            ports: Some(vec![port(8_888, "http"), port(22, "tcp")]),
        }
    }
}

impl PodMachineInfo {
    fn new(
        gpu: Option<&'static Gpu>,
        data_center: &'static DataCenter,
        secure_cloud: bool,
        price: f64,
        machine_id: &str,
    ) -> Self {
        Self {
            gpu_display_name: gpu.map(|gpu| gpu.name),
            gpu_type_id: gpu.map(|gpu| gpu.id),
            location: data_center.location,
            data_center_id: data_center.id,
            secure_cloud,
            cost_per_hr: price,
            current_price_per_gpu: gpu.map_or(0.0, |gpu| gpu.secure),
            gpu_available: 2,
            pod_host_id: format!("{machine_id}-64410a9b"),
            disk_mbps: 3_200,
            max_download_speed_mbps: 5_600,
            max_upload_speed_mbps: 4_100,
            maintenance_start: None,
            maintenance_end: None,
            maintenance_note: None,
            support_public_ip: secure_cloud,
            cpu_count: 64,
            vcpu_total: 128,
            memory_total: 1_008,
        }
    }
}

impl PodTelemetry {
    fn new(usage: &Usage, time: String, started: i64) -> Self {
        Self {
            state: Some("RUNNING"),
            time: Some(time),
            cpu_utilization: Some(usage.cpu),
            memory_utilization: Some(usage.memory),
            average_gpu_metrics: usage.gpus.first().map(|gpu| GpuTelemetry::new(gpu, None)),
            individual_gpu_metrics: Some(
                usage.gpus.iter().map(|gpu| GpuTelemetry::new(gpu, Some(gpu.id.clone()))).collect(),
            ),
            last_state_transition_timestamp: u64::try_from(started).ok(),
        }
    }
}

impl GpuTelemetry {
    fn new(gpu: &GpuUsage, id: Option<String>) -> Self {
        Self {
            id,
            percent_utilization: Some(gpu.busy),
            temperature_celcius: Some(gpu.temperature),
            memory_utilization: Some(gpu.memory),
            power_watts: Some(gpu.power),
        }
    }
}
