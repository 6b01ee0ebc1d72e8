//! The spend is near the spend limit of the account.

use super::{AccountInput, Effect, Found, Name, Severity, recommend};
use crate::diagnosis::format::{dollars_per_hour, percent};
use crate::diagnosis::limit::Limit;

const NEAR: f64 = Limit::SpendNearLimit.ratio();
const AT: f64 = Limit::SpendAtLimit.ratio();

/// At the limit, no worker starts.
pub(super) const EFFECT: Effect = Effect { delays: Some(Severity::Critical), ..Effect::NONE };

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let money = input.account.account.as_ref()?;
    let (spend, limit) = (money.spend?, money.spend_limit.filter(|limit| *limit > 0.0)?);
    let share = spend.0 / limit.0;
    if share < NEAR {
        return None;
    }
    let severity = if share >= AT { Severity::Critical } else { Severity::Warning };
    let (share, limit) = (percent(share), dollars_per_hour(limit.0));
    let message = format!("spend {} is {share} of the limit of {limit}", dollars_per_hour(spend.0));
    let recommendations = recommend([
        "Stop what is not needed: at the limit, nothing new starts.",
        "Ask Runpod to raise the spend limit.",
    ]);
    Some(Found::new(Name::SpendNearLimit, severity, message, recommendations))
}
