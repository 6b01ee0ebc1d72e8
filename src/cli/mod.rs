//! What the user typed, and the environment. What it means is decided in `config/`.

mod collectors;
mod logs;
mod loki;
#[cfg(feature = "simulator")]
mod simulated;
mod web;
mod webhook;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use self::collectors::CollectorFlags;
pub use self::logs::Logs;
use self::loki::LokiFlags;
#[cfg(feature = "simulator")]
pub use self::simulated::{Demo, Simulate, SimulatedWebhooks, World};
use self::web::WebFlags;
use self::webhook::WebhookFlags;

use crate::check::Question;
use crate::config::{
    self, Account, ConfigError, DEFAULT_ACCOUNT, Defaults, Settings, UrlError, Web, base_url,
};
use crate::logs::LokiTarget;
use crate::snapshot::Reading;
use crate::telemetry::Format;
use runpod::{Limits, Urls};

/// Where the exporter listens: a port outside of the crowded exporter range.
const LISTEN: &str = "0.0.0.0:10736";

/// The demo is for this machine alone.
const LISTEN_DEMO: &str = "127.0.0.1:10736";

/// Prometheus exporter for Runpod: serverless endpoints, workers, queues, pods and spend.
#[derive(Debug, Parser)]
#[command(name = "runpod-exporter", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Action>,
    #[command(flatten)]
    serve: Serve,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Serve metrics (this is what happens without a command).
    Serve(Box<Serve>),
    /// A simulated Runpod account and the exporter on it, in one process: no key, no network.
    #[cfg(feature = "simulator")]
    Demo(Demo),
    /// Only the simulated Runpod API, for tests, dashboards and benchmarks.
    #[cfg(feature = "simulator")]
    Simulate(Simulate),
    /// One scrape to standard output; exit 0 only if every account answered.
    Scrape(Box<Scrape>),
    /// What the workers of an endpoint, or a pod, write.
    Logs(Box<Logs>),
    /// What is wrong and what to do; exit 0 healthy, 1 degraded, 2 unhealthy, 3 could not look.
    Check(Box<Check>),
    /// Print the catalog of metrics.
    Metrics(Metrics),
    /// Ask a running exporter whether it lives; for a container's health check.
    #[command(hide = true)]
    Healthcheck {
        /// host:port of the exporter.
        #[arg(default_value = LISTEN_DEMO)]
        address: String,
    },
}

/// Flags of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    web: WebFlags,
    #[command(flatten)]
    webhook: WebhookFlags,
    #[command(flatten)]
    loki: LokiFlags,
    /// Check the configuration and exit.
    #[arg(long = "config.check")]
    config_check: bool,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

/// Flags of `scrape`.
#[derive(Debug, Args)]
pub struct Scrape {
    #[command(flatten)]
    upstream: Upstream,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

/// Flags of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Endpoints by name or id; all of them without any.
    #[arg(value_name = "ENDPOINT")]
    endpoints: Vec<String>,
    /// Only the account of this name.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// For programs.
    #[arg(long)]
    pub json: bool,
    /// Between the two looks that are compared.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = humantime::parse_duration)]
    interval: Duration,
    #[command(flatten)]
    upstream: Upstream,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

/// Flags of `metrics`.
#[derive(Debug, Args)]
pub struct Metrics {
    /// markdown or json.
    #[arg(long, default_value = "markdown")]
    pub format: CatalogFormat,
}

/// How the catalog is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum CatalogFormat {
    /// The reference page.
    Markdown,
    /// One object a family.
    Json,
}

