//! The log of the program: one line per event on standard error, as logfmt or JSON.

use std::io;
use std::str::FromStr;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, fmt};

/// The format of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `ts=… level=… target=… msg=… key=value`.
    Logfmt,
    /// A JSON object.
    Json,
}

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

/// Starts logging. `filter` is a level such as `info`, or a list such as
/// `info,runpod=debug` of levels by module, as in `RUST_LOG`.
pub fn start(filter: &str, format: Format) -> Result<(), InvalidFilter> {
    let invalid = || InvalidFilter(filter.to_owned());
    // `Targets` would parse an unknown level as the name of a module, and disable the logs of all others.
    let is_word = filter.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word && filter.parse::<LevelFilter>().is_err() {
        return Err(invalid());
    }
    let filter: Targets = filter.parse().map_err(|_unreadable| invalid())?;
    let layer = match format {
        Format::Logfmt => tracing_logfmt::builder().with_target(true).layer().with_writer(io::stderr).boxed(),
        Format::Json => {
            fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(io::stderr).boxed()
        }
    };
    // An error means that a test has started logging before: its subscriber stays.
    tracing_subscriber::registry().with(layer.with_filter(filter)).try_init().unwrap_or_default();
    Ok(())
}

/// The level or directive is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--log.level: invalid level \"{0}\"; use error, warn, info, debug or trace")]
pub struct InvalidFilter(String);
