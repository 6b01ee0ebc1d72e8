//! The usage of a running pod: runtime and telemetry.

use std::time::Duration;

use serde::Serialize;

use crate::world::{GpuUsage, Usage, address, public_port};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodRuntime {
    uptime_in_seconds: u64,
    container: Option<PodRuntimeContainer>,
    gpus: Option<Vec<PodRuntimeGpus>>,
    ports: Option<Vec<PodRuntimePorts>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodRuntimeContainer {
    cpu_percent: f64,
    memory_percent: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodRuntimeGpus {
    id: String,
    gpu_util_percent: f64,
    memory_util_percent: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodRuntimePorts {
    ip: &'static str,
    is_ip_public: bool,
    private_port: u16,
    public_port: u16,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodTelemetry {
    state: Option<&'static str>,
    time: Option<String>,
    cpu_utilization: Option<f64>,
    memory_utilization: Option<f64>,
    average_gpu_metrics: Option<GpuTelemetry>,
    individual_gpu_metrics: Option<Vec<GpuTelemetry>>,
    last_state_transition_timestamp: Option<u64>,
}

/// Telemetry of one GPU, or the mean of all. The spelling of the temperature is Runpod's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GpuTelemetry {
    id: Option<String>,
    percent_utilization: Option<f64>,
    temperature_celcius: Option<f64>,
    memory_utilization: Option<f64>,
    power_watts: Option<f64>,
}

impl PodRuntime {
    /// The runtime of a pod with these HTTP ports.
    pub(super) fn new(usage: &Usage, uptime: Duration, http: impl Iterator<Item = u16>) -> Self {
        let gpus = usage.gpus.iter().map(|gpu| PodRuntimeGpus {
            id: gpu.id.clone(),
            gpu_util_percent: gpu.busy,
            memory_util_percent: gpu.memory,
        });
        let port = |private_port, kind| PodRuntimePorts {
            ip: address(kind),
            is_ip_public: kind == "tcp",
            private_port,
            public_port: public_port(private_port),
            kind,
        };
        Self {
            uptime_in_seconds: uptime.as_secs(),
            container: Some(PodRuntimeContainer { cpu_percent: usage.cpu, memory_percent: usage.memory }),
            gpus: Some(gpus.collect()),
            ports: Some(http.map(|number| port(number, "http")).chain([port(22, "tcp")]).collect()),
        }
    }
}

impl PodTelemetry {
    pub(super) fn new(usage: &Usage, time: String, started: i64) -> Self {
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
