//! The account, without its lists of endpoints and pods.

use lenient_json::{Checked, Id, List, Number, NumberOr, Text, object};
use serde::Deserialize;

/// Maximum number of savings plans: each covers a pod or a type of GPU.
const MAX_SAVINGS_PLANS: usize = 1_000;

/// The account of the key. GraphQL `User`, requested as `myself`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Account {
    /// Prepaid credit, in dollars.
    pub client_balance: Number,
    /// Cost of everything that is running, in dollars per hour.
    pub current_spend_per_hr: Number,
    /// Maximum of `current_spend_per_hr`, in dollars per hour.
    pub spend_limit: Number,
    /// Maximum number of serverless workers of the account.
    pub max_serverless_concurrency: Number,
    #[serde(deserialize_with = "object")]
    pub spend_details: Option<SpendDetails>,
    /// The documented shape: a share from 0 to 1.
    pub serverless_discount: NumberOr<Discount>,
    pub savings_plans: List<SavingsPlan, MAX_SAVINGS_PLANS>,
}

/// The parts of the current spend. GraphQL `User.spendDetails`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SpendDetails {
    /// In dollars per hour.
    pub gpu_compute_per_hour: Number,
    /// In dollars per hour.
    pub local_storage_per_hour: Number,
    /// In dollars per hour.
    pub network_storage_per_hour: Number,
}

/// The discount on serverless in the live shape. GraphQL `User.serverlessDiscount`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Discount {
    /// A share from 0 to 1.
    pub discount_factor: Number,
    /// The share that currently applies, from 0 to 1.
    pub active_discount_factor: Checked<Number>,
}

/// A commitment that lowers a price until it ends. GraphQL `SavingsPlan`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SavingsPlan {
    pub id: Checked<Id>,
    pub pod_id: Checked<Id>,
    pub gpu_type_id: Text,
    /// Live.
    pub savings_plan_type: Text,
    /// Documented.
    pub plan_type: Text,
    /// RFC 3339.
    pub start_time: Text,
    /// RFC 3339.
    pub end_time: Text,
}
