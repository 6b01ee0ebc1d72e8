//! The machine of a pod.

use serde::Serialize;

use crate::world::{DataCenter, Gpu};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodMachineInfo {
    gpu_display_name: Option<&'static str>,
    gpu_type_id: Option<&'static str>,
    location: &'static str,
    data_center_id: &'static str,
    secure_cloud: bool,
    cost_per_hr: f64,
    current_price_per_gpu: f64,
    gpu_available: u32,
    pod_host_id: String,
    #[serde(rename = "diskMBps")]
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

impl PodMachineInfo {
    pub(super) fn new(
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
