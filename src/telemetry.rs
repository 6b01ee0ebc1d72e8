//! Logs: one line an event, on standard error, for people and for machines. What is worth a line is decided where it
//! happens.

use std::io;
use std::str::FromStr;
use std::time::Duration;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `ts=… level=… target=… msg=… key=value`.
    Logfmt,
    /// One JSON object.
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

/// Starts logging. `filter` is a level such as `info`, or directives as `RUST_LOG` takes them.
pub fn start(filter: &str, format: Format) -> Result<(), BadFilter> {
    let bad = || BadFilter(filter.to_owned());
    // Alone, a word that is no level would be taken for the name of a module, and all others fall silent.
    let is_word = filter.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word && filter.parse::<LevelFilter>().is_err() {
        return Err(bad());
    }
    let filter = EnvFilter::try_new(filter).map_err(|_unreadable| bad())?;
    let layer = match format {
        Format::Logfmt => tracing_logfmt::builder().with_target(true).layer().with_writer(io::stderr).boxed(),
        Format::Json => {
            fmt::layer().json().flatten_event(true).with_current_span(false).with_writer(io::stderr).boxed()
        }
    };
    // Says Err if a test has started logging before: then its choice stands.
    tracing_subscriber::registry().with(layer.with_filter(filter)).try_init().unwrap_or_default();
    Ok(())
}

/// A duration as a field of a log line: whole milliseconds, as a number.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A level or directive that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--log.level: invalid level \"{0}\"; use error, warn, info, debug or trace")]
pub struct BadFilter(String);
