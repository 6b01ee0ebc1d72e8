//! The flags of `serve`, which is also the default command.

use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::collectors::{CollectorFlags, SeriesFlags};
use super::config_file::ConfigFlags;
use super::heading;
use super::log::Log;
use super::loki::LokiFlags;
use super::replay::ReplayFlag;
use super::upstream::Upstream;
use super::web::WebFlags;
use super::webhook::WebhookFlags;
use crate::config::{ConfigError, Inputs, Settings, Web};
use crate::logs::LokiTarget;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Serve metrics at /metrics, an overview at / and the documentation at /docs/.

Each scrape reads Runpod and is answered within Prometheus's scrape timeout. The API key comes from \
RUNPOD_API_KEY or from a file; read-only access is enough. The configuration and the keys are reloaded when their \
files change, on SIGHUP and on POST /-/reload.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Environment:
  RUNPOD_API_KEY        API key; a flag would show it in ps
  RUNPOD_WEBHOOK_TOKEN  Token for webhooks and pushes of finished jobs
  The other variables are listed with their flags; a flag takes precedence.

Exit codes:
  0   Stopped by SIGINT or SIGTERM, or --config.check found no error
  1   Cannot start, for example because the port is in use; or a second signal
  64  Invalid flag or configuration, or no API key

Examples:
  # Read the API key from a file
  runpod-exporter --runpod.api-key-file=runpod.key

  # Enable one collector, disable another
  runpod-exporter --collector.latency --no-collector.billing

  # Check a configuration file
  runpod-exporter --config.check --config.file=runpod.yml

  # Count the log lines of all workers and send them to Loki
  runpod-exporter --collector.logs --logs.loki-url=http://localhost:3100";

/// Flags of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    replay: ReplayFlag,
    #[command(flatten)]
    pub(super) collectors: CollectorFlags,
    #[command(flatten)]
    series: SeriesFlags,
    #[command(flatten)]
    web: WebFlags,
    #[command(flatten)]
    webhook: WebhookFlags,
    #[command(flatten)]
    loki: LokiFlags,
    #[command(flatten)]
    config: ConfigFlags,
    /// Check the configuration and exit
    #[arg(long = "config.check", help_heading = heading::CONFIGURATION)]
    config_check: bool,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

impl Serve {
    /// The recording to read instead of Runpod.
    pub fn replay(&self) -> Option<&Path> {
        self.replay.folder.as_deref()
    }

    /// What is read, and how finished jobs are accepted. Each call reads the environment and the files again.
    pub fn settings(&self, open_files: Option<u64>, inputs: &Inputs) -> Result<Settings, ConfigError> {
        inputs.begin();
        let webhook = self.webhook.webhook(inputs)?;
        let settings = if self.replay().is_some() {
            let read = self.collectors.read_all(self.series.each_worker)?;
            self.upstream.replayed(&self.config, read, webhook)?
        } else {
            let read = self.collectors.read(self.series.each_worker)?;
            self.upstream.settings(&self.config, read, webhook, open_files, inputs)?
        };
        Ok(Settings { security: Arc::new(self.web.security(inputs)?), ..settings })
    }

    /// How scrapes are served.
    pub fn web(&self) -> Result<Web, ConfigError> {
        self.web.web(self.webhook.listen()?, self.config.shard)
    }

    /// The Loki that log lines are sent to, if there is one.
    pub fn loki(&self, inputs: &Inputs) -> Result<Option<LokiTarget>, ConfigError> {
        self.loki.target(self.upstream.allow_insecure, inputs)
    }

    /// Whether only the configuration is to be checked.
    pub fn only_checks(&self) -> bool {
        self.config_check
    }
}
