//! A GPU type from GraphQL, with or without a key.

use lenient_json::{Checked, Id, Number, Text, Unreadable, object};
use serde::Deserialize;

/// A GPU type. GraphQL `GpuType`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GpuType {
    pub id: Id,
    /// Price of one GPU of a pod in the secure cloud, in dollars per hour.
    pub secure_price: Number,
    /// Price of one GPU of a pod in the community cloud, in dollars per hour.
    pub community_price: Number,
    #[serde(deserialize_with = "object")]
    pub lowest_price: Option<LowestPrice>,
}

/// The cheapest offer for one GPU of a pod. All fields are null if there is none. GraphQL `GpuType.lowestPrice`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LowestPrice {
    /// `High`, `Medium`, `Low` or `None`. Null means that there is none, so that a field that is not there is not null.
    pub stock_status: Checked<Text>,
}

impl Default for LowestPrice {
    fn default() -> Self {
        Self { stock_status: Checked(Err(Unreadable)) }
    }
}
