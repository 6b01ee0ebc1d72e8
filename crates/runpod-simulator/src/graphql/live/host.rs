//! The machines that the account rents out. Most accounts have none.

use serde::Serialize;

use crate::world;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the fields are Runpod's")]
pub(super) struct Machine {
    id: String,
    name: String,
    gpu_type_id: &'static str,
    location: &'static str,
    listed: bool,
    verified: bool,
    registered: bool,
    hidden: bool,
    maintenance_mode: bool,
    gpu_total: u32,
    gpu_reserved: u32,
    vcpu_total: u32,
    vcpu_reserved: u32,
    memory_total: u32,
    memory_reserved: u32,
    disk_total: u32,
    disk_reserved: u32,
    host_price_per_gpu: f64,
    host_min_bid_per_gpu: f64,
    margin: f64,
    uptime_percent_listed_one_week: f64,
    uptime_percent_listed_four_week: f64,
    uptime_percent_listed_twelve_week: f64,
    machine_balance: Option<MachineBalance>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MachineBalance {
    host_gpu_earnings: f64,
    host_disk_earnings: f64,
    host_total_earnings: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MachineEarnings {
    name: String,
    date: String,
    machine_id: String,
    host_gpu_earnings: f64,
    host_disk_earnings: f64,
    host_total_earnings: f64,
}

/// Earnings of disks, as a ratio of the GPUs' earnings.
const DISK: f64 = 0.02;

/// Virtual CPUs, and gigabytes of memory and disk, per GPU.
const VCPUS: u32 = 12;
const MEMORY: u32 = 64;
const DISK_GB: u32 = 500;

impl From<&world::Machine> for Machine {
    fn from(machine: &world::Machine) -> Self {
        let world::Machine { id, name, gpu, gpus, rented, location, price, earned_today } = machine;
        Self {
            id: id.clone(),
            name: name.clone(),
            gpu_type_id: gpu.id,
            location,
            listed: true,
            verified: true,
            registered: true,
            hidden: false,
            maintenance_mode: false,
            gpu_total: *gpus,
            gpu_reserved: *rented,
            vcpu_total: gpus * VCPUS,
            vcpu_reserved: rented * VCPUS,
            memory_total: gpus * MEMORY,
            memory_reserved: rented * MEMORY,
            disk_total: gpus * DISK_GB,
            disk_reserved: rented * DISK_GB,
            host_price_per_gpu: *price,
            host_min_bid_per_gpu: price / 2.0,
            margin: 0.2,
            uptime_percent_listed_one_week: 0.9998,
            uptime_percent_listed_four_week: 0.9991,
            uptime_percent_listed_twelve_week: 0.9962,
            machine_balance: Some(MachineBalance {
                host_gpu_earnings: *earned_today,
                host_disk_earnings: earned_today * DISK,
                host_total_earnings: earned_today * (1.0 + DISK),
            }),
        }
    }
}

impl MachineEarnings {
    /// The earnings of the machine today and yesterday.
    pub(super) fn days(machine: &world::Machine, dates: [String; 2]) -> [Self; 2] {
        let world::Machine { id, name, price, gpus, earned_today, .. } = machine;
        let yesterday = price * f64::from(*gpus) * 15.0;
        let [today_date, yesterday_date] = dates;
        [(today_date, *earned_today), (yesterday_date, yesterday)].map(|(date, earned)| Self {
            name: name.clone(),
            date,
            machine_id: id.clone(),
            host_gpu_earnings: earned,
            host_disk_earnings: earned * DISK,
            host_total_earnings: earned * (1.0 + DISK),
        })
    }
}
