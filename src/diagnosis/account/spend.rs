//! The spend comes near the limit that Runpod sets an account.

use super::words::percent;
use super::{Found, Severity, recommend};
use crate::diagnosis::Name;
use crate::snapshot::AccountSnapshot;

/// One more pod of the usual size, and what is left of the limit is gone.
const NEAR: f64 = 0.8;

/// Next to nothing can start any more.
const AT: f64 = 0.95;

pub(super) fn check(account: &AccountSnapshot) -> Option<Found> {
    let money = account.account.as_ref()?;
    let (spend, limit) = (money.spend?, money.spend_limit.filter(|limit| *limit > 0.0)?);
    let share = spend.0 / limit.0;
    (share >= NEAR).then(|| Found {
        name: Name::SpendNearLimit,
        severity: if share >= AT { Severity::Critical } else { Severity::Warning },
        metric: "runpod_account_spend_dollars_per_hour",
        facts: format!("spend ${spend:.2}/h is {} of the limit of ${limit:.2}/h", percent(share)),
        recommendations: recommend([
            "Stop what is not needed: at the limit, nothing new starts.",
            "Ask Runpod to raise the spend limit.",
        ]),
    })
}
