//! What families read: the accounts of one scrape, each with its diagnosis, and what the instruments have measured.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnosis::DiagnosedAccount;
use crate::instruments::Measurements;

/// What one scrape found.
#[derive(Debug, Clone, Default)]
pub struct ScrapeResult {
    /// The accounts, in the order of the configuration.
    pub accounts: Vec<Arc<DiagnosedAccount>>,
    /// From the first request to the last answer.
    pub duration: Duration,
    /// Whether the deadline cut something off.
    pub truncated: bool,
    /// What the instruments have measured up to the end of the scrape.
    pub measurements: Measurements,
}
