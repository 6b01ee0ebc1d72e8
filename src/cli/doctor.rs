//! The flags of `doctor`.

use std::path::Path;

use clap::Args;

use super::collectors::CollectorFlags;
use super::config_file::ConfigFlags;
use super::inputs;
use super::log::QuietLog;
use super::replay::ReplayFlag;
use super::upstream::Upstream;
use crate::config::{ConfigError, Settings, Webhook};
use crate::settings::Collectors;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Explain what the API key, Runpod's APIs and this machine allow.

It makes one scrape with all collectors and reports which APIs answer and how fast, what the key may read, what each collector gets \
and how often it is read, the quota, the clock, proxies, values and fields that this version does not know, and the routes of \
the REST API that it does not read.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Environment:
  RUNPOD_API_KEY  API key; a flag would show it in ps
  The other variables are listed with their flags; a flag takes precedence.

Exit codes:
  0   Every collector that is on by default, or that flags select, was read
  1   One of them was not read or has failed, or Runpod did not answer
  64  Invalid flag or configuration, no API key, or an unknown account

Examples:
  # What a key may read
  runpod-exporter doctor --runpod.api-key-file=runpod.key

  # The collectors that are not complete
  runpod-exporter doctor --json | jq '.collectors[] | select(.problem)'";

/// Flags of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Examine the account with this name, of several
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    replay: ReplayFlag,
    #[command(flatten)]
    collectors: CollectorFlags,
    #[command(flatten)]
    config: ConfigFlags,
    /// How to log.
    #[command(flatten)]
    pub log: QuietLog,
}

impl Doctor {
    /// The recording to read instead of Runpod.
    pub fn replay(&self) -> Option<&Path> {
        self.replay.folder.as_deref()
    }

    /// What is read: with all collectors, unless flags select some.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        let read = self.collectors.read_all(false)?;
        if self.replay().is_some() {
            return self.upstream.replayed(&self.config, read, Webhook::default());
        }
        self.upstream.settings(&self.config, read, Webhook::default(), open_files, &inputs())
    }

    /// The collectors that are read.
    pub fn collectors(&self) -> Result<Collectors, ConfigError> {
        Ok(self.collectors.read_all(false)?.reading.collectors)
    }

    /// The collectors that should be complete: those that flags select, or those that are on by default.
    pub fn expected(&self) -> Result<Collectors, ConfigError> {
        Ok(self.collectors.read(false)?.reading.collectors)
    }
}