#[derive(Debug, Args)]
struct Upstream {
    /// YAML file with several accounts; what it does not say of one is taken from the other flags.
    #[arg(long = "config.file", env = "RUNPOD_EXPORTER_CONFIG", value_name = "FILE")]
    config_file: Option<PathBuf>,
    /// File with the API key; the key itself comes from `RUNPOD_API_KEY` and is never a flag.
    #[arg(long = "runpod.api-key-file", env = "RUNPOD_API_KEY_FILE", value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// File with a key that may read Runpod's own metrics, for collector latency, where the API key may not.
    #[arg(long = "runpod.metrics-key-file", env = "RUNPOD_METRICS_KEY_FILE", value_name = "FILE")]
    metrics_key_file: Option<PathBuf>,
    /// The GraphQL API.
    #[arg(
        long = "runpod.graphql-url",
        env = "RUNPOD_GRAPHQL_URL",
        value_name = "URL",
        default_value = "https://api.runpod.io/graphql"
    )]
    graphql_url: String,
    /// The base of the endpoints' job APIs.
    #[arg(
        long = "runpod.jobs-url",
        env = "RUNPOD_JOBS_URL",
        value_name = "URL",
        default_value = "https://api.runpod.ai/v2"
    )]
    jobs_url: String,
    /// The base of the REST API, second version.
    #[arg(
        long = "runpod.rest-url",
        env = "RUNPOD_REST_URL",
        value_name = "URL",
        default_value = "https://api.runpod.io/v2"
    )]
    rest_url: String,
    /// The most that is taken of what is left of the REST API's quota, which the account's other tools live on too.
    #[arg(
        long = "runpod.rest-quota-share",
        env = "RUNPOD_REST_QUOTA_SHARE",
        value_name = "SHARE",
        default_value_t = Limits::default().rest_share
    )]
    rest_quota_share: f64,
    /// Time for one upstream request.
    #[arg(long = "runpod.timeout", env = "RUNPOD_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = humantime::parse_duration)]
    timeout: Duration,
    /// Upstream requests in flight together, per account; the default reads 1,000 endpoints at once.
    #[arg(long = "runpod.concurrency", env = "RUNPOD_CONCURRENCY", value_name = "N", default_value_t = Limits::default().concurrency)]
    concurrency: usize,
    /// Bytes of one upstream answer, after decompression.
    #[arg(long = "runpod.max-body-bytes", env = "RUNPOD_MAX_BODY_BYTES", value_name = "BYTES", default_value_t = Limits::default().body)]
    max_body: usize,
    /// Allow plain http to other machines, which carries the key in clear.
    #[arg(long = "runpod.allow-insecure", env = "RUNPOD_ALLOW_INSECURE")]
    allow_insecure: bool,
    /// Series about every single worker too: their number grows with each worker that ever was.
    #[arg(long = "collector.workers.each", env = "RUNPOD_EACH_WORKER")]
    each_worker: bool,
    #[command(flatten)]
    collectors: CollectorFlags,
}

/// How to log.
#[derive(Debug, Args)]
pub struct Log {
    /// error, warn, info, debug or trace; `RUST_LOG` is honoured where this is not given.
    #[arg(long = "log.level", env = "RUST_LOG", value_name = "LEVEL", default_value = "info")]
    pub level: String,
    /// logfmt or json.
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt")]
    pub format: Format,
}

/// What the process was called with could not be used.
#[derive(Debug)]
pub enum Misuse {
    /// `--help` or `--version`: no misuse at all, but the end all the same.
    Asked(String),
    /// One line that says what is wrong.
    Wrong(String),
}

impl Cli {
    /// Reads the command line and the environment.
    pub fn read() -> Result<Action, Misuse> {
        Self::from_args(std::env::args_os())
    }

    fn from_args(args: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Action, Misuse> {
        let Self { command, serve } = Self::try_parse_from(args).map_err(|error| misuse(&error))?;
        Ok(command.unwrap_or_else(|| Action::Serve(Box::new(serve))))
    }
}

/// Clap's message on one line: what is wrong and its tip, without the usage that a person can ask for.
fn misuse(error: &clap::Error) -> Misuse {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Misuse::Asked(text);
    }
    let told = text.split("\nUsage:").next().unwrap_or_default();
    let told = told.split("\nFor more information").next().unwrap_or_default();
    let lines: Vec<_> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Misuse::Wrong(format!("{} (see --help)", lines.join("; ").trim_start_matches("error: ")))
}

