//! The errors of `check`.

use crate::scrape::EncodeError;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The metrics cannot be encoded.
    #[error("cannot encode the metrics; please report this")]
    Encode,
    /// The report cannot be encoded as JSON.
    #[error("cannot write the report as JSON; please report this")]
    Json(#[from] serde_json::Error),
    /// The account is not configured.
    #[error("unknown account \"{name}\"; configured accounts: {known}")]
    Account {
        /// The name that was given.
        name: String,
        /// The known names.
        known: String,
    },
    /// There is no such endpoint.
    #[error("no endpoint with the name or id \"{name}\"; known endpoints: {known}")]
    Endpoint {
        /// The name that was given.
        name: String,
        /// The known names.
        known: String,
    },
}

impl From<EncodeError> for CheckError {
    fn from(EncodeError: EncodeError) -> Self {
        Self::Encode
    }
}
