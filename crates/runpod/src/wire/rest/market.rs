//! Types of GPUs and CPUs, and what a data center has of them.

use lenient_json::{List, Number, OwnId, Text, object};
use serde::Deserialize;

/// Maximum number of types in a data center. Runpod has about fifty.
const MAX_TYPES: usize = 1_000;

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

/// A CPU type. REST `GET /catalog/cpus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CpuType {
    pub id: OwnId,
    #[serde(deserialize_with = "object")]
    pub price: Option<CpuPrice>,
    /// For the requested product: `HIGH`, `MEDIUM`, `LOW` or `NONE`.
    pub availability: Text,
}

/// The price of one virtual CPU. The description names no time; the price list of Runpod does.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CpuPrice {
    /// Pods in the secure cloud, in dollars per hour.
    pub secure_per_vcpu: Number,
    /// Workers of endpoints, in dollars per hour.
    pub serverless_per_vcpu: Number,
}

/// A data center. REST `GET /catalog/datacenters`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DataCenter {
    pub id: OwnId,
    /// The GPU types that it offers.
    pub gpu_availability: List<Availability, MAX_TYPES>,
    /// The CPU types that it offers.
    pub cpu_availability: List<Availability, MAX_TYPES>,
}

/// How much of a type there is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Availability {
    pub id: OwnId,
    /// `HIGH`, `MEDIUM`, `LOW` or `NONE`.
    pub availability: Text,
}
