//! The flag that answers from a recording in place of Runpod.

use std::path::PathBuf;

use clap::Args;

use super::{heading, value};

#[derive(Debug, Args)]
#[command(next_help_heading = heading::RUNPOD)]
pub(super) struct ReplayFlag {
    /// Read a recording instead of Runpod: no API key, no network
    ///
    /// The folder is one that `runpod-exporter record` wrote. The time is that of the recording. All collectors are enabled, unless
    /// flags select some.
    #[arg(long = "replay", env = "RUNPOD_EXPORTER_REPLAY", value_name = "DIR", value_parser = value::path())]
    pub(super) folder: Option<PathBuf>,
}
