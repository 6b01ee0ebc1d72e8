//! The flags about Runpod and its APIs, for every command that reads them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::config_file::ConfigFlags;
use super::environment::{is_set, repeated};
use super::{heading, value};
use crate::config::{
    self, Account, ConfigError, DEFAULT_ACCOUNT, Defaults, Inputs, Settings, UrlError, base_url,
};
use crate::settings::Reading;
use runpod::{ApiKey, Limits, Urls};

/// The URLs of Runpod.
const GRAPHQL: &str = "https://api.runpod.io/graphql";
const JOBS: &str = "https://api.runpod.ai/v2";
const REST: &str = "https://api.runpod.io/v2";

#[derive(Debug, Args)]
#[command(next_help_heading = heading::RUNPOD)]
pub(super) struct Upstream {
    /// File with the API key, instead of `RUNPOD_API_KEY`
    ///
    /// There is no flag for the key itself, because `ps` would show it.
    #[arg(long = "runpod.api-key-file", env = "RUNPOD_API_KEY_FILE", value_name = "FILE", value_parser = value::path())]
    api_key_file: Option<PathBuf>,
    /// URL of the GraphQL API
    #[arg(
        long = "runpod.graphql-url",
        env = "RUNPOD_GRAPHQL_URL",
        value_name = "URL",
        default_value = GRAPHQL
    )]
    graphql_url: String,
    /// Base URL of the job API
    #[arg(
        long = "runpod.jobs-url",
        env = "RUNPOD_JOBS_URL",
        value_name = "URL",
        default_value = JOBS
    )]
    jobs_url: String,
    /// Base URL of REST API v2
    #[arg(
        long = "runpod.rest-url",
        env = "RUNPOD_REST_URL",
        value_name = "URL",
        default_value = REST
    )]
    rest_url: String,
    /// Maximum share of the remaining REST quota to use
    ///
    /// More than 0, at most 1. The account's other tools share the quota.
    #[arg(
        long = "runpod.rest-quota-share",
        env = "RUNPOD_REST_QUOTA_SHARE",
        value_name = "SHARE",
        value_parser = value::number,
        default_value_t = Limits::default().rest_share
    )]
    rest_quota_share: f64,
    /// Timeout of one request
    #[arg(long = "runpod.timeout", env = "RUNPOD_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = value::duration)]
    timeout: Duration,
    /// Maximum number of concurrent requests per account
    ///
    /// The default reads all endpoints at once. Lowered to fit the limit on open files, which all accounts share, and while a server
    /// refuses requests (429, 503), fails or becomes slow.
    #[arg(long = "runpod.concurrency", env = "RUNPOD_CONCURRENCY", value_name = "N", value_parser = value::count, default_value_t = Limits::default().concurrency)]
    concurrency: usize,
    /// Maximum size of a response in bytes, decompressed
    ///
    /// The default is 32 MiB.
    #[arg(long = "runpod.max-body-bytes", env = "RUNPOD_MAX_BODY_BYTES", value_name = "BYTES", value_parser = value::count, default_value_t = Limits::default().body)]
    max_body: usize,
    /// Allow plain HTTP to other machines
    ///
    /// The API key is then sent unencrypted.
    #[arg(long = "runpod.allow-insecure", env = "RUNPOD_ALLOW_INSECURE", value_parser = value::switch)]
    pub(super) allow_insecure: bool,
}

/// What is read of an account, and the metrics key file that one collector may need.
#[derive(Debug, Default)]
pub(super) struct ReadFlags {
    pub(super) reading: Reading,
    pub(super) metrics_key_file: Option<PathBuf>,
}

impl Upstream {
    /// The accounts of the configuration file, or the account of these flags.
    pub(super) fn settings(
        &self,
        file: &ConfigFlags,
        read: ReadFlags,
        webhook: config::Webhook,
        open_files: Option<u64>,
        inputs: &Inputs,
    ) -> Result<Settings, ConfigError> {
        let settings = self.read(file, read, webhook, inputs);
        let mut settings = settings.map_err(|error| error.redacted(|text| inputs.redact(text)))?;
        config::fit_open_files(&mut settings.accounts, open_files);
        Ok(settings)
    }

