//! A GPU type as GraphQL gives it, with or without a key.

use serde::Deserialize;

use super::{Number, Text};

/// GraphQL `GpuType`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct GpuType {
    pub id: Text,
    pub secure_price: Number,
    pub community_price: Number,
    pub lowest_price: Option<LowestPrice>,
}

/// For one GPU of a pod. Where there is nothing to be had, everything in it is null.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct LowestPrice {
    pub stock_status: Text,
}
