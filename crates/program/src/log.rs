//! The log of the program: one line per event on standard error, as logfmt or JSON.

use std::borrow::Cow;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, fmt};

use crate::text::{visible, visible_json};

static STARTED: AtomicBool = AtomicBool::new(false);

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
    let filter = targets(filter).ok_or_else(invalid)?;
    // An internal error is an event that cannot be written, for example because standard error was closed. The subscriber
    // would print it there, raw, and panic if that fails too.
    let layer = match format {
        Format::Logfmt => {
            let layer = tracing_logfmt::builder().with_target(true).layer().log_internal_errors(false);
            layer.with_writer(|| Lines { out: io::stderr(), show: visible }).boxed()
        }
        Format::Json => {
            let layer = fmt::layer().json().flatten_event(true).with_current_span(false);
            let layer = layer.log_internal_errors(false);
            layer.with_writer(|| Lines { out: io::stderr(), show: visible_json }).boxed()
        }
    };
    // An error means that a test has started logging before: its subscriber stays.
    tracing_subscriber::registry().with(layer.with_filter(filter)).try_init().unwrap_or_default();
    STARTED.store(true, Ordering::Relaxed);
    Ok(())
}

/// The levels of a list. `Targets` alone would parse an unknown level as the name of a module, and an empty element as the
/// level error; both disable the logs of all other modules.
fn targets(filter: &str) -> Option<Targets> {
    let elements: Vec<&str> =
        filter.split(',').map(str::trim).filter(|element| !element.is_empty()).collect();
    let is_module = |name: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-');
        !name.is_empty() && name.bytes().all(allowed)
    };
    let is_level = |level: &str| level.parse::<LevelFilter>().is_ok() && !level.is_empty();
    let is_valid = |element: &&str| match element.split_once('=') {
        Some((module, level)) => is_module(module) && is_level(level),
        None => is_level(element),
    };
    if elements.is_empty() || !elements.iter().all(is_valid) {
        return None;
    }
    elements.join(",").parse().ok()
}

/// Whether events are logged.
pub(crate) fn has_started() -> bool {
    STARTED.load(Ordering::Relaxed)
}

/// Writes each event as one line without control characters, so that a terminal shows it and obeys none of it.
struct Lines<W> {
    out: W,
    show: fn(&str) -> Cow<'_, str>,
}

impl<W: Write> Write for Lines<W> {
    /// Writes one event. The subscriber passes each event as a whole.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = (self.show)(text.strip_suffix('\n').unwrap_or(&text));
        self.out.write_all(format!("{line}\n").as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The level or directive is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "--log.level: invalid level \"{0}\"; use error, warn, info, debug or trace, or a list such as info,runpod=debug"
)]
pub struct InvalidFilter(String);

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_list_has_levels_and_modules_with_levels() {
        for filter in
            ["info", "INFO", " info , ", "info,", ",info", "info,,hyper=warn", "info,runpod::client=trace"]
        {
            let targets = targets(filter).unwrap();
            assert!(targets.would_enable("runpod_exporter", &Level::INFO), "{filter}");
            assert!(!targets.would_enable("runpod_exporter", &Level::DEBUG), "{filter}");
        }
        assert!(!targets("off").unwrap().would_enable("runpod_exporter", &Level::ERROR));
    }

    /// Each of these would silently disable the logs.
    #[test]
    fn what_is_no_level_is_refused() {
        let filters = [
            ",",
            "=",
            "inof",
            "inof,runpod=debug",
            "info,hyper",
            "[{",
            "info,[x]=debug",
            "=info",
            "runpod=",
            "a b=info",
            "rpa_1234567890",
        ];
        for filter in filters {
            assert!(targets(filter).is_none(), "{filter}");
        }
    }
}
