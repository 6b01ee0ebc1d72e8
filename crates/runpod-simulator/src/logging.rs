//! The program's own log, on standard error, and its flags. They are those of the exporter.

use std::io;
use std::str::FromStr;

use clap::Args;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// How to log.
#[derive(Debug, Args)]
#[command(next_help_heading = "Logging")]
pub(crate) struct LogFlags {
    /// Minimum level: error, warn, info, debug or trace
    ///
    /// Or directives per module, for example `info,runpod_simulator=debug`.
    #[arg(long = "log.level", env = "RUST_LOG", value_name = "LEVEL", default_value = "info")]
    level: String,
    /// Log format: logfmt or json
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt")]
    format: Format,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `ts=… level=… target=… msg=… key=value`.
    Logfmt,
    /// One JSON object.
    Json,
}

/// A level or directive that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--log.level: invalid level \"{0}\"; use error, warn, info, debug or trace")]
pub(crate) struct BadFilter(String);

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "logfmt" => Ok(Self::Logfmt),
            "json" => Ok(Self::Json),
            _ => Err("use logfmt or json"),
        }
    }
}

/// Starts logging.
pub(crate) fn start(flags: &LogFlags) -> Result<(), BadFilter> {
    let bad = || BadFilter(flags.level.clone());
    // A single unknown word would select a module of that name, and silence all others.
    let is_word = flags.level.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word && flags.level.parse::<LevelFilter>().is_err() {
        return Err(bad());
    }
    let filter = EnvFilter::try_new(&flags.level).map_err(|_unreadable| bad())?;
    let layer = match flags.format {
        Format::Logfmt => tracing_logfmt::builder().with_target(true).layer().with_writer(io::stderr).boxed(),
        Format::Json => {
            fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(io::stderr).boxed()
        }
    };
    tracing_subscriber::registry().with(layer.with_filter(filter)).init();
    Ok(())
}
