//! What the instruments have measured up to one moment: the families of `metrics/` read this, not the instruments.
//!
//! Each part belongs to the process, to an account or to an endpoint. So a scrape of one account is given the parts about
//! this account, and nothing has to be filtered when it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{AccountTotals, EndpointJobs, Process};
use crate::snapshot::UnixTime;

/// What all instruments have measured, as far as a scrape is about it.
#[derive(Debug, Clone, Default)]
pub struct Measurements {
    /// When the counters of the process and of the accounts started at 0; `None` if nothing was measured.
    pub started: Option<UnixTime>,
    /// Of the process as a whole; `None` in a scrape of one account.
    pub process: Option<Process>,
    /// By account.
    pub accounts: BTreeMap<Arc<str>, AccountTotals>,
    /// By endpoint, in the order of account and id.
    pub jobs: Vec<EndpointJobs>,
}
