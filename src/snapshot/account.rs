//! The account: balance, spend and limits.

use std::collections::BTreeMap;

use strum::{IntoStaticStr, VariantArray};

use super::closed::each;
use super::convert::{count, dollars, dollars_per_hour, timestamp};
use super::merge::mergeable;
use super::unit::{Count, Dollars, DollarsPerHour, Ratio, UnixTime};
use runpod::wire;

mergeable! {
    /// Balance, spend and limits.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Account {
        /// Prepaid credit. GraphQL `clientBalance`, REST `balanceAmount`.
        pub balance: Option<Dollars>,
        /// Spend on everything that runs or is stored. GraphQL `currentSpendPerHr`, REST `spendRate`.
        pub spend: Option<DollarsPerHour>,
        /// The limit of the spend. GraphQL `spendLimit`, REST `spendRate`.
        pub spend_limit: Option<DollarsPerHour>,
        /// The spend by component, if the API gives it.
        pub spend_components: BTreeMap<SpendComponent, DollarsPerHour>,
        /// Maximum number of serverless workers over all endpoints. GraphQL `maxServerlessConcurrency`.
        pub workers_quota: Option<Count>,
        /// The discount factor for serverless.
        pub serverless_discount: Option<Ratio>,
        /// Commitments that lower a price.
        pub savings_plans: Vec<SavingsPlan>,
    }
}

/// A component of the spend (label `component`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum SpendComponent {
    GpuCompute,
    LocalStorage,
    NetworkStorage,
}

/// A savings plan: a commitment that lowers a price until it ends.
#[derive(Debug, Clone, PartialEq)]
pub struct SavingsPlan {
    /// Its id; if the API gives none, the pod that it covers, or its start time.
    pub id: String,
    /// Its kind, lower case.
    pub kind: String,
    /// The GPU type that it covers.
    pub gpu_type_id: String,
    /// When it ends.
    pub end: Option<UnixTime>,
}

impl Account {
    pub(crate) fn from_wire(wire: wire::Account) -> Self {
        let wire::Account {
            client_balance,
            current_spend_per_hr,
            spend_limit,
            max_serverless_concurrency,
            spend_details,
            serverless_discount,
            savings_plans,
        } = wire;
        Self {
            balance: dollars(client_balance),
            spend: dollars_per_hour(current_spend_per_hr),
            spend_limit: dollars_per_hour(spend_limit),
            spend_components: spend_details.map(components).unwrap_or_default(),
            workers_quota: count(max_serverless_concurrency),
            serverless_discount: serverless_discount.and_then(discount),
            savings_plans: savings_plans.0.unwrap_or_default().into_iter().filter_map(savings_plan).collect(),
        }
    }
}

/// Converts balance and limits from REST. A limit that is a bare number has no current use.
pub(crate) fn from_rest(balance: Option<wire::rest::Balance>, limits: Option<wire::rest::Limits>) -> Account {
    let wire::rest::Limits { spend_rate, serverless_workers } = limits.unwrap_or_default();
    let split = |limit: Option<wire::rest::Limit>| match limit {
        Some(wire::rest::Limit::Number(limit)) => (wire::Number(None), wire::Number(Some(limit))),
        Some(wire::rest::Limit::Object { used, limit }) => (used, limit),
        Some(wire::rest::Limit::Unknown(_)) | None => (wire::Number(None), wire::Number(None)),
    };
    let (spend, spend_limit) = split(spend_rate);
    let (_, workers_quota) = split(serverless_workers);
    Account {
        balance: balance.and_then(|wire::rest::Balance { balance_amount }| dollars(balance_amount)),
        spend: dollars_per_hour(spend),
        spend_limit: dollars_per_hour(spend_limit),
        workers_quota: count(workers_quota),
        ..Account::default()
    }
}

fn components(details: wire::SpendDetails) -> BTreeMap<SpendComponent, DollarsPerHour> {
    let wire::SpendDetails { gpu_compute_per_hour, local_storage_per_hour, network_storage_per_hour } =
        details;
    each(|component| match component {
        SpendComponent::GpuCompute => dollars_per_hour(gpu_compute_per_hour),
        SpendComponent::LocalStorage => dollars_per_hour(local_storage_per_hour),
        SpendComponent::NetworkStorage => dollars_per_hour(network_storage_per_hour),
    })
}

/// The discount factor: the active one if there is one, otherwise the agreed one. A value above 1 is dropped, because no
/// documentation explains it.
fn discount(discount: wire::Discount) -> Option<Ratio> {
    let factor = match discount {
        wire::Discount::Factor(factor) => Some(factor),
        wire::Discount::Object { discount_factor, active_discount_factor } => {
            active_discount_factor.0.or(discount_factor.0)
        }
        wire::Discount::Unknown(_) => None,
    };
    factor.filter(|factor| (0.0..=1.0).contains(factor)).map(Ratio)
}

fn savings_plan(plan: wire::SavingsPlan) -> Option<SavingsPlan> {
    let wire::SavingsPlan { id, pod_id, gpu_type_id, savings_plan_type, plan_type, start_time, end_time } =
        plan;
    let kind = savings_plan_type.0.or(plan_type.0).unwrap_or_default().to_lowercase();
    // The documented shape has neither id: then the start time identifies the plan.
    let id = id.0.or(pod_id.0).or(start_time.0)?;
    Some(SavingsPlan { id, kind, gpu_type_id: gpu_type_id.0.unwrap_or_default(), end: timestamp(&end_time) })
}
