//! Streams of server-sent events, as log lines arrive.

use super::{Kind, Scrubber, forms, walk::walk};

/// What the objects of the APIs have: a line, and its time.
const EVENTS: [[&str; 2]; 2] = [["line", "ts"], ["message", "timestamp"]];

impl Scrubber {
    /// A stream, line by line.
    pub(super) fn stream(&self, body: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(body);
        let lines: Vec<_> = text.lines().map(|line| self.line(line)).collect();
        (lines.join("\n") + "\n").into_bytes()
    }

    fn line(&self, line: &str) -> String {
        let Some((name, value)) = line.split_once(':') else {
            return self.words(Kind::Text, "", line, |_| false);
        };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => format!("data: {}", self.data(value)),
            "id" => format!("id: {}", self.position(value)),
            "event" | "retry" => format!("{name}: {}", self.words(Kind::Text, "", value, |_| false)),
            _ => self.words(Kind::Text, "", line, |_| false),
        }
    }

    /// The data of an event: a log line as an object of the API, or as the program wrote it.
    fn data(&self, data: &str) -> String {
        let walked = is_event(data).then(|| walk(data, self)).flatten();
        match walked {
            Some(walked) => walked.lines().map(str::trim_start).collect(),
            None => self.text("line", data),
        }
    }

    /// The id of an event: a time, and possibly more after a slash.
    fn position(&self, id: &str) -> String {
        match id.split_once('/') {
            Some((time, rest)) if forms::is_timestamp(time) => {
                format!("{time}/{}", self.value("eventId", rest))
            }
            _ if forms::is_timestamp(id) => id.to_owned(),
            _ => self.value("eventId", id),
        }
    }
}

/// Whether the data is an object of the API. A program can write JSON, too, in which no number is known.
fn is_event(data: &str) -> bool {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_str(data) else { return false };
    let has = |name: &str| members.get(name).is_some_and(serde_json::Value::is_string);
    EVENTS.iter().any(|names| names.iter().all(|name| has(name)))
}
