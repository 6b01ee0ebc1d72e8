//! The last error lines of each endpoint, to be shown beside its findings. Kept in memory, bounded in number and length.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;

use super::{Level, Line, LogOrigin};
use program::text::{visible, without_colors};
use runpod::mask;

/// Maximum number of error lines that are kept of an endpoint. A line that is written again counts as one.
const MAX_ERRORS: usize = 5;

/// Maximum length of a kept error line in characters.
const MAX_ERROR_LENGTH: usize = 300;

/// Length in bytes up to which a line is parsed as JSON to find its message.
const MAX_JSON: usize = 16 * 1024;

/// Length in characters up to which a line is searched for keys before it is shortened: a part of a key may not look like one.
const MAX_SEARCHED: usize = 4_096;

/// The fields in which JSON loggers write the message. The first is that of Runpod's SDK.
const MESSAGES: [&str; 2] = ["message", "msg"];

/// The last error lines of all endpoints. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct RecentErrors(Arc<Mutex<Endpoints>>);

type Endpoints = HashMap<(Arc<str>, Arc<str>), VecDeque<ErrorLine>>;

/// An error line of a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorLine {
    /// When it was last written; null if the log does not say.
    pub timestamp: Option<Timestamp>,
    /// The worker that wrote it last; null if unknown.
    pub worker: Option<String>,
    /// How often it was written while it was kept.
    pub count: u64,
    /// Its text or message, shortened; without words that look like a key.
    pub text: String,
}

impl RecentErrors {
    /// Keeps a line if it is an error.
    pub fn record(&self, origin: &LogOrigin, line: &Line) {
        if line.is_oversized || line.level == Level::Unknown || !line.level.is_at_least(Level::Error) {
            return;
        }
        let text = text(&line.text);
        if text.is_empty() {
            return;
        }
        let key = (Arc::clone(&origin.account), Arc::clone(&origin.endpoint_id));
        let mut endpoints = self.0.lock();
        let lines = endpoints.entry(key).or_default();
        let same = lines.iter().position(|kept| kept.text == text);
        let before = same.and_then(|at| lines.remove(at)).map_or(0, |kept| kept.count);
        let (timestamp, worker) = (line.timestamp, line.worker.as_deref().map(str::to_owned));
        lines.push_back(ErrorLine { timestamp, worker, count: before.saturating_add(1), text });
        if lines.len() > MAX_ERRORS {
            lines.pop_front();
        }
    }

    /// Forgets the lines of an endpoint.
    pub fn forget(&self, origin: &LogOrigin) {
        self.0.lock().remove(&(Arc::clone(&origin.account), Arc::clone(&origin.endpoint_id)));
    }

    /// The last lines of an endpoint, oldest first.
    pub fn of(&self, account: &str, endpoint: &str) -> Vec<ErrorLine> {
        let key = (Arc::from(account), Arc::from(endpoint));
        self.0.lock().get(&key).into_iter().flatten().cloned().collect()
    }
}

/// The text of a line as it is shown.
fn text(line: &str) -> String {
    let message = message(line);
    let plain = without_colors(message.as_deref().unwrap_or(line));
    let plain = plain.trim();
    let end = plain.char_indices().nth(MAX_SEARCHED).map_or(plain.len(), |(end, _)| end);
    let masked = mask(plain.get(..end).unwrap_or(plain));
    let shown = visible(&masked);
    match shown.char_indices().nth(MAX_ERROR_LENGTH) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown.into_owned(),
    }
}

/// The message of a line of JSON.
fn message(line: &str) -> Option<String> {
    if !line.trim_start().starts_with('{') || line.len() > MAX_JSON {
        return None;
    }
    let value: Value = serde_json::from_str(line).ok()?;
    let message = MESSAGES.iter().find_map(|field| value.get(field)?.as_str())?;
    (!message.trim().is_empty()).then(|| message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Stream;

    fn origin(endpoint: &str) -> LogOrigin {
        LogOrigin { account: "a".into(), endpoint_id: endpoint.into(), endpoint_name: "name".into() }
    }

    fn line(level: Level, text: &str) -> Line {
        Line {
            timestamp: None,
            source: Stream::Container,
            level,
            worker: Some("w1".into()),
            text: text.to_owned(),
            is_oversized: false,
            id: None,
        }
    }

    #[test]
    fn the_last_errors_are_kept_and_nothing_else() {
        let errors = RecentErrors::default();
        for number in 0..20 {
            errors.record(&origin("e"), &line(Level::Error, &format!("error {number}")));
            errors.record(&origin("e"), &line(Level::Info, "fine"));
            errors.record(&origin("e"), &line(Level::Unknown, "File x.py, line 4"));
        }
        errors.record(&origin("e"), &line(Level::Fatal, "error 18"));
        errors.record(&origin("e"), &Line { is_oversized: true, ..line(Level::Error, "1 MiB") });
        let kept: Vec<_> = errors.of("a", "e").into_iter().map(|kept| (kept.text, kept.count)).collect();
        let expected = [("error 15", 1), ("error 16", 1), ("error 17", 1), ("error 19", 1), ("error 18", 2)];
        assert_eq!(kept, expected.map(|(text, count)| (text.to_owned(), count)));
        assert_eq!(kept.len(), MAX_ERRORS);
        assert!(errors.of("a", "other").is_empty() && errors.of("b", "e").is_empty());
        errors.forget(&origin("e"));
        assert!(errors.of("a", "e").is_empty());
    }

    #[test]
    fn a_line_is_short_plain_and_has_no_key() {
        let long = "ü".repeat(2_000);
        assert_eq!(text(&long).chars().count(), MAX_ERROR_LENGTH + 1);
        assert!(text(&long).ends_with('…'));
        let json = r#"{"requestId": "r", "message": "CUDA out of memory", "level": "ERROR"}"#;
        assert_eq!(text(json), "CUDA out of memory");
        assert_eq!(text("{not JSON} ERROR"), "{not JSON} ERROR");
        assert_eq!(text("\u{1b}[31mERROR\u{1b}[0m no\u{202e} "), "ERROR no\\u{202e}");
        let key = format!("rpa_{}", "A1".repeat(20));
        assert!(!text(&format!("ERROR invalid key {key}")).contains(&key));
        let at_the_end = format!("ERROR {} {key}", "x".repeat(MAX_ERROR_LENGTH - 16));
        assert!(!text(&at_the_end).contains("rpa_A"), "not even its beginning: {}", text(&at_the_end));
    }
}