    /// The account of a recording, which has no key.
    pub(super) fn replayed(
        &self,
        file: &ConfigFlags,
        read: ReadFlags,
        webhook: config::Webhook,
    ) -> Result<Settings, ConfigError> {
        if file.file.is_some() {
            return Err(ConfigError::ReplayAndFile);
        }
        // On this machine, so that neither certificates nor proxies are needed: nothing is sent. Errors name these hosts.
        let url =
            |text: &str| base_url(text, false).map_err(|cause| ConfigError::Url { flag: "--replay", cause });
        let urls = Urls {
            graphql: url("http://graphql.recording.localhost/graphql")?,
            jobs: url("http://jobs.recording.localhost/v2")?,
            rest: url("http://rest.recording.localhost/v2")?,
        };
        let limits = config::limits(self.limits())?;
        let key = ApiKey::parse("recording");
        let key = key.map_err(|cause| ConfigError::Key { origin: "--replay".to_owned(), cause })?;
        let (name, reading) = (Arc::from(DEFAULT_ACCOUNT), read.reading);
        let account = Account { name, key, key_file: None, metrics_key: None, urls, limits, reading };
        Ok(Settings { accounts: vec![account], webhook, security: Arc::default() })
    }

    fn read(
        &self,
        file: &ConfigFlags,
        read: ReadFlags,
        webhook: config::Webhook,
        inputs: &Inputs,
    ) -> Result<Settings, ConfigError> {
        let ReadFlags { reading, metrics_key_file } = read;
        let (urls, limits) = (self.urls()?, config::limits(self.limits())?);
        let mut defaults = Defaults {
            urls,
            reading,
            limits,
            webhook,
            allow_insecure: self.allow_insecure,
            shard: file.shard,
        };
        let key_file = self.api_key_file.as_deref();
        let has_key = key_file.is_some() || config::has_api_key(inputs);
        if let Some(path) = &file.file {
            match config::from_file(path, &mut defaults, inputs)? {
                Some(_) if has_key => return Err(ConfigError::FileAndKey),
                Some(accounts) => {
                    return Ok(Settings { accounts, webhook: defaults.webhook, security: Arc::default() });
                }
                None if !has_key => return Err(ConfigError::NoAccounts(path.display().to_string())),
                None => {}
            }
        }
        if let Some(shard) = file.shard.filter(|shard| !shard.is_all()) {
            return Err(ConfigError::NothingToShare(shard));
        }
        let key = config::api_key(inputs, key_file)?;
        let Defaults { urls, reading, limits, webhook, .. } = defaults;
        let metrics_key = metrics_key_file.map(|file| config::metrics_key(inputs, &file)).transpose()?;
        let (name, key_file) = (Arc::from(DEFAULT_ACCOUNT), self.api_key_file.clone());
        let account = Account { name, key, key_file, metrics_key, urls, limits, reading };
        Ok(Settings { accounts: vec![account], webhook, security: Arc::default() })
    }

    /// The flags that another command needs to reach the same account.
    pub(super) fn repeated(&self) -> Vec<String> {
        let key_file = self.api_key_file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        let flags = [
            repeated("--runpod.api-key-file", "RUNPOD_API_KEY_FILE", &key_file, ""),
            repeated("--runpod.graphql-url", "RUNPOD_GRAPHQL_URL", &self.graphql_url, GRAPHQL),
            repeated("--runpod.jobs-url", "RUNPOD_JOBS_URL", &self.jobs_url, JOBS),
            repeated("--runpod.rest-url", "RUNPOD_REST_URL", &self.rest_url, REST),
        ];
        let insecure = self.allow_insecure && !is_set("RUNPOD_ALLOW_INSECURE");
        flags.into_iter().flatten().chain(insecure.then(|| "--runpod.allow-insecure".to_owned())).collect()
    }

    fn urls(&self) -> Result<Urls, ConfigError> {
        let url = |flag, text: &str| {
            let invalid = |cause: UrlError| ConfigError::Url { flag, cause };
            base_url(text, self.allow_insecure).map_err(invalid)
        };
        Ok(Urls {
            graphql: url("--runpod.graphql-url", &self.graphql_url)?,
            jobs: url("--runpod.jobs-url", &self.jobs_url)?,
            rest: url("--runpod.rest-url", &self.rest_url)?,
        })
    }

    const fn limits(&self) -> Limits {
        let &Self { timeout, concurrency, max_body: body, rest_quota_share: rest_share, .. } = self;
        Limits { timeout, concurrency, body, rest_share }
    }
}
