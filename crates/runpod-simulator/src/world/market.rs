//! The products that Runpod rents out: GPU types with their prices, CPU types, data centers.
//!
//! They are the same for every account. Prices are close to published ones. What is in stock does not belong here.

/// A GPU type.
#[derive(Debug)]
pub(crate) struct Gpu {
    /// Runpod's id.
    pub(crate) id: &'static str,
    /// Display name.
    pub(crate) name: &'static str,
    /// The pool that endpoints select.
    pub(crate) pool: &'static str,
    /// Memory of one GPU.
    pub(crate) memory_gb: u32,
    /// CUDA cores of one GPU.
    pub(crate) cuda_cores: u32,
    /// Dollars per hour in the secure cloud.
    pub(crate) secure: f64,
    /// Dollars per hour in the community cloud; `None` where it is not offered.
    pub(crate) community: Option<f64>,
    /// Dollars per hour as a serverless worker.
    pub(crate) serverless: f64,
    /// Power under load, in watts.
    pub(crate) power: f64,
    /// In how many of ten hours it is in stock.
    pub(crate) supply: u32,
}

impl Gpu {
    pub(crate) fn is_amd(&self) -> bool {
        self.id.starts_with("AMD")
    }
}

/// A CPU type.
#[derive(Debug)]
pub(crate) struct Cpu {
    /// Runpod's id.
    pub(crate) id: &'static str,
    /// Display name.
    pub(crate) name: &'static str,
    /// Its generation.
    pub(crate) group: &'static str,
    /// Maximum number of virtual cores.
    pub(crate) cores: u32,
    /// Gigabytes of memory for each virtual core.
    pub(crate) memory_per_core: u32,
    /// Dollars per hour of one virtual core of a serverless worker.
    pub(crate) serverless: f64,
}

/// A data center.
#[derive(Debug)]
pub(crate) struct DataCenter {
    /// Runpod's id.
    pub(crate) id: &'static str,
    /// Display name.
    pub(crate) name: &'static str,
    /// Name of the country.
    pub(crate) location: &'static str,
    /// The continent, as the REST API names it.
    pub(crate) region: &'static str,
    /// Whether it has network volumes.
    pub(crate) storage: bool,
}

/// The GPU types. Endpoint kinds and pods refer to them by position.
pub(crate) static GPUS: [Gpu; 9] = [
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

/// The data centers.
pub(crate) static DATA_CENTERS: [DataCenter; 5] = [
    data_center("EU-RO-1", "EU Romania 1", "Romania", "EUROPE", true),
    data_center("US-KS-2", "US Kansas 2", "United States", "NORTH_AMERICA", true),
    data_center("US-CA-2", "US California 2", "United States", "NORTH_AMERICA", true),
    data_center("EUR-IS-1", "EUR Iceland 1", "Iceland", "EUROPE", true),
    data_center("AP-JP-1", "AP Japan 1", "Japan", "ASIA", false),
];

/// The CPU types.
pub(crate) static CPUS: [Cpu; 3] = [
    Cpu {
        id: "cpu3c",
        name: "Compute-Optimized",
        group: "Gen 3",
        cores: 32,
        memory_per_core: 2,
        serverless: 0.02,
    },
    Cpu {
        id: "cpu3g",
        name: "General Purpose",
        group: "Gen 3",
        cores: 32,
        memory_per_core: 4,
        serverless: 0.025,
    },
    Cpu {
        id: "cpu5c",
        name: "Compute-Optimized",
        group: "Gen 5",
        cores: 64,
        memory_per_core: 2,
        serverless: 0.03,
    },
];

/// Dollars per hour of one virtual core of a CPU pod.
pub(crate) const VCPU_PRICE: f64 = 0.015;

/// The CUDA versions of hosts, each with whether any host has it. Machines with AMD GPUs have none.
pub(crate) static CUDA_VERSIONS: [(&str, bool); 2] = [("12.4", false), ("12.8", true)];

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

/// The GPU type at `position`; the first one for an invalid position.
pub(super) fn gpu_at(position: usize) -> &'static Gpu {
    let [first, ..] = &GPUS;
    GPUS.get(position).unwrap_or(first)
}

/// The data center at a position, which wraps around.
pub(super) fn data_center_at(number: u64) -> &'static DataCenter {
    let [first, ..] = &DATA_CENTERS;
    let position = usize::try_from(number).unwrap_or_default() % DATA_CENTERS.len();
    DATA_CENTERS.get(position).unwrap_or(first)
}
