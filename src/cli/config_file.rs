//! The flag of the configuration file.

use std::path::PathBuf;

use clap::Args;

use super::environment::repeated;
use super::{heading, value};
use crate::settings::Shard;

#[derive(Debug, Args)]
#[command(next_help_heading = heading::CONFIGURATION)]
pub(super) struct ConfigFlags {
    /// YAML file with one or more accounts; other flags are the defaults
    #[arg(long = "config.file", env = "RUNPOD_EXPORTER_CONFIG", value_name = "FILE", value_parser = value::path())]
    pub(super) file: Option<PathBuf>,
    /// Read only this share of the accounts in the file
    ///
    /// For several exporters with one file: 0/3, 1/3 and 2/3 are three of them. Each account has one shard, which depends on its
    /// name.
    #[arg(long = "config.shard", env = "RUNPOD_EXPORTER_SHARD", value_name = "INDEX/COUNT")]
    pub(super) shard: Option<Shard>,
}

impl ConfigFlags {
    /// The flag as it was typed, unless the variable has the same value.
    pub(super) fn repeated(&self) -> Vec<String> {
        let file = self.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        let shard = self.shard.map(|shard| shard.to_string()).unwrap_or_default();
        let file = repeated("--config.file", "RUNPOD_EXPORTER_CONFIG", &file, "");
        let shard = repeated("--config.shard", "RUNPOD_EXPORTER_SHARD", &shard, "");
        file.into_iter().chain(shard).collect()
    }
}
