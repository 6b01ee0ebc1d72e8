//! Streams of server-sent events, as log lines arrive.

use super::{Kind, Scrubber, forms, walk::walk};

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

    /// The data of an event: JSON on one line, or a log line as it is.
    fn data(&self, data: &str) -> String {
        let is_json = data.trim_start().starts_with(['{', '[']);
        let walked = is_json.then(|| walk(data, self)).flatten();
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
            _ => self.value("eventId", id),
        }
    }
}
