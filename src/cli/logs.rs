//! The flags of `logs`.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::config_file::ConfigFlags;
use super::inputs;
use super::log::QuietLog;
use super::upstream::{ReadFlags, Upstream};
use crate::config::{Account, ConfigError, Webhook};
use crate::logs::{Level, Stream};
use runpod::LogWindow;

/// As many lines as the API returns by default.
const TAIL: u32 = 100;

/// Maximum that the API returns.
const MAX_TAIL: i64 = 5_000;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Show the logs of an endpoint's workers or of a pod.

The lines of all active workers of an endpoint are merged by time, each behind the id of its worker.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Environment:
  RUNPOD_API_KEY  API key; a flag would show it in ps
  NO_COLOR        Any value: no colors
  The other variables are listed with their flags; a flag takes precedence.

Exit codes:
  0   All lines printed, or stopped by SIGINT or SIGTERM
  1   The logs cannot be read
  64  Invalid flag or configuration, no API key, or no single match for TARGET

Examples:
  # Follow the workers of an endpoint
  runpod-exporter logs llama-3-70b --follow

  # Show the last 20 lines of a pod
  runpod-exporter logs train-llm --tail=20

  # Show the warnings and errors of the last ten minutes
  runpod-exporter logs llama-3-70b --since=10m --level=warn

  # Print the text without worker and time
  runpod-exporter logs llama-3-70b --json | jq -r .line";

/// Flags of `logs`.
#[derive(Debug, Args)]
pub struct Logs {
    /// Endpoint or pod, by id or name
    pub target: String,
    /// Account to read, if several are configured
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Number of recent lines per worker
    ///
    /// At most 5000.
    #[arg(long, value_name = "N", default_value_t = TAIL, value_parser = clap::value_parser!(u32).range(0..=MAX_TAIL))]
    tail: u32,
    /// Start time: a timestamp, or an age such as 10m
    ///
    /// All lines since then are printed, regardless of --tail. A timestamp looks like 2026-11-22T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub since: Option<Since>,
    /// Keep printing new lines until interrupted
    #[arg(long, short)]
    pub follow: bool,
    /// Minimum level: trace, debug, info, warn, error or fatal
    ///
    /// A line without a level counts as info.
    #[arg(id = "least-level", long = "level", value_name = "LEVEL")]
    pub level: Option<Level>,
    /// Only lines from this source: container or system
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<Stream>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    config: ConfigFlags,
    /// How to log.
    #[command(flatten)]
    pub log: QuietLog,
}

/// A timestamp, or an age.
#[derive(Debug, Clone, Copy)]
pub enum Since {
    /// A timestamp.
    Timestamp(Timestamp),
    /// An age.
    Age(Duration),
}

impl Display for Since {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timestamp(timestamp) => write!(f, "{timestamp}"),
            Self::Age(age) => write!(f, "{} ago", humantime::format_duration(*age)),
        }
    }
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let age = || humantime::parse_duration(text).ok().map(Self::Age);
        let timestamp = text.parse().ok().map(Self::Timestamp);
        timestamp.or_else(age).ok_or("use a duration such as 10m, or a moment such as 2026-11-22T12:00:00Z")
    }
}

impl Logs {
    /// The accounts to choose from.
    pub fn accounts(&self, open_files: Option<u64>) -> Result<Vec<Account>, ConfigError> {
        // No collectors: only the logs of the target are read.
        let (read, webhook) = (ReadFlags::default(), Webhook::default());
        Ok(self.upstream.settings(&self.config, read, webhook, open_files, &inputs())?.accounts)
    }

    /// The lines to read. An age is relative to `now`.
    pub fn window(&self, now: Timestamp) -> LogWindow {
        let since = self.since.map(|since| match since {
            Since::Timestamp(timestamp) => timestamp,
            Since::Age(age) => {
                let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
                now.checked_sub(age).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        });
        let source = self.source.map(Stream::as_str);
        LogWindow { after: None, since, tail: Some(self.tail), source }
    }
}
