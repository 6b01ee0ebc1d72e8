//! The configuration: validated once, before anything starts.
//!
//! The command line does not belong here: see `cli/`.

mod accounts;
mod file;
mod loki;
mod thresholds;
mod url;
mod webhook;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::accounts::{Defaults, from_file};
pub(crate) use self::file::FileError;
pub(crate) use self::loki::loki;
pub(crate) use self::url::{PageUrl, UrlError, base_url};
pub use self::webhook::{Token, Webhook};
pub(crate) use self::webhook::{WebhookError, webhook_token};
use crate::settings::{Collectors, Invalid, Reading};
use program::listen::max_connections;
use runpod::{ApiKey, KeyError, Limits, Urls};

/// The name of the account when there is only one key.
pub(crate) const DEFAULT_ACCOUNT: &str = "default";

/// Upper bound of the concurrency flag, so that a typing error does not flood Runpod.
pub(crate) const MAX_CONCURRENCY: usize = 10_000;

/// Open files that the exporter needs besides its connections: listeners, standard streams, the runtime, watched files.
const OWN_FILES: usize = 24;

/// An account to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its name, the value of the `account` label.
    pub name: Arc<str>,
    /// Its API key.
    pub key: ApiKey,
    /// The file that contains the key, if it is not in a variable.
    pub key_file: Option<PathBuf>,
    /// The metrics key and its file, if there is one.
    pub metrics_key: Option<(PathBuf, ApiKey)>,
    /// The URLs of its APIs.
    pub urls: Urls,
    /// The limits of requests.
    pub limits: Limits,
    /// What is read, and how often.
    pub reading: Reading,
}

/// The settings that a reload replaces.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The accounts, in the order of the configuration.
    pub accounts: Vec<Account>,
    /// How finished jobs are accepted.
    pub webhook: Webhook,
}

/// Accounts with the default webhook settings.
impl From<Vec<Account>> for Settings {
    fn from(accounts: Vec<Account>) -> Self {
        Self { accounts, webhook: Webhook::default() }
    }
}

/// How scrapes are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    /// `host:port`, at least one.
    pub listen: Vec<String>,
    /// Subtracted from Prometheus's scrape timeout, so that the response arrives in time.
    pub timeout_offset: Duration,
    /// URL of Grafana, if the overview is to link to it.
    pub grafana: Option<PageUrl>,
}

/// Why the configuration cannot be used. Each message is one line and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither key nor key file.
    #[error("no API key")]
    NoKey,
    /// Both key and key file.
    #[error(
        "RUNPOD_API_KEY and --runpod.api-key-file (RUNPOD_API_KEY_FILE) are both set; remove one of them"
    )]
    TwoKeys,
    /// The key file cannot be read.
    #[error("cannot read the API key file {path}: {cause}")]
    KeyFile {
        /// Its path.
        path: String,
        /// The error of the operating system.
        cause: std::io::Error,
    },
    /// The key is invalid. The message does not repeat it.
    #[error("{origin}: {cause}")]
    Key {
        /// The file or variable that contains it.
        origin: String,
        /// What is wrong with it.
        cause: KeyError,
    },
    /// A base URL is invalid.
    #[error("{flag}: {cause}")]
    Url {
        /// The flag.
        flag: &'static str,
        /// What is wrong with it.
        cause: UrlError,
    },
    /// The configuration file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The token of the webhook.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// Accounts in the file, and a key in the environment that belongs to none of them.
    #[error(
        "--config.file defines the accounts, but RUNPOD_API_KEY or --runpod.api-key-file is set too; remove one of them"
    )]
    FileAndKey,
    /// The concurrency is out of range.
    #[error("--runpod.concurrency: {0} is out of range; use 1 to {MAX_CONCURRENCY}")]
    Concurrency(usize),
    /// The share of the quota is out of range.
    #[error("--runpod.rest-quota-share: {0}")]
    Share(Invalid),
    /// Neither the file nor the flags configure an account.
    #[error(
        "{0}: no accounts configured; add accounts to the file, or set RUNPOD_API_KEY or --runpod.api-key-file"
    )]
    NoAccounts(String),
    /// A duration must not be zero.
    #[error("{flag}: must be greater than zero, for example 10s")]
    Zero {
        /// The flag.
        flag: &'static str,
    },
    /// A collector is enabled without one that it needs.
    #[error("collector \"{collector}\" needs collector \"{needed}\"; enable both or disable both")]
    Needs {
        /// The enabled collector.
        collector: &'static str,
        /// The disabled collector.
        needed: &'static str,
    },
    /// A flag for Loki is invalid.
    #[error("{flag}: {cause}")]
    Loki {
        /// The flag.
        flag: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// No collector is enabled.
    #[error("all collectors are disabled; enable at least one")]
    NothingToCollect,
}

