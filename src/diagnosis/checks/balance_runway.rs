//! The balance will be used up soon at the current spend.

use super::{AccountInput, Found, Name, Severity, recommend};
use crate::settings::Levels;

pub(super) fn check(input: &AccountInput<'_>) -> Option<Found> {
    let money = input.account.account.as_ref()?;
    // Without spend, a balance lasts forever.
    let (balance, spend) = (money.balance?, money.spend.filter(|spend| *spend > 0.0)?);
    let hours = (balance.0 / spend.0).max(0.0);
    let Levels { warning, critical } = input.account.thresholds.of_balance();
    let (severity, threshold) = if hours <= critical {
        (Severity::Critical, critical)
    } else if hours <= warning {
        (Severity::Warning, warning)
    } else {
        return None;
    };
    let message =
        format!("balance ${balance:.2} lasts {hours:.1} h at ${spend:.2}/h (threshold {threshold} h)");
    let recommendations = recommend([
        "Add credit or enable auto-pay: at zero, Runpod stops everything.",
        "Stop pods and lower min workers where they are not needed.",
    ]);
    Some(Found::new(Name::BalanceRunwayShort, severity, message, recommendations))
}
