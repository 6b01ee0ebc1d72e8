//! The balance will be used up soon at the current spend.

use super::{AccountInput, Effect, Found, Name, Severity, recommend};
use crate::diagnosis::format::{dollars, dollars_per_hour, seconds};
use crate::settings::Levels;

/// Without balance, Runpod stops everything.
pub(super) const EFFECT: Effect = Effect { delays: Some(Severity::Critical), ..Effect::NONE };

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let money = input.account.account.as_ref()?;
    // A balance that is used up is a finding of its own. Without spend, a balance lasts forever; a post-paid one is not used up.
    let balance = money.credit().filter(|balance| *balance > 0.0)?;
    let spend = money.spend.filter(|spend| *spend > 0.0)?;
    let hours = (balance.0 / spend.0).max(0.0);
    let Levels { warning, critical, .. } = input.account.thresholds.of_balance();
    let mut levels = [(Severity::Critical, critical), (Severity::Warning, warning)]
        .into_iter()
        .filter_map(|(severity, threshold)| Some((severity, threshold?)));
    let (severity, threshold) = levels.find(|(_, threshold)| hours <= *threshold)?;
    let message = format!(
        "balance {} lasts {} at {} (threshold {threshold} h)",
        dollars(balance.0),
        seconds(hours * 3_600.0),
        dollars_per_hour(spend.0)
    );
    let recommendations = recommend([
        "Add credit or enable auto-pay: at zero, Runpod stops everything.",
        "Stop pods and lower min workers where they are not needed.",
    ]);
    Some(Found::new(Name::BalanceRunwayShort, severity, message, recommendations))
}
