//! The YAML of the configuration file. Every error is one line with the file, the position and what to do.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Inputs, thresholds, webhook, yaml};

/// Minimum interval: more frequent requests would use up the quota.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// The content of the file.
#[derive(Debug, Default)]
pub(super) struct File {
    /// The accounts; without them, the flags configure the only one.
    pub(super) accounts: Option<Vec<Entry>>,
    /// The default intervals of all accounts.
    pub(super) refresh: Intervals,
    pub(super) thresholds: thresholds::Entry,
    pub(super) webhook: webhook::Entry,
}

/// The keys at the top of the file.
const KEYS: &[&str] = &["accounts", "refresh", "thresholds", "webhook"];

/// Keys at the top that begin like this are ignored. They hold parts that anchors repeat, as in Compose files.
const EXTENSION: &str = "x-";

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = File;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys such as accounts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
        let mut file = File::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "accounts" => file.accounts = map.next_value()?,
                "refresh" => file.refresh = map.next_value::<Option<_>>()?.unwrap_or_default(),
                "thresholds" => file.thresholds = map.next_value::<Option<_>>()?.unwrap_or_default(),
                "webhook" => file.webhook = map.next_value::<Option<_>>()?.unwrap_or_default(),
                key if key.starts_with(EXTENSION) => drop(map.next_value::<IgnoredAny>()?),
                key => return Err(A::Error::unknown_field(key, KEYS)),
            }
        }
        Ok(file)
    }
}

/// An account. Missing values are those of the flags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the keys of an account")]
pub(super) struct Entry {
    pub(super) name: String,
    /// File with the key.
    pub(super) api_key_file: Option<PathBuf>,
    /// Environment variable with the key.
    pub(super) api_key_env: Option<String>,
    /// Always rejected, because a configuration file is copied, committed and shown to others.
    pub(super) api_key: Option<IgnoredAny>,
    /// File with a key for Runpod's own job metrics.
    pub(super) metrics_key_file: Option<PathBuf>,
    pub(super) graphql_url: Option<String>,
    pub(super) jobs_url: Option<String>,
    pub(super) rest_url: Option<String>,
    /// Maximum share of the remaining REST quota: more than 0, at most 1.
    pub(super) rest_quota_share: Option<f64>,
    pub(super) each_worker: Option<bool>,
    #[serde(default)]
    pub(super) refresh: Intervals,
    pub(super) collectors: Option<Vec<String>>,
    #[serde(default)]
    pub(super) endpoints: Patterns,
    #[serde(default)]
    pub(super) pods: Patterns,
}

/// Intervals of rate-limited and slow sources, by collector.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a collector with its interval, such as billing: 1h")]
pub(super) struct Intervals {
    pub(super) account: Option<Interval>,
    pub(super) endpoints: Option<Interval>,
    pub(super) workers: Option<Interval>,
    pub(super) pods: Option<Interval>,
    pub(super) clusters: Option<Interval>,
    pub(super) requests: Option<Interval>,
    pub(super) latency: Option<Interval>,
    pub(super) billing: Option<Interval>,
    pub(super) volumes: Option<Interval>,
    pub(super) market: Option<Interval>,
    pub(super) host: Option<Interval>,
}

/// A duration such as 30s or 5m.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interval(pub(super) Duration);

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let interval = humantime::parse_duration(&text).map_err(|_unreadable| {
            D::Error::custom(format_args!("invalid duration \"{text}\"; use for example 30s, 5m or 1h"))
        })?;
        if interval < MIN_INTERVAL {
            return Err(D::Error::custom(format_args!("duration \"{text}\" is too short; use at least 1s")));
        }
        Ok(Self(interval))
    }
}

/// Regular expressions that match whole names or ids, as in Prometheus.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "include or exclude, each with a list of patterns")]
pub(super) struct Patterns {
    #[serde(default)]
    pub(super) include: Vec<String>,
    #[serde(default)]
    pub(super) exclude: Vec<String>,
}

/// An error in the file, and its position.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {message}", .path.display(), .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct FileError {
    path: PathBuf,
    /// The line where the parser stopped; `None` if the file parses but a value is invalid.
    line: Option<u64>,
    message: String,
}

impl FileError {
    pub(super) fn at(path: &Path, yaml::Problem { line, message }: yaml::Problem) -> Self {
        Self { path: path.to_owned(), line, message }
    }

    pub(super) fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, message: message.into() }
    }
}

/// Reads and parses the file. The values are validated elsewhere.
pub(super) fn read(path: &Path, inputs: &Inputs) -> Result<File, FileError> {
    let text = inputs.file(path);
    let text = text.map_err(|error| FileError::new(path, format!("cannot read the file: {error}")))?;
    yaml::parse(&text).map_err(|problem| FileError::at(path, problem))
}