/// Reads the API key from the variable or the file. There is no flag for the key, because `ps` would show it.
pub(crate) fn api_key(variable: Option<&str>, file: Option<&Path>) -> Result<ApiKey, ConfigError> {
    let variable = variable.filter(|value| !value.trim().is_empty());
    match (variable, file) {
        (None, None) => Err(ConfigError::NoKey),
        (Some(_), Some(_)) => Err(ConfigError::TwoKeys),
        (Some(value), None) => {
            let invalid = |cause| ConfigError::Key { origin: "RUNPOD_API_KEY".to_owned(), cause };
            ApiKey::parse(value).map_err(invalid)
        }
        (None, Some(path)) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|cause| ConfigError::KeyFile { path: name.clone(), cause })?;
            ApiKey::parse(&text).map_err(|cause| ConfigError::Key { origin: name, cause })
        }
    }
}

/// Reads the metrics key from its file.
pub(crate) fn metrics_key(file: &Path) -> Result<(PathBuf, ApiKey), ConfigError> {
    Ok((file.to_owned(), api_key(None, Some(file))?))
}

/// Checks that each collector has those that it needs.
pub fn collectors(collectors: Collectors) -> Result<Collectors, ConfigError> {
    if let Some((collector, needed)) = collectors.missing_need() {
        return Err(ConfigError::Needs { collector: collector.as_str(), needed: needed.as_str() });
    }
    if collectors.is_empty() {
        return Err(ConfigError::NothingToCollect);
    }
    Ok(collectors)
}

/// The error of an invalid pattern, in one line: the lines before the last draw the pattern.
fn pattern(error: &regex::Error) -> Invalid {
    Invalid::new(error.to_string().lines().last().unwrap_or_default().trim())
}

/// Checks a share of the quota.
pub(crate) fn share(share: f64) -> Result<f64, Invalid> {
    if share > 0.0 && share <= 1.0 {
        return Ok(share);
    }
    Err(Invalid::new(format!("invalid share {share}; use a number above 0 and at most 1, for example 0.5")))
}

/// Checks the limits, and reduces the concurrency to the limit on open files: each connection needs one.
pub(crate) fn limits(limits: Limits, open_files: Option<u64>) -> Result<Limits, ConfigError> {
    if limits.timeout.is_zero() {
        return Err(ConfigError::Zero { flag: "--runpod.timeout" });
    }
    if !(1..=MAX_CONCURRENCY).contains(&limits.concurrency) {
        return Err(ConfigError::Concurrency(limits.concurrency));
    }
    let files = open_files.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    let available = files.saturating_sub(max_connections(open_files) + OWN_FILES).max(1);
    let concurrency = limits.concurrency.min(available);
    if concurrency < limits.concurrency {
        tracing::warn!(
            requested = limits.concurrency,
            concurrency,
            "concurrency lowered to fit the limit on open files (ulimit -n)"
        );
    }
    let rest_share = share(limits.rest_share).map_err(ConfigError::Share)?;
    Ok(Limits { concurrency, rest_share, ..limits })
}

impl Account {
    /// Whether the other account differs only in keys that come from the same files.
    pub fn differs_only_in_keys(&self, other: &Self) -> bool {
        let file = |account: &Self| account.metrics_key.as_ref().map(|(file, _)| file.clone());
        let (key, metrics_key) = (other.key.clone(), other.metrics_key.clone());
        file(self) == file(other) && Self { key, metrics_key, ..self.clone() } == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Collector;

    #[test]
    fn a_key_has_one_source() {
        assert!(matches!(api_key(None, None), Err(ConfigError::NoKey)));
        assert!(matches!(api_key(Some(" "), None), Err(ConfigError::NoKey)));
        assert!(matches!(api_key(Some("rpa_x"), Some(Path::new("/x"))), Err(ConfigError::TwoKeys)));
        let error = api_key(None, Some(Path::new("/nowhere/key"))).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the API key file /nowhere/key: "), "{error}");
    }

    #[test]
    fn health_needs_the_list_of_endpoints() {
        let error = collectors(Collectors::from_iter([Collector::Health])).unwrap_err();
        assert!(matches!(error, ConfigError::Needs { collector: "health", needed: "endpoints" }));
        assert!(matches!(collectors(Collectors::from_iter([])), Err(ConfigError::NothingToCollect)));
    }

    #[test]
    fn concurrency_fits_the_open_files() {
        let requested =
            Limits { timeout: Duration::from_secs(1), concurrency: 512, body: 1, rest_share: 0.5 };
        assert_eq!(limits(requested, Some(256)).unwrap().concurrency, 168);
        assert_eq!(limits(requested, None).unwrap().concurrency, 512);
        assert!(matches!(
            limits(Limits { concurrency: 0, ..requested }, None),
            Err(ConfigError::Concurrency(0))
        ));
    }
}
