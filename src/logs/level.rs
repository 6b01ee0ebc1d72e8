//! The level of a line. It is reported by the API, or found in the JSON or the text of the line.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// A level: a closed set, and the value of the `level` label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the label values of the metric contract")]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
    /// The line has no level, or an unknown one.
    Unknown,
}

/// A text that does not name a level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid level \"{0}\"; use trace, debug, info, warn, error or fatal")]
pub struct LevelError(String);

/// Number of words at the start of a line among which the level is searched. Loggers write it after a time and one or two
/// names; further on, a level's name is part of the message.
const MAX_WORDS: usize = 6;

/// The fields in which JSON loggers write the level. The first is that of Runpod's SDK.
const FIELDS: [&str; 4] = ["level", "levelname", "severity", "lvl"];

impl Level {
    /// All levels.
    pub const ALL: [Self; 7] =
        [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal, Self::Unknown];

    /// The value of the `level` label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
            Self::Unknown => "unknown",
        }
    }

    /// Whether this level is `minimum` or more severe. A line without a level counts as `info`.
    pub fn is_at_least(self, minimum: Self) -> bool {
        let known = |level| if level == Self::Unknown { Self::Info } else { level };
        known(self) >= known(minimum)
    }

    /// The level of a line: the one that the API reports, or the one that the line contains.
    pub(super) fn of(reported: Option<&str>, line: &str) -> Self {
        let reported = reported.and_then(Self::named);
        let in_json = || line.trim_start().starts_with('{').then(|| Self::in_json(line)).flatten();
        reported.or_else(in_json).or_else(|| Self::in_text(line)).unwrap_or(Self::Unknown)
    }

    /// The level of a line of the host, which names none: the end of a process with an error is one.
    pub(super) fn of_host(line: &str) -> Option<Self> {
        let line = line.to_ascii_lowercase();
        let code = line.split_once("exit code").map(|(_, code)| code.trim_start_matches([':', ' ']));
        let has_failed = code.is_some_and(|code| code.starts_with(|first: char| matches!(first, '1'..='9')));
        let is_error = has_failed
            || line.starts_with("error ")
            || line.contains("out of memory")
            || line.contains("oom");
        is_error.then_some(Self::Error)
    }

    /// Parses a level's name as loggers write it, case-insensitively.
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "trace" => Self::Trace,
            "debug" => Self::Debug,
            "info" | "information" | "notice" => Self::Info,
            "warn" | "warning" => Self::Warn,
            "error" | "err" => Self::Error,
            "fatal" | "critical" | "panic" => Self::Fatal,
            _ => return None,
        })
    }

    fn in_json(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let level = FIELDS.iter().find_map(|field| value.get(field)?.as_str())?;
        Self::named(level)
    }

    /// Searches the level's name in capitals, as most loggers write it. In lower case it counts only after `level=`, in
    /// brackets or before a colon.
    fn in_text(line: &str) -> Option<Self> {
        if line.starts_with("Traceback (most recent call last)") || names_an_exception(line) {
            return Some(Self::Error);
        }
        if line.starts_with("Fatal Python error:") {
            return Some(Self::Fatal);
        }
        line.split_whitespace().take(MAX_WORDS).find_map(|word| {
            let word = word.strip_prefix("level=").map_or(word, |level| level);
            let marked = word.len() < line.len() && (word.starts_with('[') || word.ends_with([':', ']']));
            let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let name = bare.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
            let is_uppercase = name.bytes().all(|byte| byte.is_ascii_uppercase());
            let follows = line.contains(&format!("level={name}"));
            Self::named(name).filter(|_| is_uppercase || marked || follows)
        })
    }
}

