//! What the user's settings mean: validated once, before anything starts. What the user typed is in `cli.rs`.

mod accounts;
mod file;
mod loki;
mod thresholds;
mod url;
mod webhook;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use self::accounts::{Defaults, from_file};
pub use self::file::FileError;
pub use self::loki::loki;
pub use self::url::{PageUrl, UrlError, base_url};
pub use self::webhook::{Token, Webhook, WebhookError, webhook_token};
use crate::settings::{Collectors, Reading};
use runpod::{ApiKey, KeyError, Limits, Urls};

/// The name of the account when there is only one key.
pub const DEFAULT_ACCOUNT: &str = "default";

/// The most requests in flight that are allowed, whatever the flag says: a typing error shall not flood Runpod.
pub const MAX_CONCURRENCY: usize = 10_000;

/// Sockets and files that the exporter needs besides its upstream requests: scrapers, listeners, the runtime.
const SPARE_FILES: u64 = 64;

/// One account to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its name, which the `account` label shows.
    pub name: Arc<str>,
    /// Its key.
    pub key: ApiKey,
    /// The file that the key came from, if it came from one.
    pub key_file: Option<PathBuf>,
    /// The file with its key for metrics, and that key, where it has one.
    pub metrics_key: Option<(PathBuf, ApiKey)>,
    /// Where its APIs are.
    pub urls: Urls,
    /// How much may be asked of it.
    pub limits: Limits,
    /// What is read of it.
    pub reading: Reading,
}

/// Everything that a reload reads anew.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The accounts, in the order of the configuration.
    pub accounts: Vec<Account>,
    /// How finished jobs are taken.
    pub webhook: Webhook,
}

/// Accounts alone: jobs are taken as by default.
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
    /// Taken off Prometheus's scrape timeout, so that the answer arrives before Prometheus gives up.
    pub timeout_offset: Duration,
    /// Where Grafana is. `None`: the overview does not link to it.
    pub grafana: Option<PageUrl>,
}

/// Why the settings cannot be used. One line each, and each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither key nor key file.
    #[error("no API key")]
    NoKey,
    /// Both, and nobody can say which was meant.
    #[error(
        "RUNPOD_API_KEY and --runpod.api-key-file (RUNPOD_API_KEY_FILE) are both set; remove one of them"
    )]
    TwoKeys,
    /// The file with the key.
    #[error("cannot read the API key file {path}: {cause}")]
    KeyFile {
        /// As given.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The key itself, which the message does not repeat.
    #[error("{origin}: {cause}")]
    Key {
        /// Where it came from.
        origin: String,
        /// What is wrong with it.
        cause: KeyError,
    },
    /// A base URL.
    #[error("{flag}: {cause}")]
    Url {
        /// Which.
        flag: &'static str,
        /// What is wrong with it.
        cause: UrlError,
    },
    /// The configuration file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The token of the job webhook.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// Keys in the file and in the environment, and nobody can say which account the second is.
    #[error(
        "--config.file defines the accounts, but RUNPOD_API_KEY or --runpod.api-key-file is set too; remove one of them"
    )]
    FileAndKey,
    /// The limit on requests in flight.
    #[error("--runpod.concurrency: {0} is out of range; use 1 to {MAX_CONCURRENCY}")]
    Concurrency(usize),
    /// The share of the quota.
    #[error("--runpod.rest-quota-share: {0}")]
    Share(String),
    /// The file says nothing of accounts, and nobody else does.
    #[error(
        "{0}: no accounts configured; add accounts to the file, or set RUNPOD_API_KEY or --runpod.api-key-file"
    )]
    NoAccounts(String),
    /// A time that must not be nought.
    #[error("{flag}: must be greater than zero, for example 10s")]
    Zero {
        /// Which.
        flag: &'static str,
    },
    /// A collector is on without one whose results it starts from.
    #[error("collector \"{collector}\" needs collector \"{needed}\"; enable both or disable both")]
    Needs {
        /// The collector that is on.
        collector: &'static str,
        /// The collector that is off.
        needed: &'static str,
    },
    /// Where lines are sent.
    #[error("{flag}: {cause}")]
    Loki {
        /// Which.
        flag: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// Nothing is switched on.
    #[error("all collectors are disabled; enable at least one")]
    NothingToCollect,
}

