//! The account: balance, spend, limits, discount, savings plans.
//!
//! Source   GraphQL `myself`, one request per scrape, or the REST operations with `balanceAmount` and `spendRate`, whose
//!          paths are in the API's own description.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{
    Account, AccountSnapshot, ClosedSet as _, Count, Dollars, DollarsPerHour, Info, Ratio, UnixTime,
};

/// Reads a value of an account whose collector succeeded.
macro_rules! of_account {
    ($field:ident) => {
        |account| account.account.as_ref().and_then(|account: &Account| account.$field)
    };
}

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<AccountSnapshot, Info, 1> {
        name: "runpod_account_info",
        help: "Account, always 1; billing_mode is prepaid or postpaid; absent while it is unknown (REST billingMode).",
        kind: Gauge,
        labels: ["billing_mode"],
        read: |account, points| {
            if let Some(mode) = account.account.as_ref().and_then(|account| account.billing_mode.as_ref()) {
                points.put([mode.as_str()], Info);
            }
        },
    },
    &Single::<AccountSnapshot, Dollars> {
        name: "runpod_account_balance_dollars",
        help: "Balance; a prepaid account stops when it is used up, a post-paid one does not (GraphQL clientBalance, REST balanceAmount).",
        kind: Gauge,
        read: of_account!(balance),
    },
    &Single::<AccountSnapshot, DollarsPerHour> {
        name: "runpod_account_spend_dollars_per_hour",
        help: "Current spend on what runs or is stored; REST counts no storage (GraphQL currentSpendPerHr, REST spendRate).",
        kind: Gauge,
        read: of_account!(spend),
    },
    &Single::<AccountSnapshot, DollarsPerHour> {
        name: "runpod_account_spend_limit_dollars_per_hour",
        help: "Spend above which Runpod starts nothing new (GraphQL spendLimit, REST spendRate).",
        kind: Gauge,
        read: of_account!(spend_limit),
    },
    &Labelled::<AccountSnapshot, DollarsPerHour, 1> {
        name: "runpod_account_spend_component_dollars_per_hour",
        help: "Current spend by component (GraphQL spendDetails).",
        kind: Gauge,
        labels: ["component"],
        read: |account, points| {
            for (component, spend) in account.account.iter().flat_map(|account| &account.spend_components) {
                points.put([component.as_str()], *spend);
            }
        },
    },
    &Single::<AccountSnapshot, Count> {
        name: "runpod_account_workers_quota",
        help: "Limit of the sum of max workers over all endpoints (GraphQL maxServerlessConcurrency, REST serverlessWorkers).",
        kind: Gauge,
        read: of_account!(workers_quota),
    },
    &Single::<AccountSnapshot, Ratio> {
        name: "runpod_account_serverless_discount_ratio",
        help: "Serverless discount factor as reported by Runpod, from 0 to 1; absent without a discount (GraphQL serverlessDiscount).",
        kind: Gauge,
        read: of_account!(serverless_discount),
    },
    &Labelled::<AccountSnapshot, Info, 3> {
        name: "runpod_savings_plan_info",
        help: "Savings plan, always 1; plan_id is the id of the plan or of its pod, or its start time (GraphQL savingsPlans).",
        kind: Gauge,
        labels: ["plan_id", "plan_kind", "gpu_type_id"],
        read: |account, points| {
            for plan in account.account.iter().flat_map(|account| &account.savings_plans) {
                points.put([&plan.id, &plan.kind, &plan.gpu_type_id], Info);
            }
        },
    },
    &Labelled::<AccountSnapshot, UnixTime, 1> {
        name: "runpod_savings_plan_end_timestamp_seconds",
        help: "End of a savings plan as a Unix timestamp in seconds (GraphQL savingsPlans.endTime).",
        kind: Gauge,
        labels: ["plan_id"],
        read: |account, points| {
            for plan in account.account.iter().flat_map(|account| &account.savings_plans) {
                points.put([&plan.id], plan.end);
            }
        },
    },
];
