//! The flags of `logs`.

use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::{Log, Upstream};
use crate::config::{Account, ConfigError, Webhook};
use crate::logs::{Level, Stream};
use runpod::LogWindow;

/// As many lines as the API gives where nobody says how many.
const TAIL: u32 = 100;

/// The most that the API gives.
const MOST: i64 = 5_000;

/// Flags of `logs`.
#[derive(Debug, Args)]
pub struct Logs {
    /// An endpoint, whose active workers are read together, or a pod: its id, or its name.
    pub target: String,
    /// The account, where several are configured.
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// So many of the last lines, of each worker.
    #[arg(long, value_name = "N", default_value_t = TAIL, value_parser = clap::value_parser!(u32).range(0..=MOST))]
    tail: u32,
    /// All lines since then, whatever --tail says: so long ago, such as 10m, or a moment, such as 2026-11-22T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
    /// Go on with what is written from now on, until it is interrupted.
    #[arg(long, short)]
    pub follow: bool,
    /// Only lines of this level or graver: trace, debug, info, warn, error or fatal; a line without one counts as info.
    #[arg(id = "least-level", long = "level", value_name = "LEVEL")]
    pub level: Option<Level>,
    /// Only what one of them writes: container or system.
    #[arg(long, value_name = "SOURCE")]
    source: Option<Stream>,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    upstream: Upstream,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

/// A moment, or a time before now.
#[derive(Debug, Clone, Copy)]
enum Since {
    Moment(Timestamp),
    Ago(Duration),
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ago = || humantime::parse_duration(text).ok().map(Self::Ago);
        let moment = text.parse().ok().map(Self::Moment);
        moment.or_else(ago).ok_or("use a duration such as 10m, or a moment such as 2026-11-22T12:00:00Z")
    }
}

impl Logs {
    /// The accounts to choose from.
    pub fn accounts(&self, open_files: Option<u64>) -> Result<Vec<Account>, ConfigError> {
        Ok(self.upstream.settings(Webhook::default(), open_files)?.accounts)
    }

    /// Which lines are wanted, now.
    pub fn window(&self, now: Timestamp) -> LogWindow {
        let since = self.since.map(|since| match since {
            Since::Moment(moment) => moment,
            Since::Ago(ago) => {
                let ago = SignedDuration::try_from(ago).unwrap_or(SignedDuration::MAX);
                now.checked_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        });
        let source = self.source.map(Stream::as_str);
        LogWindow { after: None, since, tail: Some(self.tail), source }
    }
}