/// Takes the key from where it is: the variable or the file, never a flag, which the process list would show.
pub fn api_key(variable: Option<&str>, file: Option<&Path>) -> Result<ApiKey, ConfigError> {
    let variable = variable.filter(|value| !value.trim().is_empty());
    match (variable, file) {
        (None, None) => Err(ConfigError::NoKey),
        (Some(_), Some(_)) => Err(ConfigError::TwoKeys),
        (Some(value), None) => {
            let origin = || "RUNPOD_API_KEY".to_owned();
            ApiKey::parse(value).map_err(|cause| ConfigError::Key { origin: origin(), cause })
        }
        (None, Some(path)) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|cause| ConfigError::KeyFile { path: name.clone(), cause })?;
            ApiKey::parse(&text).map_err(|cause| ConfigError::Key { origin: name, cause })
        }
    }
}

/// Takes the key for metrics from its file.
pub fn metrics_key(file: &Path) -> Result<(PathBuf, ApiKey), ConfigError> {
    Ok((file.to_owned(), api_key(None, Some(file))?))
}

/// Checks that the collectors can work together.
pub fn collectors(collectors: Collectors) -> Result<Collectors, ConfigError> {
    if let Some((collector, needed)) = collectors.missing_need() {
        return Err(ConfigError::Needs { collector: collector.as_str(), needed: needed.as_str() });
    }
    if collectors.is_empty() {
        return Err(ConfigError::NothingToCollect);
    }
    Ok(collectors)
}

/// What is wrong with a pattern: the first lines of the error draw it, and the last says so.
fn pattern(error: &regex::Error) -> String {
    error.to_string().lines().last().unwrap_or_default().trim().to_owned()
}

/// Checks a share: all of the quota, or a part of it, but not nothing.
pub fn share(share: f64) -> Result<f64, String> {
    if share > 0.0 && share <= 1.0 {
        return Ok(share);
    }
    Err(format!("invalid share {share}; use a number above 0 and at most 1, for example 0.5"))
}

/// Checks the limits and fits the concurrency to the files that the system lets the process open, one a connection.
pub fn limits(limits: Limits, open_files: Option<u64>) -> Result<Limits, ConfigError> {
    if limits.timeout.is_zero() {
        return Err(ConfigError::Zero { flag: "--runpod.timeout" });
    }
    if !(1..=MAX_CONCURRENCY).contains(&limits.concurrency) {
        return Err(ConfigError::Concurrency(limits.concurrency));
    }
    let room = open_files.map_or(u64::MAX, |files| files.saturating_sub(SPARE_FILES).max(1));
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    if room < limits.concurrency {
        tracing::warn!(
            asked = limits.concurrency,
            concurrency = room,
            "concurrency lowered to fit the limit on open files (ulimit -n)"
        );
    }
    let rest_share = share(limits.rest_share).map_err(ConfigError::Share)?;
    Ok(Limits { concurrency: limits.concurrency.min(room), rest_share, ..limits })
}

impl Account {
    /// Whether the other is this account with other keys from the same places.
    pub fn differs_in_keys_alone(&self, other: &Self) -> bool {
        let path = |account: &Self| account.metrics_key.as_ref().map(|(path, _)| path.clone());
        let keys = (other.key.clone(), other.metrics_key.clone());
        path(self) == path(other) && Self { key: keys.0, metrics_key: keys.1, ..self.clone() } == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Collector;

    #[test]
    fn a_key_comes_from_one_place() {
        assert!(matches!(api_key(None, None), Err(ConfigError::NoKey)));
        assert!(matches!(api_key(Some(" "), None), Err(ConfigError::NoKey)));
        assert!(matches!(api_key(Some("rpa_x"), Some(Path::new("/x"))), Err(ConfigError::TwoKeys)));
        let error = api_key(None, Some(Path::new("/nowhere/key"))).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the API key file /nowhere/key: "), "{error}");
    }

    #[test]
    fn health_needs_to_know_whom_to_ask() {
        let error = collectors(Collectors::from_iter([Collector::Health])).unwrap_err();
        assert!(matches!(error, ConfigError::Needs { collector: "health", needed: "endpoints" }));
        assert!(matches!(collectors(Collectors::from_iter([])), Err(ConfigError::NothingToCollect)));
    }

    #[test]
    fn concurrency_fits_the_open_files() {
        let asked = Limits { timeout: Duration::from_secs(1), concurrency: 512, body: 1, rest_share: 0.5 };
        assert_eq!(limits(asked, Some(256)).unwrap().concurrency, 192);
        assert_eq!(limits(asked, None).unwrap().concurrency, 512);
        assert!(matches!(limits(Limits { concurrency: 0, ..asked }, None), Err(ConfigError::Concurrency(0))));
    }
}
