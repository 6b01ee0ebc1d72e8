//! Batches of lines in the format of Loki's push API: grouped into streams, one for each set of labels.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use crate::logs::{Level, Line, LogOrigin, Stream};

/// The labels of a stream. All but the worker have few values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    account: Arc<str>,
    endpoint_id: Arc<str>,
    endpoint_name: Arc<str>,
    worker_id: Arc<str>,
    source: Stream,
    level: Level,
}

/// A queued line.
#[derive(Debug)]
pub(super) struct Entry {
    labels: Labels,
    timestamp: Timestamp,
    text: String,
}

impl Entry {
    pub(super) fn new(origin: &LogOrigin, line: &Line, timestamp: Timestamp) -> Self {
        let LogOrigin { account, endpoint_id, endpoint_name } = origin.clone();
        let worker_id = line.worker.clone().unwrap_or_default();
        let (source, level) = (line.source, line.level);
        let labels = Labels { account, endpoint_id, endpoint_name, worker_id, source, level };
        Self { labels, timestamp, text: line.text.clone() }
    }

    /// Size in bytes, without the labels.
    pub(super) fn size(&self) -> usize {
        self.text.len()
    }
}

/// Number of lines by account.
pub(super) fn lines_by_account(batch: &[Entry]) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for entry in batch {
        *counts.entry(&*entry.labels.account).or_default() += 1;
    }
    counts
}

/// The body of a push request.
pub(super) fn push_body(batch: &[Entry]) -> String {
    let mut streams: BTreeMap<&Labels, Vec<[String; 2]>> = BTreeMap::new();
    for Entry { labels, timestamp, text } in batch {
        let value = [timestamp.as_nanosecond().to_string(), text.clone()];
        streams.entry(labels).or_default().push(value);
    }
    let stream = |(labels, values): (&Labels, Vec<[String; 2]>)| {
        let Labels { account, endpoint_id, endpoint_name, worker_id, source, level } = labels;
        let labels = json!({
            "account": &**account,
            "endpoint_id": &**endpoint_id,
            "endpoint_name": &**endpoint_name,
            "worker_id": &**worker_id,
            "source": source.as_str(),
            "level": level.as_str(),
        });
        json!({ "stream": labels, "values": values })
    };
    json!({ "streams": streams.into_iter().map(stream).collect::<Vec<_>>() }).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn lines_with_the_same_labels_are_one_stream() {
        let origin = LogOrigin { account: "a".into(), endpoint_id: "e".into(), endpoint_name: "one".into() };
        let line = |text: &str, level| Line {
            timestamp: None,
            source: Stream::Container,
            level,
            worker: Some("w".into()),
            text: text.to_owned(),
            is_oversized: false,
            id: None,
        };
        let timestamp = Timestamp::from_second(1).unwrap();
        let entry = |text, level| Entry::new(&origin, &line(text, level), timestamp);
        let batch = [entry("x", Level::Info), entry("y", Level::Error), entry("z", Level::Info)];
        let body: Value = serde_json::from_str(&push_body(&batch)).unwrap();
        let streams = body["streams"].as_array().unwrap();
        assert_eq!(streams.len(), 2);
        assert_eq!(streams[0]["values"], json!([["1000000000", "x"], ["1000000000", "z"]]));
        let labels = json!({
            "account": "a", "endpoint_id": "e", "endpoint_name": "one", "worker_id": "w",
            "source": "container", "level": "info",
        });
        assert_eq!(streams[0]["stream"], labels);
        assert_eq!(lines_by_account(&batch), BTreeMap::from([("a", 3)]));
    }
}
