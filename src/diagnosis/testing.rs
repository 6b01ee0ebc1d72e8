//! An account about which nothing is known, for unit tests.

use std::sync::Arc;

use crate::snapshot::AccountSnapshot;

pub(super) fn account() -> AccountSnapshot {
    AccountSnapshot::empty(Arc::from("default"), jiff::Timestamp::UNIX_EPOCH)
}
