//! An account of which nothing is known, for the unit tests.

use std::sync::Arc;

use crate::snapshot::AccountSnapshot;

pub(super) fn account() -> AccountSnapshot {
    AccountSnapshot::empty(Arc::from("default"), jiff::Timestamp::UNIX_EPOCH)
}
