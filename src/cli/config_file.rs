//! The flag of the configuration file.

use std::path::PathBuf;

use clap::Args;

use super::environment::repeated;
use super::{heading, value};

#[derive(Debug, Args)]
#[command(next_help_heading = heading::CONFIGURATION)]
pub(super) struct ConfigFlags {
    /// YAML file with one or more accounts; other flags are the defaults
    #[arg(long = "config.file", env = "RUNPOD_EXPORTER_CONFIG", value_name = "FILE", value_parser = value::path())]
    pub(super) file: Option<PathBuf>,
}

impl ConfigFlags {
    /// The flag as it was typed, unless the variable has the same value.
    pub(super) fn repeated(&self) -> Vec<String> {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        file.and_then(|file| repeated("--config.file", "RUNPOD_EXPORTER_CONFIG", &file, ""))
            .into_iter()
            .collect()
    }
}