/// Whether a line names the class of an exception before its message, as the last line of a stack trace of Python does.
fn names_an_exception(line: &str) -> bool {
    let Some((class, _)) = line.split_once(':') else { return false };
    let is_path = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.');
    let name = class.rsplit('.').next().unwrap_or_default();
    class.chars().all(is_path)
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && (name.ends_with("Error") || name.ends_with("Exception"))
        && name.len() > "Error".len()
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, LevelError> {
        Self::named(text).ok_or_else(|| LevelError(text.to_owned()))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recording::Scrubber;

    use super::*;

    /// The line in a recording.
    fn recorded(line: &str) -> String {
        Scrubber::with_salt(b"salt").value("line", line)
    }

    #[test]
    fn levels_are_found_where_loggers_put_them() {
        let sdk = r#"{"requestId": null, "message": "Failed to get job.", "level": "ERROR"}"#;
        let table = [
            (sdk, Level::Error),
            (r#"{"severity":"warning","msg":"x"}"#, Level::Warn),
            ("INFO   | 5f0c-u1 | Started.", Level::Info),
            ("WARNING 11-22 12:00:00 [scheduler.py:41] preempted", Level::Warn),
            ("2026-11-22 12:00:00,123 - handler - ERROR - no", Level::Error),
            ("[2026-11-22 12:00:00 +0000] [7] [CRITICAL] WORKER TIMEOUT", Level::Fatal),
            ("(EngineCore pid=9) DEBUG 11-22 12:00:00 step", Level::Debug),
            ("INFO:     Started server process [1]", Level::Info),
            ("ts=1 level=warn msg=\"x\"", Level::Warn),
            ("[error] 12#12: open() failed", Level::Error),
            ("error: no such file", Level::Error),
            ("Traceback (most recent call last):", Level::Error),
            ("torch.OutOfMemoryError: CUDA out of memory", Level::Error),
            ("ModuleNotFoundError: No module named 'x'", Level::Error),
            ("Fatal Python error: Segmentation fault", Level::Fatal),
            ("no KeyError: here", Level::Unknown),
            ("http://KeyError: x", Level::Unknown),
            ("--- Starting Serverless Worker |  Version 1.11.0 ---", Level::Unknown),
            ("an error is what this is about", Level::Unknown),
            ("one two three four five six ERROR", Level::Unknown),
            (r#"{"level": 30}"#, Level::Unknown),
            ("{not JSON} INFO", Level::Info),
            ("stop container a6a111ed", Level::Unknown),
            ("", Level::Unknown),
        ];
        for (line, level) in table {
            assert_eq!(Level::of(None, line), level, "{line}");
            assert_eq!(Level::of(None, &recorded(line)), level, "in a recording: {line}");
        }
        assert_eq!(Level::of(Some("Warning"), "ERROR | x"), Level::Warn, "the API takes precedence");
        assert_eq!(Level::of(Some("loud"), "ERROR | x"), Level::Error, "unless its level is unknown");
    }

    #[test]
    fn the_host_reports_how_a_process_ended() {
        for (line, level) in [
            ("worker exited with exit code 1", Some(Level::Error)),
            ("worker exited with exit code 0", None),
            ("Container exited: Exit Code: 137", Some(Level::Error)),
            ("container killed: out of memory; worker exited with exit code 137", Some(Level::Error)),
            ("OOMKilled", Some(Level::Error)),
            ("error creating container: no such image", Some(Level::Error)),
            ("stop container a6a111ed", None),
            ("create container runpod/worker:1", None),
        ] {
            assert_eq!(Level::of_host(line), level, "{line}");
            assert_eq!(Level::of_host(&recorded(line)), level, "in a recording: {line}");
        }
    }

    #[test]
    fn a_line_without_a_level_counts_as_info() {
        assert!(Level::Unknown.is_at_least(Level::Info));
        assert!(!Level::Unknown.is_at_least(Level::Warn));
        assert!(Level::Fatal.is_at_least(Level::Error) && !Level::Warn.is_at_least(Level::Error));
        assert_eq!("loud".parse::<Level>().unwrap_err().to_string().lines().count(), 1);
    }

    proptest! {
        #[test]
        fn no_line_panics(reported in proptest::option::of(".{0,9}"), line in ".{0,200}") {
            let _level = Level::of(reported.as_deref(), &line);
        }

        #[test]
        fn a_recorded_line_has_its_level(
            line in "((INFO|WARN|error|err|DEBUG|fatal|[a-z]{1,9}|[A-Z]{2,9}|[A-Z][a-z]{1,5}Error)( |: |\\] | - |=|\\.| \\[)){1,8}"
        ) {
            prop_assert_eq!(Level::of(None, &recorded(&line)), Level::of(None, &line), "{}", line);
        }

        #[test]
        fn the_sdks_lines_have_their_level(level in 0..6_usize, message in ".{0,80}", capitals: bool) {
            let level = Level::ALL[level];
            let name = if capitals { level.as_str().to_uppercase() } else { level.as_str().to_owned() };
            let line = serde_json::json!({"requestId": null, "message": message, "level": name}).to_string();
            prop_assert_eq!(Level::of(None, &line), level);
        }

        #[test]
        fn a_word_in_capitals_at_the_start_is_the_level(level in 0..6_usize, message in "[a-z ]{0,40}") {
            let level = Level::ALL[level];
            let line = format!("{} | {message}", level.as_str().to_uppercase());
            prop_assert_eq!(Level::of(None, &line), level);
        }
    }
}
