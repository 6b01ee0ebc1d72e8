//! The flags of `scrape`.

use std::path::Path;

use clap::Args;

use super::collectors::{CollectorFlags, SeriesFlags};
use super::config_file::ConfigFlags;
use super::inputs;
use super::log::Log;
use super::replay::ReplayFlag;
use super::upstream::Upstream;
use crate::config::{ConfigError, Settings, Webhook};

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Print one scrape to standard output, in the Prometheus text format.

This is the quickest way to see whether an API key works. Errors are logged to standard error.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Environment:
  RUNPOD_API_KEY  API key; a flag would show it in ps
  The other variables are listed with their flags; a flag takes precedence.

Exit codes:
  0   Every account answered
  1   An account did not answer (the rest is printed), or the scrape failed
  64  Invalid flag or configuration, or no API key

Examples:
  # Check whether the key works
  runpod-exporter scrape --runpod.api-key-file=runpod.key | grep '^runpod_up'

  # Print the queues only
  runpod-exporter scrape --collectors=endpoints,health";

/// Flags of `scrape`.
#[derive(Debug, Args)]
pub struct Scrape {
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    replay: ReplayFlag,
    #[command(flatten)]
    collectors: CollectorFlags,
    #[command(flatten)]
    series: SeriesFlags,
    #[command(flatten)]
    config: ConfigFlags,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

impl Scrape {
    /// The recording to read instead of Runpod.
    pub fn replay(&self) -> Option<&Path> {
        self.replay.folder.as_deref()
    }

    /// What is read.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        if self.replay().is_some() {
            let read = self.collectors.read_all(self.series.each_worker)?;
            return self.upstream.replayed(&self.config, read, Webhook::default());
        }
        let read = self.collectors.read(self.series.each_worker)?;
        self.upstream.settings(&self.config, read, Webhook::default(), open_files, &inputs())
    }
}
