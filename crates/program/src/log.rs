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
    // `Targets` would parse an unknown level as the name of a module, and disable the logs of all others.
    let is_word = filter.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word && filter.parse::<LevelFilter>().is_err() {
        return Err(invalid());
    }
    let filter: Targets = filter.parse().map_err(|_unreadable| invalid())?;
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

/// Whether events are logged.
pub(crate) fn has_started() -> bool {
    STARTED.load(Ordering::Relaxed)
}

/// Writes events, each of which is one line, so that a terminal shows their text and obeys none of it.
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
#[error("--log.level: invalid level \"{0}\"; use error, warn, info, debug or trace")]
pub struct InvalidFilter(String);
