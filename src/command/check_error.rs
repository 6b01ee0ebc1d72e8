//! The errors of `check`.

use crate::scrape::EncodeError;
use crate::similar;

/// Maximum number of names that an error lists.
const LISTED: usize = 20;

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
    #[error("unknown account \"{name}\"{hint}")]
    Account {
        /// The name that was given.
        name: String,
        /// Similar names, or all of them.
        hint: String,
    },
    /// There is no such endpoint, pod or cluster.
    #[error("no endpoint, pod or cluster with the name or id \"{name}\"{hint}")]
    Name {
        /// The name that was given.
        name: String,
        /// Similar names, or all of them.
        hint: String,
    },
    /// The exporter cannot be read.
    #[error("--from: {url}: {cause}")]
    Remote {
        /// Its URL.
        url: String,
        /// What happened.
        cause: String,
    },
}

impl CheckError {
    pub(super) fn account(name: &str, known: &[String]) -> Self {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Self::Account { name: name.to_owned(), hint: hint(name, &known) }
    }

    pub(super) fn name(name: &str, known: &[&str]) -> Self {
        Self::Name { name: name.to_owned(), hint: hint(name, known) }
    }
}

/// Similar names, or all names if there are few.
fn hint(name: &str, known: &[&str]) -> String {
    let question = similar::question(name, known);
    match known.len() {
        _ if !question.is_empty() => question,
        0 => "; there is none".to_owned(),
        1..=LISTED => format!("; known: {}", known.join(", ")),
        many => format!("; there are {many}, see: runpod-exporter check"),
    }
}

impl From<EncodeError> for CheckError {
    fn from(EncodeError: EncodeError) -> Self {
        Self::Encode
    }
}
