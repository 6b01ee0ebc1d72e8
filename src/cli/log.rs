//! The flags of the program's own log, which every command that reads or serves has.

use clap::Args;

use super::{heading, value};
use program::log::Format;

/// How to log, for commands whose output is for people: only what fails.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::LOGGING)]
pub struct QuietLog {
    /// Minimum level: error, warn, info, debug or trace
    ///
    /// Or directives per module, for example `info,runpod_exporter=debug`. What cannot be read is in the output itself.
    #[arg(long = "log.level", env = "RUST_LOG", value_name = "LEVEL", value_parser = value::text, default_value = "error")]
    pub level: String,
    /// Log format: logfmt or json
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt")]
    pub format: Format,
}

/// How to log.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::LOGGING)]
pub struct Log {
    /// Minimum level: error, warn, info, debug or trace
    ///
    /// Or directives per module, for example `info,runpod_exporter=debug`.
    #[arg(long = "log.level", env = "RUST_LOG", value_name = "LEVEL", value_parser = value::text, default_value = "info")]
    pub level: String,
    /// Log format: logfmt or json
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt")]
    pub format: Format,
}
