//! The configuration file: YAML, as a person wrote it. Every mistake is one line with the file, the place and a way out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::{thresholds, webhook};

/// Nothing that is rationed is worth more than this.
const SHORTEST: Duration = Duration::from_secs(1);

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Without it, the account of the flags.
    pub(super) accounts: Option<Vec<Entry>>,
    /// For every account that says nothing else.
    #[serde(default)]
    pub(super) refresh: Intervals,
    #[serde(default)]
    pub(super) thresholds: thresholds::Entry,
    #[serde(default)]
    pub(super) webhook: webhook::Entry,
}

/// One account as it is written. What is missing is taken from the flags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    /// A file with the key.
    pub(super) api_key_file: Option<PathBuf>,
    /// The environment variable with the key.
    pub(super) api_key_env: Option<String>,
    /// Known only to be refused: a configuration file is copied, committed and shown.
    pub(super) api_key: Option<IgnoredAny>,
    /// A file with a key that may read Runpod's own metrics.
    pub(super) metrics_key_file: Option<PathBuf>,
    pub(super) graphql_url: Option<String>,
    pub(super) jobs_url: Option<String>,
    pub(super) rest_url: Option<String>,
    /// Of what is left of the REST API's quota, from above nought to one.
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

/// How often what is rationed or slow is asked, by collector.
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

/// A time such as 30s or 5m.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interval(pub(super) Duration);

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let interval = humantime::parse_duration(&text).map_err(|_unreadable| {
            D::Error::custom(format_args!("invalid duration \"{text}\"; use for example 30s, 5m or 1h"))
        })?;
        if interval < SHORTEST {
            return Err(D::Error::custom(format_args!("duration \"{text}\" is too short; use at least 1s")));
        }
        Ok(Self(interval))
    }
}

/// Which names or ids are read: regular expressions that match the whole, as in Prometheus.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patterns {
    #[serde(default)]
    pub(super) include: Vec<String>,
    #[serde(default)]
    pub(super) exclude: Vec<String>,
}

/// What is wrong with the file, and where.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {told}", .path.display(), .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct FileError {
    path: PathBuf,
    /// Where the parser stopped; a mistake in meaning has no line of its own.
    line: Option<u64>,
    told: String,
}

impl FileError {
    pub(super) fn new(path: &Path, told: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, told: told.into() }
    }
}

/// Reads the file. What it means is not judged here.
pub(super) fn read(path: &Path) -> Result<File, FileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| FileError::new(path, format!("cannot read the file: {error}")))?;
    serde_saphyr::from_str(&text).map_err(|error| {
        let line = error.location().map(|location| location.line());
        // The snippet would show the line, and a line may hold a key that does not belong there.
        let told = error.without_snippet().to_string();
        let told = told.split(" at line ").next().unwrap_or_default();
        FileError { path: path.to_owned(), line, told: plain(&nearest(told)) }
    })
}

/// Serde lists what it expected; a person wants to know which of it they meant.
fn nearest(told: &str) -> String {
    let Some((unknown, known)) = told.split_once(", expected one of ") else { return told.to_owned() };
    let meant = unknown.split('`').nth(1).unwrap_or_default();
    // The key itself is accepted by the parser for a better message, and no way out.
    let known = known.split(", ").map(|name| name.trim_matches('`')).filter(|name| *name != "api_key");
    let known: Vec<_> = known.collect();
    let likeness = |name: &&&str| strsim::jaro_winkler(meant, name);
    let best = known.iter().max_by(|one, two| likeness(one).total_cmp(&likeness(two)));
    match best {
        Some(best) if likeness(&best) > 0.75 => format!("{unknown}; did you mean `{best}`?"),
        _ => format!("{unknown}; known fields: {}", known.join(", ")),
    }
}

/// The parser's words for what YAML is made of, in those of a person.
fn plain(told: &str) -> String {
    told.replace("sequence start", "a list")
        .replace("mapping start", "a mapping")
        .replace("string scalar", "a string")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_and_a_far_one_is_not() {
        let near = nearest("unknown field `api_key_fil`, expected one of `name`, `api_key_file`, `api_key`");
        assert_eq!(near, "unknown field `api_key_fil`; did you mean `api_key_file`?");
        let far = nearest("unknown field `zzz`, expected one of `name`, `pods`");
        assert_eq!(far, "unknown field `zzz`; known fields: name, pods");
        assert_eq!(nearest("expected sequence start"), "expected sequence start");
    }
}
