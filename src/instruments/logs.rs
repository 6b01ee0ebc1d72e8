//! Lines of logs, counted.

use prometheus::{IntCounterVec, Opts};

use crate::logs::{Drops, Level, Line, Origin, Sink, Stream};

/// The counters of lines.
#[derive(Debug, Clone)]
pub struct LogLines {
    pub(super) lines: IntCounterVec,
    pub(super) dropped: IntCounterVec,
}

impl LogLines {
    pub(super) fn new() -> prometheus::Result<Self> {
        Ok(Self {
            lines: IntCounterVec::new(
                Opts::new(
                    "runpod_log_lines_total",
                    "Log lines of the endpoint's workers since the exporter started following them, by source and level (REST logs).",
                ),
                &["account", "endpoint_id", "endpoint_name", "source", "level"],
            )?,
            dropped: IntCounterVec::new(
                Opts::new(
                    "runpod_log_lines_dropped_total",
                    "Log lines that were counted and not delivered to Loki, because its buffer was full or Loki rejected them.",
                ),
                &["account"],
            )?,
        })
    }
}

impl Drops for LogLines {
    fn dropped(&self, account: &str, lines: u64) {
        self.dropped.with_label_values(&[account]).inc_by(lines);
    }
}

impl Sink for LogLines {
    fn line(&self, origin: &Origin, line: &Line) {
        let Origin { account, endpoint_id, endpoint_name } = origin;
        let (source, level) = (line.source.as_str(), line.level.as_str());
        self.lines.with_label_values(&[account, endpoint_id, endpoint_name, source, level]).inc();
    }

    fn gone(&self, origin: &Origin) {
        let Origin { account, endpoint_id, endpoint_name } = origin;
        for source in Stream::ALL.map(Stream::as_str) {
            for level in Level::ALL.map(Level::as_str) {
                let labels: [&str; 5] = [account, endpoint_id, endpoint_name, source, level];
                // Says Err where no such line was ever written.
                drop(self.lines.remove_label_values(&labels));
            }
        }
    }
}
