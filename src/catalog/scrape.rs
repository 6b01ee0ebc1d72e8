//! What families read: the accounts of one scrape, each with its diagnosis.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnosis::DiagnosedAccount;

/// What one scrape found.
#[derive(Debug, Clone, Default)]
pub struct ScrapeResult {
    /// The accounts, in the order of the configuration.
    pub accounts: Vec<Arc<DiagnosedAccount>>,
    /// From the first request to the last answer.
    pub duration: Duration,
    /// Whether the deadline cut something off.
    pub truncated: bool,
}
