//! The checks of an account, one file each.

mod api_rationed;
mod api_retired;
mod balance_runway;
mod data_old;
mod key_rejected;
mod spend_limit;

use super::finding::{Finding, Found, recommend};
use super::limit::Limit;
use super::name::Name;
use super::severity::Severity;
use super::subject::Subject;
use super::{Moment, format};
use crate::snapshot::AccountSnapshot;

/// The input of a check.
struct AccountInput<'a> {
    account: &'a AccountSnapshot,
    moment: Moment,
}

/// A check: `None`, or what it found.
type Check = fn(&AccountInput<'_>) -> Option<Found>;

/// The checks, in the order in which findings are reported.
const CHECKS: &[Check] = &[
    key_rejected::check,
    balance_runway::check,
    spend_limit::check,
    api_retired::check,
    api_rationed::check,
    data_old::check,
];

/// The findings about an account as a whole.
pub(super) fn findings(account: &AccountSnapshot, moment: Moment) -> Vec<Finding> {
    let input = AccountInput { account, moment };
    CHECKS.iter().filter_map(|check| Some(check(&input)?.about(Subject::Account))).collect()
}
