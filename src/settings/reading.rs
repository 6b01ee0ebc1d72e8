//! What is read of an account, and how often.

use std::sync::Arc;

use crate::settings::{Collectors, Filter, Refresh, Thresholds};

/// What is read of an account, and how often.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The enabled collectors.
    pub collectors: Collectors,
    /// The endpoints that are read.
    pub endpoints: Filter,
    /// The pods that are read.
    pub pods: Filter,
    /// The intervals of rate-limited and slow sources.
    pub refresh: Refresh,
    /// Whether to export per-worker series.
    pub each_worker: bool,
    /// The thresholds of the diagnosis.
    pub thresholds: Arc<Thresholds>,
}
