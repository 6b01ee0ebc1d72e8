//! `/catalog/gpus`.

use serde::Deserialize;

use super::super::{Number, Text};

/// A GPU type.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct GpuType {
    pub id: Text,
    pub price: Option<Price>,
    /// Of the product that was asked for.
    pub availability: Text,
}

/// Dollars per hour of one GPU.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Price {
    pub secure: Number,
    pub community: Number,
    pub serverless: Number,
}
