//! The checks of an account, one file each.

mod key;
mod old;
mod rationed;
mod retired;
mod runway;
mod spend;

use super::finding::{Finding, Found, Severity, Subject, recommend};
use super::{Moment, words};
use crate::snapshot::AccountSnapshot;

/// What is wrong with an account as a whole.
pub(super) fn findings(account: &AccountSnapshot, moment: Moment) -> Vec<Finding> {
    let found: [Option<Found>; 6] = [
        key::check(account),
        runway::check(account),
        spend::check(account),
        retired::check(account),
        rationed::check(account),
        old::check(account, moment),
    ];
    found.into_iter().flatten().map(|found| found.about(Subject::Account)).collect()
}
