//! The account: balance, spend and limits.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use runpod::wire::{self, Number, NumberOr};
use strum::{IntoStaticStr, VariantArray};

use super::closed::{OrOther, each};
use super::convert::{count, dollars, dollars_per_hour, ratio, timestamp};
use super::merge::mergeable;
use super::unit::{Count, Dollars, DollarsPerHour, Ratio, UnixTime};
use super::unknown::Unknown;

mergeable! {
    /// Balance, spend and limits.
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Account {
        /// Prepaid credit; of a post-paid account what Runpod reports instead. GraphQL `clientBalance`, REST `balanceAmount`.
        pub balance: Option<Dollars>,
        /// How the account pays. REST `billingMode`.
        pub billing_mode: Option<OrOther<BillingMode>>,
        /// Spend on everything that runs or is stored. GraphQL `currentSpendPerHr`, REST `spendRate`, which counts no storage.
        pub spend: Option<DollarsPerHour>,
        /// The limit of the spend. GraphQL `spendLimit`, REST `spendRate`.
        pub spend_limit: Option<DollarsPerHour>,
        /// The spend by component, if the API gives it.
        pub spend_components: BTreeMap<SpendComponent, DollarsPerHour>,
        /// Limit of the sum of max workers over all endpoints. GraphQL `maxServerlessConcurrency`, REST `serverlessWorkers`.
        pub workers_quota: Option<Count>,
        /// The discount factor for serverless.
        pub serverless_discount: Option<Ratio>,
        /// Commitments that lower a price.
        pub savings_plans: Vec<SavingsPlan>,
    }
}

/// How an account pays (label `billing_mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum BillingMode {
    /// From its balance. Runpod stops everything when it is used up.
    Prepaid,
    /// By invoice. Its balance stops nothing.
    Postpaid,
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
    pub id: Arc<str>,
    /// Its kind, lower case.
    pub kind: Arc<str>,
    /// The GPU type that it covers.
    pub gpu_type_id: Arc<str>,
    /// When it ends.
    pub end: Option<UnixTime>,
}

impl Account {
    /// The balance that can be used up: none in a post-paid account.
    pub fn credit(&self) -> Option<Dollars> {
        self.balance.filter(|_| !self.is_postpaid())
    }

    /// Whether the account is known to pay by invoice.
    pub fn is_postpaid(&self) -> bool {
        self.billing_mode.as_ref().is_some_and(|mode| *mode == BillingMode::Postpaid)
    }

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
            billing_mode: None,
            spend: dollars_per_hour(current_spend_per_hr),
            spend_limit: dollars_per_hour(spend_limit),
            spend_components: spend_details.map(components).unwrap_or_default(),
            workers_quota: count(max_serverless_concurrency),
            serverless_discount: discount(serverless_discount),
            savings_plans: savings_plans.0.unwrap_or_default().into_iter().filter_map(savings_plan).collect(),
        }
    }
}

/// Converts balance and limits from REST. A limit that is a bare number has no current use.
pub(crate) fn from_rest(
    balance: Option<wire::rest::Balance>,
    limits: Option<wire::rest::Limits>,
    unknown: &mut Vec<Unknown>,
) -> Account {
    let wire::rest::Balance { balance_amount, billing_mode } = balance.unwrap_or_default();
    let wire::rest::Limits { spend_rate, serverless_workers } = limits.unwrap_or_default();
    let split = |limit: NumberOr<wire::rest::Limit>| match limit {
        NumberOr::Number(limit) => (Number(None), Number(Some(limit))),
        NumberOr::Object(wire::rest::Limit { used, limit }) => (used, limit),
        NumberOr::Unknown => (Number(None), Number(None)),
    };
    let (spend, spend_limit) = split(spend_rate);
    let (_, workers_quota) = split(serverless_workers);
    Account {
        balance: dollars(balance_amount),
        billing_mode: OrOther::read("balance.billingMode", billing_mode.0.as_deref(), unknown),
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

/// The discount factor: the active one if there is one, otherwise the agreed one.
fn discount(discount: NumberOr<wire::Discount>) -> Option<Ratio> {
    match discount {
        NumberOr::Number(factor) => ratio(Number(Some(factor))),
        NumberOr::Object(wire::Discount { discount_factor, active_discount_factor }) => {
            let active = active_discount_factor.0.ok()?;
            ratio(Number(active.0.or(discount_factor.0)))
        }
        NumberOr::Unknown => None,
    }
}

fn savings_plan(plan: wire::SavingsPlan) -> Option<SavingsPlan> {
    let wire::SavingsPlan { id, pod_id, gpu_type_id, savings_plan_type, plan_type, start_time, end_time } =
        plan;
    let kind = savings_plan_type.0.or(plan_type.0).unwrap_or_default().to_lowercase().into();
    // The documented shape has neither id: then the start time identifies the plan. An id that cannot be read is not
    // replaced by another one.
    let (id, pod_id) = (id.0.ok()?.0, pod_id.0.ok()?.0);
    let start_time = start_time.0.filter(|time| time.parse::<Timestamp>().is_ok());
    let id = id.or(pod_id).or(start_time)?;
    Some(SavingsPlan { id, kind, gpu_type_id: gpu_type_id.0.unwrap_or_default(), end: timestamp(&end_time) })
}
