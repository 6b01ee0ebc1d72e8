//! The YAML of the configuration file. Every error is one line with the file, the position and what to do.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::{thresholds, webhook};

/// Minimum interval: more frequent requests would use up the quota.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// The content of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The accounts; without them, the flags configure the only one.
    pub(super) accounts: Option<Vec<Entry>>,
    /// The default intervals of all accounts.
    #[serde(default)]
    pub(super) refresh: Intervals,
    #[serde(default)]
    pub(super) thresholds: thresholds::Entry,
    #[serde(default)]
    pub(super) webhook: webhook::Entry,
}

/// An account. Missing values are those of the flags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
pub(super) struct Intervals {
    pub(super) account: Option<Interval>,
    pub(super) endpoints: Option<Interval>,
    pub(super) workers: Option<Interval>,
    pub(super) pods: Option<Interval>,
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
#[serde(deny_unknown_fields)]
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
    pub(super) fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, message: message.into() }
    }
}

/// Reads and parses the file. The values are validated elsewhere.
pub(super) fn read(path: &Path) -> Result<File, FileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| FileError::new(path, format!("cannot read the file: {error}")))?;
    serde_saphyr::from_str(&text).map_err(|error| {
        let line = error.location().map(|location| location.line());
        // The snippet would show the line, and the line may contain a key by mistake.
        let text = error.without_snippet().to_string();
        let message = text.split(" at line ").next().unwrap_or_default();
        FileError { path: path.to_owned(), line, message: plain(&with_suggestion(message)) }
    })
}

/// Replaces serde's list of expected fields with the most similar one.
fn with_suggestion(message: &str) -> String {
    let Some((unknown, expected)) = message.split_once(", expected one of ") else {
        return message.to_owned();
    };
    let name = unknown.split('`').nth(1).unwrap_or_default();
    // `api_key` is a field only so that its error is specific. It is never a suggestion.
    let known: Vec<_> =
        expected.split(", ").map(|name| name.trim_matches('`')).filter(|name| *name != "api_key").collect();
    let similarity = |known: &&&str| strsim::jaro_winkler(name, known);
    let best = known.iter().max_by(|one, two| similarity(one).total_cmp(&similarity(two)));
    match best {
        Some(best) if similarity(&best) > 0.75 => format!("{unknown}; did you mean `{best}`?"),
        _ => format!("{unknown}; known fields: {}", known.join(", ")),
    }
}

/// Replaces the parser's terms with common ones.
fn plain(message: &str) -> String {
    message
        .replace("sequence start", "a list")
        .replace("mapping start", "a mapping")
        .replace("string scalar", "a string")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_similar_name_is_suggested_and_another_is_not() {
        let similar =
            with_suggestion("unknown field `api_key_fil`, expected one of `name`, `api_key_file`, `api_key`");
        assert_eq!(similar, "unknown field `api_key_fil`; did you mean `api_key_file`?");
        let other = with_suggestion("unknown field `zzz`, expected one of `name`, `pods`");
        assert_eq!(other, "unknown field `zzz`; known fields: name, pods");
        assert_eq!(with_suggestion("expected sequence start"), "expected sequence start");
    }
}
