//! Money, limits and storage: `/billing` and its parts, `/network-volumes`, and the balance and the limits, whose paths
//! the API tells in its own description.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::{List, Number, Text};

/// What was spent: a record for each bucket of time and resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Bill {
    pub records: List<Record>,
}

/// What one resource, or all of them, cost in one bucket of time, in dollars.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Record {
    pub start_time: Text,
    pub end_time: Text,
    pub pod_id: Text,
    pub serverless_id: Text,
    pub network_volume_id: Text,
    pub cluster_id: Text,
    pub total_amount: Number,
    /// The other amounts, under the names of what they are for; and whatever else there is, as unknown.
    #[serde(flatten)]
    pub parts: BTreeMap<String, Number>,
}

/// A network volume.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Volume {
    pub id: Text,
    pub name: Text,
    pub size: Number,
    pub data_center: Text,
}

/// The prepaid credit.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Balance {
    pub balance_amount: Number,
}

/// The limits of the account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Limits {
    pub spend_rate: Option<Limit>,
    pub serverless_workers: Option<Limit>,
}

/// A limit, with or without what is used of it. Runpod has published the name of the property and not what is in it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub enum Limit {
    Number(f64),
    Object {
        #[serde(default)]
        used: Number,
        #[serde(default)]
        limit: Number,
    },
    Unknown(IgnoredAny),
}
