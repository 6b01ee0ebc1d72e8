//! Why `check` cannot diagnose what it was asked about.

use crate::scrape::NoPage;

/// The question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The exporter's own fault.
    #[error("cannot encode the metrics; please report this")]
    NoPage,
    /// The report cannot be written as JSON.
    #[error("cannot write the report as JSON; please report this")]
    Json(#[from] serde_json::Error),
    /// An account that is not configured.
    #[error("unknown account \"{name}\"; configured accounts: {known}")]
    Account {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// An endpoint that is not there.
    #[error("no endpoint with the name or id \"{name}\"; known endpoints: {known}")]
    Endpoint {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

impl From<NoPage> for CheckError {
    fn from(NoPage: NoPage) -> Self {
        Self::NoPage
    }
}
