//! What Runpod rents out: GPU types with their prices and stock, CPU types, data centres.
//!
//! Facts of the world, the same for every account. Prices are of the order that Runpod publishes.

use rand::RngExt;

use super::chance::{self, Purpose};

/// A GPU type.
#[derive(Debug)]
pub struct Gpu {
    /// As Runpod identifies it.
    pub id: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// The pool that endpoints ask for.
    pub pool: &'static str,
    /// Memory of one.
    pub memory_gb: u32,
    /// Cores of one.
    pub cuda_cores: u32,
    /// Dollars per hour in the secure cloud.
    pub secure: f64,
    /// Dollars per hour in the community cloud, where it is offered.
    pub community: Option<f64>,
    /// Dollars per hour as a serverless worker.
    pub serverless: f64,
    /// Draws at work, in watts.
    pub power: f64,
    /// How many of ten hours it is in stock.
    pub supply: u32,
}

/// How many of a GPU type can be had. Runpod says nothing, not even zero, when there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Few.
    Low,
    /// Some.
    Medium,
    /// Many.
    High,
}

/// A place where machines stand.
#[derive(Debug)]
pub struct DataCenter {
    /// As Runpod identifies it.
    pub id: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// Country, spelled out.
    pub location: &'static str,
    /// The continent, in the words of the REST API.
    pub region: &'static str,
    /// Whether network volumes can be kept there.
    pub storage: bool,
}

/// The GPU types. Characters refer to them by position.
pub static GPUS: [Gpu; 9] = [
    gpu("NVIDIA RTX A4000", "RTX A4000", "AMPERE_16", (16, 6_144), (0.25, Some(0.17), 0.58), 140.0, 9),
    gpu("NVIDIA GeForce RTX 4090", "RTX 4090", "ADA_24", (24, 16_384), (0.69, Some(0.34), 1.10), 450.0, 8),
    gpu("NVIDIA L40S", "L40S", "ADA_48_PRO", (48, 18_176), (0.86, Some(0.79), 1.90), 350.0, 7),
    gpu("NVIDIA GeForce RTX 3090", "RTX 3090", "AMPERE_24", (24, 10_496), (0.46, Some(0.22), 0.69), 350.0, 6),
    gpu("NVIDIA A100 80GB PCIe", "A100 PCIe", "AMPERE_80", (80, 6_912), (1.64, Some(1.19), 2.72), 300.0, 6),
    gpu("NVIDIA H100 80GB HBM3", "H100 SXM", "ADA_80_PRO", (80, 16_896), (2.99, Some(2.69), 4.18), 700.0, 4),
    gpu("NVIDIA H200", "H200 SXM", "HOPPER_141", (141, 16_896), (3.99, None, 5.58), 700.0, 2),
    gpu("NVIDIA RTX A6000", "RTX A6000", "AMPERE_48", (48, 10_752), (0.49, Some(0.33), 1.22), 300.0, 8),
    gpu("AMD Instinct MI300X OAM", "MI300X", "MI300X", (192, 19_456), (2.49, None, 3.60), 750.0, 1),
];

/// The data centres.
pub static DATA_CENTERS: [DataCenter; 5] = [
    data_center("EU-RO-1", "EU Romania 1", "Romania", "EUROPE", true),
    data_center("US-KS-2", "US Kansas 2", "United States", "NORTH_AMERICA", true),
    data_center("US-CA-2", "US California 2", "United States", "NORTH_AMERICA", true),
    data_center("EUR-IS-1", "EUR Iceland 1", "Iceland", "EUROPE", true),
    data_center("AP-JP-1", "AP Japan 1", "Japan", "ASIA", false),
];

/// The CPU flavours of pods: id, name, cores.
pub static CPUS: [(&str, &str, u32); 3] = [
    ("cpu3c", "Compute-Optimized", 32),
    ("cpu3g", "General Purpose", 32),
    ("cpu5c", "Compute-Optimized", 64),
];

const fn gpu(
    id: &'static str,
    name: &'static str,
    pool: &'static str,
    (memory_gb, cuda_cores): (u32, u32),
    (secure, community, serverless): (f64, Option<f64>, f64),
    power: f64,
    supply: u32,
) -> Gpu {
    Gpu { id, name, pool, memory_gb, cuda_cores, secure, community, serverless, power, supply }
}

const fn data_center(
    id: &'static str,
    name: &'static str,
    location: &'static str,
    region: &'static str,
    storage: bool,
) -> DataCenter {
    DataCenter { id, name, location, region, storage }
}

/// The GPU type at `position`; the first one for a position that there is not.
pub(super) fn gpu_at(position: usize) -> &'static Gpu {
    let [first, ..] = &GPUS;
    GPUS.get(position).unwrap_or(first)
}

/// The data centre for a number, round and round.
pub(super) fn data_center_at(number: u64) -> &'static DataCenter {
    let [first, ..] = &DATA_CENTERS;
    let position = usize::try_from(number).unwrap_or_default() % DATA_CENTERS.len();
    DATA_CENTERS.get(position).unwrap_or(first)
}

/// The stock of the GPU at `position` of [`GPUS`] in the given hour. It changes by the hour, as deliveries and other
/// people's projects do.
pub(super) fn stock(seed: u64, position: usize, hour: u64) -> Option<Stock> {
    let supply = gpu_at(position).supply;
    let index = (position as u64) << 32 | (hour & 0xFFFF_FFFF);
    match chance::generator(seed, Purpose::Stock, index).random_range(0..10_u32) {
        draw if draw >= supply => None,
        draw if draw + 2 >= supply => Some(Stock::Low),
        draw if draw + 5 >= supply => Some(Stock::Medium),
        _ => Some(Stock::High),
    }
}
