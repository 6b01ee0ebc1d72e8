//! `/catalog/gpus`: GPU types with their prices and stock.

use serde_json::{Map, Value, json};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::world::{CUDA_VERSIONS, DATA_CENTERS, DataCenter, GPUS, Gpu, Stock};

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
        let stock = self.stock_query()?;
        let gpus =
            GPUS.iter().enumerate().map(|(position, gpu)| self.gpu_json(position, gpu, stock.as_ref()));
        Ok(json!({ "gpus": gpus.collect::<Vec<_>>() }))
    }

    pub(super) fn gpu(&self, id: &str) -> Result<Value, Problem> {
        let stock = self.stock_query()?;
        let gpu = GPUS.iter().enumerate().find(|(_, gpu)| gpu.id == id);
        let (position, gpu) = gpu.ok_or_else(Problem::not_found)?;
        Ok(self.gpu_json(position, gpu, stock.as_ref()))
    }

    /// The selection of the stock; `None` if it is not requested.
    fn stock_query(&self) -> Result<Option<StockQuery<'_>>, Problem> {
        let include = self.query.list("include", &["AVAILABILITY"])?;
        let products = self.query.list("product", &["POD", "CLUSTER", "SERVERLESS"])?;
        if include.is_empty() {
            return match NEED_AVAILABILITY.into_iter().find(|name| self.query.get(name).is_some()) {
                Some(name) => {
                    Err(Problem::bad_query(format!("{name}: valid only with include=AVAILABILITY")))
                }
                None => Ok(None),
            };
        }
        if products.is_empty() {
            return Err(Problem::bad_query("product: required with include=AVAILABILITY"));
        }
        if self.query.get("cudaVersions").is_some() && self.query.get("minCudaVersion").is_some() {
            return Err(Problem::bad_query("minCudaVersion: not together with cudaVersions"));
        }
        let count = self.query.parse("count", "a number from 1")?.unwrap_or(1);
        if count == 0 {
            return Err(Problem::bad_query("count: expected a number from 1, got \"0\""));
        }
        let cloud = self.query.list("cloud", &["SECURE", "COMMUNITY"])?;
        Ok(Some(StockQuery { products, count, community: cloud.contains(&"COMMUNITY") }))
    }

    fn gpu_json(&self, position: usize, gpu: &Gpu, stock: Option<&StockQuery<'_>>) -> Value {
        let mut json = gpu_json(gpu);
        if let (Some(stock), Some(fields)) = (stock, json.as_object_mut()) {
            fields.extend(self.availability(position, gpu, stock));
        }
        json
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
        if !gpu.is_amd() {
            let version = |(version, exists): &(&str, bool)| json!({ "version": version, "available": *exists && stock.is_some() });
            fields.insert("cudaVersions".to_owned(), CUDA_VERSIONS.iter().map(version).collect());
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
        "manufacturer": if gpu.is_amd() { "AMD" } else { "NVIDIA" },
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

/// The availability. GraphQL writes the levels in another case, and null instead of `NONE`.
pub(super) fn level(stock: Option<Stock>) -> &'static str {
    match stock {
        None => "NONE",
        Some(Stock::Low) => "LOW",
        Some(Stock::Medium) => "MEDIUM",
        Some(Stock::High) => "HIGH",
    }
}

/// Whether the data center has the GPU at this position: each has every other one.
pub(super) fn offers(center: &DataCenter, position: usize) -> bool {
    let number = DATA_CENTERS.iter().position(|this| this.id == center.id).unwrap_or_default();
    (position + number).is_multiple_of(2)
}
