//! GPU types.

use lenient_json::{Number, OwnId, Text, object};
use serde::Deserialize;

/// A GPU type. REST `GET /catalog/gpus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GpuType {
    pub id: OwnId,
    #[serde(deserialize_with = "object")]
    pub price: Option<Price>,
    /// For the requested product: `HIGH`, `MEDIUM`, `LOW` or `NONE`.
    pub availability: Text,
}

/// The price of one GPU.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Price {
    /// Pods in the secure cloud, in dollars per hour.
    pub secure: Number,
    /// Pods in the community cloud, in dollars per hour.
    pub community: Number,
    /// Workers of endpoints, in dollars per hour.
    pub serverless: Number,
}
