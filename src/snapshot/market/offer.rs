//! Price and availability of a type of GPU or CPU.

use std::collections::BTreeMap;
use std::sync::Arc;

use runpod::{Product, wire};
use strum::{IntoStaticStr, VariantArray};

use super::stock::{Stock, stock};
use crate::snapshot::closed::each;
use crate::snapshot::convert::dollars_per_hour;
use crate::snapshot::unit::DollarsPerHour;
use crate::snapshot::unknown::Unknown;

/// A type of GPU or CPU.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offer {
    /// Its id.
    pub id: Arc<str>,
    /// List prices of one GPU or one virtual CPU.
    pub prices: BTreeMap<PriceCloud, DollarsPerHour>,
    /// Its availability by product.
    pub stock: BTreeMap<Product, Stock>,
}

/// What a list price applies to (label `cloud`): pods in one of the two clouds, or workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum PriceCloud {
    Community,
    Secure,
    Serverless,
}

/// The id under which Runpod lists all types that it cannot identify.
const NO_TYPE: &str = "unknown";

impl Offer {
    /// Converts a GPU type from GraphQL, where a missing stock status means that the type is out of stock.
    pub(crate) fn of_gpu(wire: wire::GpuType, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let wire::GpuType { id, secure_price, community_price, lowest_price } = wire;
        let price = |cloud| match cloud {
            PriceCloud::Community => community_price,
            PriceCloud::Secure => secure_price,
            PriceCloud::Serverless => wire::Number(None),
        };
        let stock =
            lowest_price.and_then(|wire::LowestPrice { stock_status }| match stock_status.0.ok()?.0 {
                Some(status) => stock("gpuType.stockStatus", Some(&status), unknown),
                None => Some(Stock::None),
            });
        Self::new(id, price, Product::Pod, stock)
    }

    /// Converts a GPU type from REST, whose availability is that of one product.
    pub(crate) fn of_rest_gpu(
        wire: wire::rest::GpuType,
        product: Product,
        unknown: &mut Vec<Unknown>,
    ) -> Option<Self> {
        let wire::rest::GpuType { id, price, availability } = wire;
        let wire::rest::Price { secure, community, serverless } = price.unwrap_or_default();
        let price = |cloud| match cloud {
            PriceCloud::Community => community,
            PriceCloud::Secure => secure,
            PriceCloud::Serverless => serverless,
        };
        Self::new(id, price, product, stock("gpu.availability", availability.0.as_deref(), unknown))
    }

    /// Converts a CPU type from REST, whose availability is that of one product. The community cloud has no pods without GPUs.
    pub(crate) fn of_rest_cpu(
        wire: wire::rest::CpuType,
        product: Product,
        unknown: &mut Vec<Unknown>,
    ) -> Option<Self> {
        let wire::rest::CpuType { id, price, availability } = wire;
        let wire::rest::CpuPrice { secure_per_vcpu, serverless_per_vcpu } = price.unwrap_or_default();
        let price = |cloud| match cloud {
            PriceCloud::Community => wire::Number(None),
            PriceCloud::Secure => secure_per_vcpu,
            PriceCloud::Serverless => serverless_per_vcpu,
        };
        Self::new(id, price, product, stock("cpu.availability", availability.0.as_deref(), unknown))
    }

    /// A price of 0 means that the type is not offered.
    fn new(
        id: wire::OwnId,
        price: impl Fn(PriceCloud) -> wire::Number,
        product: Product,
        stock: Option<Stock>,
    ) -> Option<Self> {
        let id = id.0.filter(|id| **id != *NO_TYPE)?;
        let prices = each(|cloud| dollars_per_hour(price(cloud)).filter(|price| *price > 0.0));
        Some(Self { id, prices, stock: stock.map(|stock| (product, stock)).into_iter().collect() })
    }

    /// Merges lists of types: each value comes from the first list that has it.
    pub(crate) fn merge(lists: impl IntoIterator<Item = Vec<Self>>) -> Vec<Self> {
        let mut merged: BTreeMap<Arc<str>, Self> = BTreeMap::new();
        for gpu in lists.into_iter().flatten() {
            let known =
                merged.entry(Arc::clone(&gpu.id)).or_insert_with(|| Self { id: gpu.id, ..Self::default() });
            for (cloud, price) in gpu.prices {
                known.prices.entry(cloud).or_insert(price);
            }
            for (product, stock) in gpu.stock {
                known.stock.entry(product).or_insert(stock);
            }
        }
        merged.into_values().collect()
    }
}
