//! The balance is used up, and Runpod stops everything.

use super::{AccountInput, Effect, Found, Name, Severity, recommend};
use crate::diagnosis::format::dollars;

pub(super) const EFFECT: Effect = Effect {
    stops: Some(Severity::Critical),
    explains: &[
        Name::NoWorkers,
        Name::QueueStuckNoCapacity,
        Name::WorkersThrottled,
        Name::WorkersStarting,
        Name::QueueDeep,
        Name::LatencyHigh,
        Name::ErrorRatioHigh,
        Name::EveryJobFails,
    ],
    ..Effect::NONE
};

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let money = input.account.account.as_ref()?;
    let balance = money.credit().filter(|balance| *balance <= 0.0)?;
    // A post-paid account whose way to pay could not be read never has a balance.
    Some(if input.had_balance {
        let recommendations = recommend([
            "Add credit or enable auto-pay: Runpod stops pods and workers.",
            "Check afterwards that the workers have started again.",
        ]);
        let message = format!("balance {}", dollars(balance.0));
        Found::new(Name::BalanceGone, Severity::Critical, message, recommendations)
    } else {
        // The balance of an account that is known to be post-paid is not credit.
        let advice = match money.billing_mode {
            Some(_) => "Add credit: without a balance, Runpod runs nothing.",
            None => "Add credit. If the account is post-paid, ignore this.",
        };
        let recommendations = recommend([advice]);
        let before = if input.is_brief {
            "whether it was above 0 before is unknown"
        } else {
            "it has not been above 0 since the exporter was started"
        };
        let message = format!("balance {}; {before}", dollars(balance.0));
        Found::new(Name::BalanceGone, Severity::Info, message, recommendations)
    })
}