impl Serve {
    /// What is read, and how finished jobs are taken. The environment and the files are read anew at each call.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        self.upstream.settings(self.webhook.webhook()?, open_files)
    }

    /// How scrapes are served.
    pub fn web(&self) -> Result<Web, ConfigError> {
        self.web.web()
    }

    /// Where the lines of logs are sent, if they are.
    pub fn loki(&self) -> Result<Option<LokiTarget>, ConfigError> {
        self.loki.target(self.upstream.allow_insecure)
    }

    /// The file that names the accounts, if they are in one.
    pub fn config_file(&self) -> Option<PathBuf> {
        self.upstream.config_file.clone()
    }

    /// Whether only the configuration is to be checked.
    pub fn only_checks(&self) -> bool {
        self.config_check
    }
}

impl Scrape {
    /// What is read.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        self.upstream.settings(config::Webhook::default(), open_files)
    }
}

impl Check {
    /// What is read.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        self.upstream.settings(config::Webhook::default(), open_files)
    }

    /// What is to be looked at, where one look may take this long.
    pub fn question(&self, patience: Duration) -> Question {
        let Self { endpoints, account, interval, .. } = self;
        Question { endpoints: endpoints.clone(), account: account.clone(), interval: *interval, patience }
    }
}

impl Upstream {
    fn settings(&self, webhook: config::Webhook, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        let url = |flag, text: &str| {
            let named = |cause: UrlError| ConfigError::Url { flag, cause };
            base_url(text, self.allow_insecure).map_err(named)
        };
        let limits = Limits {
            timeout: self.timeout,
            concurrency: self.concurrency,
            body: self.max_body,
            rest_share: self.rest_quota_share,
        };
        let mut defaults = Defaults {
            urls: Urls {
                graphql: url("--runpod.graphql-url", &self.graphql_url)?,
                jobs: url("--runpod.jobs-url", &self.jobs_url)?,
                rest: url("--runpod.rest-url", &self.rest_url)?,
            },
            reading: Reading {
                collectors: config::collectors(self.collectors.0.clone())?,
                each_worker: self.each_worker,
                ..Reading::default()
            },
            limits: config::limits(limits, open_files)?,
            webhook,
            allow_insecure: self.allow_insecure,
        };
        let (variable, file) = (environment("RUNPOD_API_KEY"), self.api_key_file.as_deref());
        let has_key = variable.is_some() || file.is_some();
        if let Some(path) = &self.config_file {
            match config::from_file(path, &mut defaults, &environment)? {
                Some(_) if has_key => return Err(ConfigError::FileAndKey),
                Some(accounts) => return Ok(Settings { accounts, webhook: defaults.webhook }),
                None if !has_key => return Err(ConfigError::NoAccounts(path.display().to_string())),
                None => {}
            }
        }
        let key = config::api_key(variable.as_deref(), file)?;
        let Defaults { urls, reading, limits, webhook, .. } = defaults;
        let metrics_key = self.metrics_key_file.as_deref().map(config::metrics_key).transpose()?;
        let (name, key_file) = (Arc::from(DEFAULT_ACCOUNT), self.api_key_file.clone());
        let account = Account { name, key, key_file, metrics_key, urls, limits, reading };
        Ok(Settings { accounts: vec![account], webhook })
    }
}

/// Looks a variable up that is no flag: keys.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment enters besides clap")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flags_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_default_timeout_is_that_of_the_client() {
        let args = ["runpod-exporter".into()];
        let Ok(Action::Serve(serve)) = Cli::from_args(args) else { panic!("no flag is required") };
        assert_eq!(serve.upstream.timeout, Limits::default().timeout);
    }

    #[test]
    fn what_cannot_be_used_is_told_in_one_line() {
        for bad in [
            vec!["--collector.pod"],
            vec!["--collectors=pods,queues"],
            vec!["--runpod.timeout=soon"],
            vec!["--log.format=xml"],
            vec!["serv"],
            vec!["--api-key=rpa_x"],
        ] {
            let args = std::iter::once("runpod-exporter").chain(bad.clone()).map(Into::into);
            let Err(Misuse::Wrong(line)) = Cli::from_args(args) else { panic!("{bad:?} was taken") };
            assert!(!line.is_empty() && !line.contains('\n'), "{bad:?}: {line}");
        }
    }
}
