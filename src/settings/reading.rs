//! What is read of an account, and how often.

use std::sync::Arc;

use crate::settings::{Collectors, Filter, Refresh, Thresholds};

/// What is read of an account, and how often.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The collectors that are on.
    pub collectors: Collectors,
    /// The endpoints that are read.
    pub endpoints: Filter,
    /// The pods that are read.
    pub pods: Filter,
    /// How often what is rationed or slow is read.
    pub refresh: Refresh,
    /// Whether each worker has series of its own.
    pub each_worker: bool,
    /// The thresholds of the diagnosis.
    pub thresholds: Arc<Thresholds>,
}
