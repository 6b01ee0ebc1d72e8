//! GPU types with their prices and stock. Both schemas have them, and they need no key.

use apollo_compiler::response::JsonMap;
use serde::{Deserialize, Serialize};

use super::engine::{Arguments, Node, Object, members};
use crate::world::{CUDA_VERSIONS, GPUS, Gpu, Stock, World};

/// Selects GPU types by id.
#[derive(Debug, Default, Deserialize)]
struct GpuTypeFilter {
    id: Option<String>,
    ids: Option<Vec<String>>,
}

/// Minimum requirements of a machine. Only the number of GPUs, the cloud and the CUDA versions have an effect.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GpuLowestPriceInput {
    gpu_count: i32,
    secure_cloud: Option<bool>,
    #[serde(default)]
    allowed_cuda_versions: Option<Vec<String>>,
}

/// A GPU type, whose lowest price depends on an argument.
struct GpuType<'a> {
    world: &'a World,
    position: usize,
    gpu: &'static Gpu,
    properties: JsonMap,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    id: &'static str,
    display_name: &'static str,
    manufacturer: &'static str,
    memory_in_gb: u32,
    cuda_cores: u32,
    secure_cloud: bool,
    community_cloud: bool,
    secure_price: Option<f64>,
    community_price: Option<f64>,
    secure_spot_price: Option<f64>,
    community_spot_price: Option<f64>,
    one_week_price: Option<f64>,
    one_month_price: Option<f64>,
    three_month_price: Option<f64>,
    six_month_price: Option<f64>,
    one_year_price: Option<f64>,
    cluster_price: Option<f64>,
    max_gpu_count: u32,
    max_gpu_count_secure_cloud: u32,
    max_gpu_count_community_cloud: u32,
    min_pod_gpu_count: u32,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct LowestPrice {
    minimum_bid_price: Option<f64>,
    uninterruptable_price: Option<f64>,
    stock_status: Option<&'static str>,
    total_count: Option<u32>,
    rented_count: Option<u32>,
    rental_percentage: Option<f64>,
    available_gpu_counts: Option<Vec<u32>>,
    min_vcpu: Option<u32>,
    min_memory: Option<u32>,
    gpu_type_cuda_versions: Option<Vec<CudaVersion>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CudaVersion {
    cuda_version: &'static str,
    availability: &'static str,
}

/// Spot price as a ratio of the on-demand price.
const SPOT: f64 = 0.6;

/// Maximum number of GPUs of a machine.
const MAX_GPUS: u32 = 8;

/// The GPU types that the argument `input` selects.
pub(super) fn types<'a>(world: &'a World, arguments: &Arguments) -> Node<'a> {
    let GpuTypeFilter { id, ids } = arguments.get("input");
    let wanted = |gpu: &Gpu| {
        id.as_ref().is_none_or(|id| id == gpu.id)
            && ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == gpu.id))
    };
    let wanted = GPUS.iter().enumerate().filter(|(_, gpu)| wanted(gpu));
    Node::list(wanted.map(|(position, gpu)| GpuType { world, position, gpu, properties: properties(gpu) }))
}

fn cents(price: f64) -> f64 {
    (price * 100.0).round() / 100.0
}

fn properties(gpu: &'static Gpu) -> JsonMap {
    let manufacturer = if gpu.is_amd() { "AMD" } else { "Nvidia" };
    let discounted = |factor: f64| Some(cents(gpu.secure * factor));
    members(&Properties {
        id: gpu.id,
        display_name: gpu.name,
        manufacturer,
        memory_in_gb: gpu.memory_gb,
        cuda_cores: gpu.cuda_cores,
        secure_cloud: true,
        community_cloud: gpu.community.is_some(),
        secure_price: Some(gpu.secure),
        community_price: gpu.community,
        secure_spot_price: discounted(SPOT),
        community_spot_price: gpu.community.map(|price| cents(price * SPOT)),
        one_week_price: discounted(0.95),
        one_month_price: discounted(0.9),
        three_month_price: discounted(0.87),
        six_month_price: discounted(0.85),
        one_year_price: discounted(0.8),
        cluster_price: (gpu.memory_gb >= 80).then_some(cents(gpu.secure * 1.1)),
        max_gpu_count: MAX_GPUS,
        max_gpu_count_secure_cloud: MAX_GPUS,
        max_gpu_count_community_cloud: if gpu.community.is_some() { MAX_GPUS } else { 0 },
        min_pod_gpu_count: 1,
    })
}

impl Object for GpuType<'_> {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        match name {
            "lowestPrice" => {
                Some(Node::plain(self.lowest_price(arguments.get::<Option<_>>("input").as_ref())))
            }
            _ => self.properties.field(name, arguments),
        }
    }
}

impl GpuType<'_> {
    fn lowest_price(&self, input: Option<&GpuLowestPriceInput>) -> LowestPrice {
        let secure = input.and_then(|input| input.secure_cloud);
        let price = match secure {
            Some(false) => self.gpu.community,
            Some(true) => Some(self.gpu.secure),
            None => Some(self.gpu.community.unwrap_or(self.gpu.secure)),
        };
        let versions = input.and_then(|input| input.allowed_cuda_versions.as_deref()).unwrap_or_default();
        let runs = versions.is_empty() || versions.iter().any(|version| self.has_cuda(version));
        let count = input.map_or(1, |input| input.gpu_count);
        let fits = runs && u32::try_from(count).is_ok_and(|count| (1..=MAX_GPUS).contains(&count));
        // For a type that is not available, every field of the price is null.
        let (Some(price), Some(stock), true) = (price, self.world.stock(self.position), fits) else {
            return LowestPrice::default();
        };
        let (stock_status, total, rented) = match stock {
            Stock::Low => ("Low", 120, 112),
            Stock::Medium => ("Medium", 160, 118),
            Stock::High => ("High", 240, 121),
        };
        LowestPrice {
            minimum_bid_price: Some(cents(price * SPOT)),
            uninterruptable_price: Some(price),
            stock_status: Some(stock_status),
            total_count: Some(total),
            rented_count: Some(rented),
            rental_percentage: Some((f64::from(rented) / f64::from(total) * 100.0).round()),
            available_gpu_counts: Some(vec![1, 2, 4, MAX_GPUS]),
            min_vcpu: Some(6),
            min_memory: Some(self.gpu.memory_gb),
            gpu_type_cuda_versions: Some(self.cuda_versions()),
        }
    }

    /// The CUDA versions of hosts with a free GPU. Machines with AMD GPUs report none.
    fn cuda_versions(&self) -> Vec<CudaVersion> {
        let versions = CUDA_VERSIONS.iter().filter(|_| !self.gpu.is_amd()).map(|(cuda_version, exists)| {
            let availability = if *exists { "AVAILABLE" } else { "UNAVAILABLE" };
            CudaVersion { cuda_version, availability }
        });
        versions.collect()
    }

    fn has_cuda(&self, version: &str) -> bool {
        !self.gpu.is_amd() && CUDA_VERSIONS.contains(&(version, true))
    }
}
