//! Billing, network volumes, balance and limits.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::wire::lenient::{List, Number, Text};

/// The amounts billed. REST `GET /billing` and the ledgers below.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Bill {
    /// One record for each time bucket and resource.
    pub records: List<Record>,
}

/// The amount billed for one resource, or for all, in one time bucket.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Record {
    /// RFC 3339.
    pub start_time: Text,
    /// RFC 3339.
    pub end_time: Text,
    pub pod_id: Text,
    pub serverless_id: Text,
    pub network_volume_id: Text,
    pub cluster_id: Text,
    /// In dollars.
    pub total_amount: Number,
    /// The other fields. Those that end in `Amount` are parts of the total, in dollars; others are unknown.
    #[serde(flatten)]
    pub parts: BTreeMap<String, Number>,
}

/// A network volume. REST `GET /network-volumes`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Volume {
    pub id: Text,
    pub name: Text,
    /// In gigabytes (10^9 bytes).
    pub size: Number,
    /// Data center id.
    pub data_center: Text,
}

/// The prepaid credit. REST; the path is in the API's description.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Balance {
    /// In dollars.
    pub balance_amount: Number,
}

/// The limits of the account. REST; the path is in the API's description.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Limits {
    /// In dollars per hour.
    pub spend_rate: Option<Limit>,
    /// Number of serverless workers.
    pub serverless_workers: Option<Limit>,
}

/// A limit. Runpod has published the name of the property, but not its type. The unit is that of the property.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum Limit {
    /// The limit.
    Number(f64),
    Object {
        /// The current value.
        #[serde(default)]
        used: Number,
        /// The maximum.
        #[serde(default)]
        limit: Number,
    },
    Unknown(IgnoredAny),
}
