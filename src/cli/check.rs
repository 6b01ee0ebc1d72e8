//! The flags of `check`.

use std::time::Duration;

use clap::Args;

use super::collectors::CollectorFlags;
use super::config_file::ConfigFlags;
use super::log::Log;
use super::upstream::Upstream;
use super::{inputs, value};
use crate::config::{ConfigError, Settings, Webhook};

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Diagnose endpoints, pods and the account: what is wrong, how severe it is and what to do.

It compares two samples. Problems that count only after some minutes, such as a stuck queue, are found by a running \
exporter: see its overview at / or /api/v1/status.";

/// The last line of `-h`.
pub(super) const CODES: &str = "Exit codes: 0 healthy, 1 degraded, 2 unhealthy, 3 unknown";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Environment:
  RUNPOD_API_KEY  API key; a flag would show it in ps
  NO_COLOR        Any value: no colors
  The other variables are listed with their flags; a flag takes precedence.

Exit codes:
  0  Healthy
  1  Degraded: there is a problem, but every endpoint can serve
  2  Unhealthy: an endpoint cannot serve or cannot be read; also an invalid flag
  3  Unknown: no account answered; also an invalid configuration or no API key

Examples:
  # Diagnose everything
  runpod-exporter check --runpod.api-key-file=runpod.key

  # Diagnose two endpoints, by name or id
  runpod-exporter check llama-3-70b 6rhn4z1gl8o52p

  # Print the verdict as JSON
  runpod-exporter check --json | jq -r .verdict";

/// Flags of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Names or ids of endpoints; all endpoints by default
    #[arg(value_name = "ENDPOINT")]
    pub endpoints: Vec<String>,
    /// Diagnose only the account with this name
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Print JSON
    ///
    /// The document is that of /api/v1/status.
    #[arg(long)]
    pub json: bool,
    /// Interval between the two samples
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = value::duration)]
    pub interval: Duration,
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    collectors: CollectorFlags,
    #[command(flatten)]
    config: ConfigFlags,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

impl Check {
    /// What is read. A diagnosis does not use per-worker series.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        let read = self.collectors.read(false)?;
        self.upstream.settings(&self.config, read, Webhook::default(), open_files, &inputs())
    }
}
