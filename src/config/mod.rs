//! The configuration: validated once, before anything starts.
//!
//! The command line does not belong here: see `cli/`.

mod accounts;
mod client;
mod error;
mod example;
mod file;
mod given;
mod inputs;
mod keys;
mod listen;
mod loki;
mod name;
mod pod_proxy;
mod thresholds;
mod url;
mod variable;
mod web;
mod webhook;
mod yaml;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::accounts::{Defaults, from_file};
pub(crate) use self::client::HttpClient;
pub use self::client::http_client;
pub use self::error::ConfigError;
pub(crate) use self::example::EXAMPLE;
pub use self::file::FileError;
pub use self::inputs::Inputs;
pub(crate) use self::inputs::{Fingerprints, ReadError};
pub(crate) use self::keys::{api_key, has_api_key, metrics_key};
pub(crate) use self::listen::listen_addresses;
pub(crate) use self::loki::loki;
pub use self::pod_proxy::PodProxy;
pub(crate) use self::pod_proxy::{PodProxyError, Reached};
pub(crate) use self::url::{PageUrl, UrlError, base_url};
pub use self::web::security;
pub use self::webhook::{Token, Webhook};
pub(crate) use self::webhook::{WebhookError, webhook_token};
use crate::settings::{Collectors, Invalid, Reading, Shard};
use crate::web::Security;
use program::listen::max_connections;
use runpod::{ApiKey, Limits, Urls};

/// The name of the account when there is only one key.
pub(crate) const DEFAULT_ACCOUNT: &str = "default";

/// Upper bound of the concurrency flag: as many endpoints as a list can have.
pub(crate) const MAX_CONCURRENCY: usize = 10_000;

/// Number of endpoints that few accounts have. A limit on open files that allows as many requests is not worth a warning.
const LARGE_ACCOUNT: usize = 1_000;

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
    /// The web security.
    pub security: Arc<Security>,
}

/// Accounts with the default webhook settings.
impl From<Vec<Account>> for Settings {
    fn from(accounts: Vec<Account>) -> Self {
        Self { accounts, webhook: Webhook::default(), security: Arc::default() }
    }
}

/// How scrapes are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    /// `host:port` or `:port`, at least one.
    pub listen: Vec<String>,
    /// The same for webhooks and pushes of finished jobs. None: those above accept them.
    pub listen_for_jobs: Vec<String>,
    /// The proxy in front of pods.
    pub pod_proxy: PodProxy,
    /// Whether `POST /-/reload` is allowed.
    pub lifecycle: bool,
    /// Whether systemd has opened the listeners, instead of those in `listen`.
    pub inherits: bool,
    /// Subtracted from Prometheus's scrape timeout, so that the response arrives in time.
    pub timeout_offset: Duration,
    /// URL of Grafana, if the overview is to link to it.
    pub grafana: Option<PageUrl>,
    /// Alertmanager, if the overview is to show its alerts.
    pub alertmanager: Option<AlertmanagerUrls>,
    /// URL under which people reach the exporter, if configured.
    pub external: Option<PageUrl>,
    /// Which share of the accounts is read, if several exporters share them.
    pub shard: Option<Shard>,
}

/// The URLs of Alertmanager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertmanagerUrls {
    /// For the exporter, which reads alerts.
    pub api: PageUrl,
    /// For the links of the overview.
    pub link: PageUrl,
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
    let text = error.to_string();
    let problem =
        text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").trim_end_matches('.');
    Invalid::new(format!("invalid regular expression: {problem}; use for example prod-.*"))
}

/// Checks a share of the quota.
pub(crate) fn share(share: f64) -> Result<f64, Invalid> {
    if share > 0.0 && share <= 1.0 {
        return Ok(share);
    }
    Err(Invalid::new(format!("invalid share {share}; use a number above 0 and at most 1, for example 0.5")))
}

/// Checks the limits.
pub(crate) fn limits(limits: Limits) -> Result<Limits, ConfigError> {
    if limits.timeout.is_zero() {
        return Err(ConfigError::Zero { flag: "--runpod.timeout" });
    }
    if !(1..=MAX_CONCURRENCY).contains(&limits.concurrency) {
        return Err(ConfigError::Concurrency(limits.concurrency));
    }
    let rest_share = share(limits.rest_share).map_err(ConfigError::Share)?;
    Ok(Limits { rest_share, ..limits })
}

/// Reduces the concurrency of the accounts to the limit on open files, which all of them share: each connection needs one.
pub(crate) fn fit_open_files(accounts: &mut [Account], open_files: Option<u64>) {
    let Some(files) = open_files.and_then(|files| usize::try_from(files).ok()) else { return };
    let available = files.saturating_sub(max_connections(open_files) + OWN_FILES);
    let each = available.checked_div(accounts.len()).unwrap_or_default();
    for account in accounts.iter_mut() {
        account.limits = reduced(&account.name, account.limits, each);
    }
}

fn reduced(account: &str, limits: Limits, connections: usize) -> Limits {
    let reduced = limits.within(connections);
    let (requested, concurrency) = (limits.concurrency, reduced.concurrency);
    // The default is as many as there can be endpoints, which few accounts have.
    if concurrency < requested.min(LARGE_ACCOUNT) {
        tracing::warn!(
            account,
            requested,
            concurrency,
            "concurrency lowered to fit the limit on open files (ulimit -n), which all accounts share"
        );
    }
    reduced
}

impl Account {
    /// Whether the other account differs only in what a running client can change: keys that come from the same files, and the
    /// concurrency, which depends on the number of accounts.
    pub fn can_become(&self, other: &Self) -> bool {
        let file = |account: &Self| account.metrics_key.as_ref().map(|(file, _)| file.clone());
        let (key, metrics_key) = (other.key.clone(), other.metrics_key.clone());
        let limits = Limits { concurrency: other.limits.concurrency, ..self.limits };
        file(self) == file(other) && Self { key, metrics_key, limits, ..self.clone() } == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Collector;

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
        assert!(matches!(limits(Limits { concurrency: 0, ..requested }), Err(ConfigError::Concurrency(0))));
        let account = |name: &str| {
            let url = ::url::Url::parse("http://127.0.0.1:1").unwrap();
            Account {
                name: Arc::from(name),
                key: ApiKey::parse("rpa_x").unwrap(),
                key_file: None,
                metrics_key: None,
                urls: Urls { graphql: url.clone(), jobs: url.clone(), rest: url },
                limits: limits(requested).unwrap(),
                reading: Reading::default(),
            }
        };
        let concurrency = |count: usize, files| {
            let mut accounts: Vec<_> = (0..count).map(|n| account(&n.to_string())).collect();
            fit_open_files(&mut accounts, files);
            accounts.into_iter().map(|account| account.limits.concurrency).collect::<Vec<_>>()
        };
        // 256 files without 64 for clients and 24 of the exporter: 168 connections, 32 of them for retries.
        assert_eq!(concurrency(1, Some(256)), [136]);
        assert_eq!(concurrency(2, Some(256)), [67; 2]);
        assert_eq!(concurrency(168, Some(256)), [1; 168]);
        assert_eq!(concurrency(3, None), [512; 3]);
        assert_eq!(concurrency(3, Some(1 << 20)), [512; 3]);
        assert_eq!(concurrency(0, Some(256)), [0; 0]);
    }
}
