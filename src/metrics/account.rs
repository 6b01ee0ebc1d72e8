//! The account: balance, spend, limits, discount, savings plans.
//!
//! Source   GraphQL `myself`, one request a scrape, or the REST operations with `balanceAmount` and `spendRate`, whose paths
//!          the API's own description tells.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{Account, AccountSnapshot};

/// Reads a value of an account whose section came through.
macro_rules! of_account {
    ($field:ident) => {
        |account| account.account.as_ref().and_then(|account: &Account| account.$field)
    };
}

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<AccountSnapshot> {
        name: "runpod_account_balance_dollars",
        help: "Prepaid credit that is left; pods stop when it is gone (GraphQL clientBalance, or REST balanceAmount).",
        kind: Gauge,
        read: of_account!(balance),
    },
    &Single::<AccountSnapshot> {
        name: "runpod_account_spend_dollars_per_hour",
        help: "What everything that runs and is stored costs now (GraphQL currentSpendPerHr, or REST spendRate).",
        kind: Gauge,
        read: of_account!(spend),
    },
    &Single::<AccountSnapshot> {
        name: "runpod_account_spend_limit_dollars_per_hour",
        help: "The spend beyond which Runpod starts nothing more (GraphQL spendLimit, or REST spendRate).",
        kind: Gauge,
        read: of_account!(spend_limit),
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_account_spend_component_dollars_per_hour",
        help: "A part of the spend (GraphQL spendDetails).",
        kind: Gauge,
        labels: ["component"],
        read: |account, points| {
            for component in account.account.iter().flat_map(|account| &account.spend_components) {
                points.put([component.component], component.spend);
            }
        },
    },
    &Single::<AccountSnapshot> {
        name: "runpod_account_workers_quota",
        help: "Serverless workers that may run together over all endpoints (GraphQL maxServerlessConcurrency, or REST serverlessWorkers).",
        kind: Gauge,
        read: of_account!(workers_quota),
    },
    &Single::<AccountSnapshot> {
        name: "runpod_account_serverless_discount_ratio",
        help: "Discount factor on serverless as Runpod gives it, from 0 to 1 (GraphQL serverlessDiscount); absent without a discount.",
        kind: Gauge,
        read: of_account!(serverless_discount),
    },
    &Labelled::<AccountSnapshot, 3> {
        name: "runpod_savings_plan_info",
        help: "Always 1: a savings plan (GraphQL savingsPlans); plan_id is the plan's, its pod's or its start, whichever the API gives.",
        kind: Gauge,
        labels: ["plan_id", "plan_kind", "gpu_type_id"],
        read: |account, points| {
            for plan in account.account.iter().flat_map(|account| &account.savings_plans) {
                points.put([&plan.id, &plan.kind, &plan.gpu_type_id], 1.0);
            }
        },
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_savings_plan_end_timestamp_seconds",
        help: "When a savings plan ends, in seconds since 1970 (GraphQL savingsPlans.endTime).",
        kind: Gauge,
        labels: ["plan_id"],
        read: |account, points| {
            for plan in account.account.iter().flat_map(|account| &account.savings_plans) {
                points.put([&plan.id], plan.end);
            }
        },
    },
];
