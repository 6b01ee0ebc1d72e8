//! `/catalog`: GPU types with their prices, data centers, and their stock.

use serde_json::{Map, Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::world::{CPUS, DATA_CENTERS, DataCenter, GPUS, Gpu, Stock};

/// Maximum number of GPUs of a machine.
const MAX_COUNT: u32 = 8;

/// Minimum memory of the GPUs of a cluster.
const CLUSTER_MEMORY_GB: u32 = 80;

/// Parameters that are valid only together with the stock.
const NEED_AVAILABILITY: [&str; 6] =
    ["product", "count", "cloud", "countryCodes", "cudaVersions", "minCudaVersion"];

/// The selection of the stock.
struct StockQuery<'a> {
    products: Vec<&'a str>,
    count: u32,
    community: bool,
}

impl RestRequest<'_> {
    pub(super) fn gpus(&self) -> Result<Value, Problem> {
        let include = self.query.list("include", &["AVAILABILITY"])?;
        let products = self.query.list("product", &["POD", "CLUSTER", "SERVERLESS"])?;
        if include.is_empty() {
            if let Some(name) = NEED_AVAILABILITY.into_iter().find(|name| self.query.get(name).is_some()) {
                return Err(Problem::bad_query(format!("{name}: valid only with include=AVAILABILITY")));
            }
        } else if products.is_empty() {
            return Err(Problem::bad_query("product: required with include=AVAILABILITY"));
        }
        let count = self.query.parse("count", "a number from 1")?.unwrap_or(1);
        let cloud = self.query.list("cloud", &["SECURE", "COMMUNITY"])?;
        let stock = StockQuery { products, count, community: cloud.contains(&"COMMUNITY") };
        let gpus = GPUS.iter().enumerate().map(|(position, gpu)| {
            let mut json = gpu_json(gpu);
            if let (false, Some(fields)) = (include.is_empty(), json.as_object_mut()) {
                fields.extend(self.availability(position, gpu, &stock));
            }
            json
        });
        Ok(json!({ "gpus": gpus.collect::<Vec<_>>() }))
    }

    pub(super) fn data_centers(&self) -> Result<Value, Problem> {
        let include = self.query.list("include", &["GPU_AVAILABILITY", "CPU_AVAILABILITY"])?;
        let centers = DATA_CENTERS.iter().map(|center| {
            let types: &[&str] = if center.storage { &["STANDARD", "HIGH_PERFORMANCE"] } else { &[] };
            let mut json = json!({
                "id": center.id,
                "name": center.name,
                "region": center.region,
                "globalNetwork": center.storage,
                "networkVolumeTypes": types,
                "compliance": ["SOC_2_TYPE_2", "ISO_IEC_27001"],
            });
            if let Some(fields) = json.as_object_mut() {
                if include.contains(&"GPU_AVAILABILITY") {
                    fields.insert("gpuAvailability".to_owned(), self.gpus_of(center));
                }
                if include.contains(&"CPU_AVAILABILITY") {
                    fields.insert("cpuAvailability".to_owned(), cpus());
                }
            }
            json
        });
        Ok(json!({ "dataCenters": centers.collect::<Vec<_>>() }))
    }

    fn gpus_of(&self, center: &DataCenter) -> Value {
        let offered = GPUS.iter().enumerate().filter(|(position, _)| offers(center, *position));
        let gpus = offered.map(|(position, gpu)| {
            let level = level(self.world.stock(position));
            json!({ "id": gpu.id, "name": gpu.name, "availability": level })
        });
        gpus.collect()
    }

    fn availability(&self, position: usize, gpu: &Gpu, query: &StockQuery<'_>) -> Map<String, Value> {
        let possible =
            query.products.iter().any(|product| *product != "CLUSTER") || gpu.memory_gb >= CLUSTER_MEMORY_GB;
        let offered = possible && query.count <= MAX_COUNT && (!query.community || gpu.community.is_some());
        let stock = self.world.stock(position).filter(|_| offered);
        let mut fields = Map::new();
        fields.insert("availability".to_owned(), level(stock).into());
        if stock.is_some() {
            let centers = DATA_CENTERS.iter().filter(|center| offers(center, position));
            let centers = centers
                .map(|center| json!({ "id": center.id, "name": center.name, "availability": level(stock) }));
            fields.insert("dataCenters".to_owned(), centers.collect());
        }
        // Machines with AMD GPUs report no CUDA version.
        if !is_amd(gpu) {
            let version = |version, available| json!({ "version": version, "available": available });
            let versions = [version("12.4", false), version("12.8", stock.is_some())];
            fields.insert("cudaVersions".to_owned(), versions.into_iter().collect());
        }
        fields
    }
}

fn gpu_json(gpu: &Gpu) -> Value {
    let community = gpu.community;
    json!({
        "id": gpu.id,
        "name": gpu.name,
        "pool": gpu.pool,
        "manufacturer": if is_amd(gpu) { "AMD" } else { "NVIDIA" },
        "memory": gpu.memory_gb,
        "secure": true,
        "community": community.is_some(),
        "price": {
            "secure": gpu.secure,
            // The field is required; `community` says whether it applies.
            "community": community.unwrap_or_default(),
            "serverless": gpu.serverless,
        },
        "maxCount": { "secure": MAX_COUNT, "community": community.map_or(0, |_| MAX_COUNT) },
    })
}

fn is_amd(gpu: &Gpu) -> bool {
    gpu.id.starts_with("AMD")
}

/// The availability. GraphQL writes the levels in another case, and null instead of `NONE`.
fn level(stock: Option<Stock>) -> &'static str {
    match stock {
        None => "NONE",
        Some(Stock::Low) => "LOW",
        Some(Stock::Medium) => "MEDIUM",
        Some(Stock::High) => "HIGH",
    }
}

/// Whether the data center has the GPU at this position: each has every other one.
fn offers(center: &DataCenter, position: usize) -> bool {
    let number = DATA_CENTERS.iter().position(|this| this.id == center.id).unwrap_or_default();
    (position + number).is_multiple_of(2)
}

fn cpus() -> Value {
    let flavors = CPUS
        .iter()
        .map(|(id, name, _)| json!({ "id": format!("{id}-2-4"), "name": name, "availability": "HIGH" }));
    flavors.collect()
}
