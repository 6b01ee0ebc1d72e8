//! What GPUs cost and whether there are any.

use std::collections::BTreeMap;

use super::convert::dollars_per_hour;
use super::unit::{DollarsPerHour, Level};
use super::unknown::{Unknown, lower};
use runpod::{Product, wire};

/// A GPU type that can be had, or could.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GpuType {
    /// Its id, as Runpod calls it.
    pub id: String,
    /// Price of one GPU, by `secure`, `community` and `serverless`.
    pub prices: BTreeMap<&'static str, DollarsPerHour>,
    /// By `pod` and `serverless`: 0 none, 1 low, 2 medium, 3 high.
    pub stock: BTreeMap<&'static str, Level>,
}

/// Runpod's words for stock, from none to high.
const LEVELS: [(&str, f64); 4] = [("none", 0.0), ("low", 1.0), ("medium", 2.0), ("high", 3.0)];

/// The type that stands for all that Runpod cannot name.
const NO_TYPE: &str = "unknown";

impl GpuType {
    /// Reads what GraphQL says. There, no stock status is no stock: a type that is out is told so.
    pub(crate) fn from_graphql(wire: wire::GpuType, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let wire::GpuType { id, secure_price, community_price, lowest_price } = wire;
        let prices = prices([("secure", secure_price), ("community", community_price)]);
        let stock = lowest_price.and_then(|price| {
            level("gpuType.stockStatus", price.stock_status.0.as_deref().or(Some("none")), unknown)
        });
        Some(Self {
            id: named(id)?,
            prices,
            stock: stock.map(|level| (Product::Pod.as_str(), level)).into_iter().collect(),
        })
    }

    /// Reads what REST says about one product.
    pub(crate) fn from_rest(
        wire: wire::rest::GpuType,
        product: Product,
        unknown: &mut Vec<Unknown>,
    ) -> Option<Self> {
        let wire::rest::GpuType { id, price, availability } = wire;
        let wire::rest::Price { secure, community, serverless } = price.unwrap_or_default();
        let prices = prices([("secure", secure), ("community", community), ("serverless", serverless)]);
        let stock = level("gpu.availability", availability.0.as_deref(), unknown);
        Some(Self {
            id: named(id)?,
            prices,
            stock: stock.map(|level| (product.as_str(), level)).into_iter().collect(),
        })
    }

    /// One list of types out of several: what an earlier one says of a type counts, and a later one fills in.
    pub(crate) fn merge(lists: impl IntoIterator<Item = Vec<Self>>) -> Vec<Self> {
        let mut merged: BTreeMap<String, Self> = BTreeMap::new();
        for gpu in lists.into_iter().flatten() {
            let known =
                merged.entry(gpu.id.clone()).or_insert_with(|| Self { id: gpu.id, ..Self::default() });
            for (cloud, price) in gpu.prices {
                known.prices.entry(cloud).or_insert(price);
            }
            for (product, level) in gpu.stock {
                known.stock.entry(product).or_insert(level);
            }
        }
        merged.into_values().collect()
    }
}

fn named(id: wire::Text) -> Option<String> {
    id.0.filter(|id| !id.is_empty() && id != NO_TYPE)
}

/// The prices that are prices: where a type is not offered, Runpod says nought.
fn prices<const N: usize>(
    prices: [(&'static str, wire::Number); N],
) -> BTreeMap<&'static str, DollarsPerHour> {
    let is_price = |(cloud, price): (&'static str, wire::Number)| {
        Some((cloud, dollars_per_hour(price).filter(|price| *price > 0.0)?))
    };
    prices.into_iter().filter_map(is_price).collect()
}

fn level(field: &'static str, word: Option<&str>, unknown: &mut Vec<Unknown>) -> Option<Level> {
    let word = lower(field, &LEVELS.map(|(word, _)| word), word, unknown)?;
    LEVELS.into_iter().find(|(known, _)| *known == word).map(|(_, level)| Level(level))
}
