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
    let balance = input.account.account.as_ref()?.credit().filter(|balance| *balance <= 0.0)?;
    // A post-paid account whose way to pay could not be read never has a balance.
    Some(if input.had_balance {
        let recommendations = recommend([
            "Add credit or enable auto-pay: Runpod stops pods and workers.",
            "Check afterwards that the workers have started again.",
        ]);
        let message = format!("balance {}", dollars(balance.0));
        Found::new(Name::BalanceGone, Severity::Critical, message, recommendations)
    } else {
        let recommendations = recommend(["Add credit. If the account is post-paid, ignore this."]);
        let message =
            format!("balance {}; it has not been above 0 since the exporter was started", dollars(balance.0));
        Found::new(Name::BalanceGone, Severity::Info, message, recommendations)
    })
}
