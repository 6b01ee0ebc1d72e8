//! Counts the lines of logs, and keeps the last errors.

use std::sync::Arc;

use super::{Accounts, EndpointLines, with_account};
use crate::logs::{DropCounter, Level, Line, LineSink, LogOrigin, RecentErrors, Stream};

/// The counters of log lines, and the last errors. Clones count together.
#[derive(Debug, Clone)]
pub struct LogLines {
    pub(super) accounts: Accounts,
    pub(super) errors: RecentErrors,
}

impl DropCounter for LogLines {
    fn dropped(&self, account: &str, lines: u64) {
        with_account(&self.accounts, account, |totals| {
            totals.dropped_lines.get_or_insert_default().add(lines);
        });
    }
}

impl LogLines {
    /// The last error lines.
    pub fn errors(&self) -> &RecentErrors {
        &self.errors
    }

    /// Counts a line.
    pub fn count(&self, origin: &LogOrigin, level: Level, source: Stream) {
        self.with_endpoint(origin, |endpoint| {
            endpoint.lines.entry([level.as_str(), source.as_str()]).or_default().add(1);
        });
    }

    fn with_endpoint(&self, origin: &LogOrigin, change: impl FnOnce(&mut EndpointLines)) {
        let LogOrigin { account, endpoint_id, endpoint_name } = origin;
        with_account(&self.accounts, account, |totals| {
            let endpoint = (Arc::clone(endpoint_id), Arc::clone(endpoint_name));
            change(totals.log_lines.entry(endpoint).or_default());
        });
    }
}

impl LineSink for LogLines {
    fn line(&self, origin: &LogOrigin, line: &Line) {
        self.errors.record(origin, line);
        if line.is_oversized {
            self.with_endpoint(origin, |endpoint| endpoint.oversized.add(1));
        } else {
            self.count(origin, line.level, line.source);
        }
    }

    fn gone(&self, origin: &LogOrigin) {
        self.errors.forget(origin);
        let LogOrigin { account, endpoint_id, endpoint_name } = origin;
        with_account(&self.accounts, account, |totals| {
            totals.log_lines.remove(&(Arc::clone(endpoint_id), Arc::clone(endpoint_name)));
        });
    }
}
