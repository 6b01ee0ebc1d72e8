//! `myself`, but for its lists of endpoints and pods.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{List, Number, Text};

/// The account behind the key. GraphQL `User`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Account {
    pub client_balance: Number,
    pub current_spend_per_hr: Number,
    pub spend_limit: Number,
    pub max_serverless_concurrency: Number,
    pub spend_details: Option<SpendDetails>,
    pub serverless_discount: Option<Discount>,
    pub savings_plans: List<SavingsPlan>,
}

/// What the spend is made of, in dollars per hour.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct SpendDetails {
    pub gpu_compute_per_hour: Number,
    pub local_storage_per_hour: Number,
    pub network_storage_per_hour: Number,
}

/// The discount on serverless: an object on the live shape, a number on the documented one.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub enum Discount {
    Factor(f64),
    #[serde(rename_all = "camelCase")]
    Object {
        #[serde(default)]
        discount_factor: Number,
        #[serde(default)]
        active_discount_factor: Number,
    },
    Unknown(IgnoredAny),
}

/// A commitment that lowers a price until it ends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct SavingsPlan {
    pub id: Text,
    pub pod_id: Text,
    pub gpu_type_id: Text,
    pub savings_plan_type: Text,
    pub plan_type: Text,
    pub start_time: Text,
    pub end_time: Text,
}
