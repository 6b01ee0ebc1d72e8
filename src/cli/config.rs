//! The flags of `config`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::value;

/// The description of `config` in `--help`.
pub(super) const ABOUT: &str = "\
Work with configuration files.

To check one, use `runpod-exporter --config.check --config.file=FILE`.";

/// The description of `config init` in `--help`.
const INIT_ABOUT: &str = "\
Write a configuration file in which every setting is explained and commented out.

It is valid as it is, and then changes nothing. A file that exists is not overwritten. It needs no API key and makes no \
requests.";

/// What follows the flags of `config` and `config init` in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0   Written
  1   Cannot write, or the file exists
  64  Invalid flag

Examples:
  # Write a file, edit it, and check it
  runpod-exporter config init runpod.yml
  runpod-exporter --config.check --config.file=runpod.yml";

/// Flags of `config`.
#[derive(Debug, Args)]
pub struct Config {
    /// What to do.
    #[command(subcommand)]
    pub action: ConfigAction,
}

/// What to do with a configuration file.
#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Write a configuration file with all settings, commented out
    #[command(long_about = INIT_ABOUT, after_long_help = DETAILS)]
    Init(ConfigInit),
}

/// Flags of `config init`.
#[derive(Debug, Args)]
pub struct ConfigInit {
    /// The new file; without one, it is printed
    #[arg(value_parser = value::path())]
    pub file: Option<PathBuf>,
}
