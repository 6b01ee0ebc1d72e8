//! How long the balance lasts at the present spend. At a threshold or below it counts.

use super::{Found, Severity, recommend};
use crate::diagnosis::Name;
use crate::settings::Levels;
use crate::snapshot::AccountSnapshot;

pub(super) fn check(account: &AccountSnapshot) -> Option<Found> {
    let money = account.account.as_ref()?;
    // Nobody runs out of money who spends none.
    let (balance, spend) = (money.balance?, money.spend.filter(|spend| *spend > 0.0)?);
    let hours = (balance.0 / spend.0).max(0.0);
    let Levels { warning, critical } = account.thresholds.of_balance();
    let (severity, threshold) = if hours <= critical {
        (Severity::Critical, critical)
    } else if hours <= warning {
        (Severity::Warning, warning)
    } else {
        return None;
    };
    Some(Found {
        name: Name::BalanceRunwayShort,
        severity,
        metric: "runpod_account_balance_dollars",
        facts: format!("balance ${balance:.2} lasts {hours:.1} h at ${spend:.2}/h (threshold {threshold} h)"),
        recommendations: recommend([
            "Add credit or enable auto-pay: at zero, Runpod stops everything.",
            "Stop pods and lower min workers where they are not needed.",
        ]),
    })
}
