//! An account of which nothing is known, for the unit tests.

use std::sync::Arc;

use crate::snapshot::{AccountSnapshot, Bill};

pub(super) fn account() -> AccountSnapshot {
    AccountSnapshot {
        name: Arc::from("default"),
        taken: jiff::Timestamp::UNIX_EPOCH,
        thresholds: Arc::default(),
        collectors: Vec::new(),
        apis: Vec::new(),
        quota: Vec::new(),
        account: None,
        endpoints: Vec::new(),
        pods: Vec::new(),
        bill: Bill::default(),
        volumes: Vec::new(),
        market: Vec::new(),
        host: None,
        finished: Vec::new(),
        findings: Vec::new(),
        health: std::collections::BTreeMap::new(),
        recent: std::collections::BTreeMap::new(),
        unknown: Vec::new(),
    }
}
