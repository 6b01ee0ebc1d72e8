//! The flags of `record`.

use std::path::PathBuf;

use clap::Args;

use super::collectors::CollectorFlags;
use super::config_file::ConfigFlags;
use super::log::QuietLog;
use super::upstream::Upstream;
use super::{inputs, value};
use crate::config::{ConfigError, Settings, Webhook};

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Record what Runpod answers, for a bug report or a test.

It makes one scrape of everything that the API key may read, with all collectors, and follows the logs of one endpoint for some \
seconds. Requests and answers become files. Before they are written, names, ids, addresses, keys, environments, log lines and all other \
strings are replaced by stand-ins, unless they are known to be harmless. Look through the folder before you share it.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Environment:
  RUNPOD_API_KEY  API key; a flag would show it in ps
  The other variables are listed with their flags; a flag takes precedence.

Exit codes:
  0   Recorded; requests that failed are in the report
  1   Runpod did not answer, or the folder cannot be written
  64  Invalid flag or configuration, no API key, or an unknown account

Examples:
  # Record into a new folder
  runpod-exporter record runpod-recording --runpod.api-key-file=runpod.key

  # Record one account of several
  runpod-exporter record runpod-recording --config.file=my.yml --account=prod";

/// Flags of `record`.
#[derive(Debug, Args)]
pub struct Record {
    /// Folder to write, which is empty or does not exist
    #[arg(value_name = "DIR", value_parser = value::path())]
    pub folder: PathBuf,
    /// Record the account with this name, of several
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    collectors: CollectorFlags,
    #[command(flatten)]
    config: ConfigFlags,
    /// How to log.
    #[command(flatten)]
    pub log: QuietLog,
}

impl Record {
    /// What is read: with all collectors, unless flags select some.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        let read = self.collectors.read_all(true)?;
        self.upstream.settings(&self.config, read, Webhook::default(), open_files, &inputs())
    }

    /// The collectors of flags, for accounts of a configuration file, which have their own.
    pub fn collectors(&self) -> Result<crate::settings::Collectors, ConfigError> {
        Ok(self.collectors.read_all(true)?.reading.collectors)
    }
}
