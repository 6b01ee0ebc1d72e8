//! The flag of the configuration file.

use std::path::PathBuf;

use clap::Args;

use super::{heading, value};

#[derive(Debug, Args)]
#[command(next_help_heading = heading::CONFIGURATION)]
pub(super) struct ConfigFlags {
    /// YAML file with one or more accounts; other flags are the defaults
    #[arg(long = "config.file", env = "RUNPOD_EXPORTER_CONFIG", value_name = "FILE", value_parser = value::path())]
    pub(super) file: Option<PathBuf>,
}
