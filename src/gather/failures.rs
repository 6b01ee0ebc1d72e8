//! Log messages about failures: one when a failure starts, when its kind changes, and when it ends. A lasting failure is in
//! the metrics; repeating it at every scrape would hide the next one in the log.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use runpod::{Api, Outcome, Reason, RequestError};

use crate::advice::WithAdvice;
use crate::settings::Collector;
use crate::snapshot::{CollectorReport, Endpoint};

/// Maximum number of endpoints named in one message: enough to investigate, and few enough if a whole API fails.
const NAMED: usize = 5;

/// Whether the client logs this error: a pause of an API or operation is logged once, where it starts.
fn is_logged_by_client(error: &RequestError) -> bool {
    error.api != Api::Jobs && matches!(error.reason, Reason::Forbidden | Reason::Retired)
}

/// The failures that are logged and have not ended.
#[derive(Debug, Default)]
pub(super) struct Failures {
    collectors: HashMap<&'static str, (Outcome, u64)>,
    endpoints: BTreeMap<Arc<str>, Outcome>,
}

/// A failure that has started.
struct Failure<'a> {
    /// The collectors that have it.
    collectors: Vec<&'static str>,
    /// The report of the first of them.
    report: &'a CollectorReport,
    error: &'a RequestError,
}

impl Failure<'_> {
    /// Whether another collector has the same failure.
    fn is_of(&self, error: &RequestError) -> bool {
        let kind = |error: &RequestError| (error.api, error.operation, error.outcome());
        kind(self.error) == kind(error)
    }

    fn log(&self, account: &str) {
        let Self { collectors, report, error } = self;
        tracing::warn!(
            account,
            collector = collectors.join(" "),
            api = error.api.as_str(),
            operation = error.operation.as_str(),
            outcome = error.outcome().as_str(),
            failed_parts = report.parts.failed(),
            parts = report.parts.total(),
            duration_ms = milliseconds(report.duration),
            "{}",
            WithAdvice(error)
        );
    }
}

impl Failures {
    /// Logs which collectors started to fail or recovered. A request that several of them need is one failure.
    pub(super) fn log(&mut self, account: &str, reports: &[CollectorReport]) {
        let mut new: Vec<Failure<'_>> = Vec::new();
        for report in reports {
            let CollectorReport { error, parts, .. } = report;
            let collector = report.collector.as_str();
            // Single endpoints that fail are logged as such.
            let is_whole = report.collector != Collector::Health || parts.all_failed();
            let error = error.as_ref().filter(|_| is_whole);
            if error.is_some_and(is_logged_by_client) {
                self.collectors.remove(collector);
                continue;
            }
            let logged = self.collectors.get(collector).copied();
            match (error, logged) {
                (Some(error), Some((outcome, scrapes))) if outcome == error.outcome() => {
                    self.collectors.insert(collector, (outcome, scrapes + 1));
                }
                (Some(error), _) => {
                    self.collectors.insert(collector, (error.outcome(), 1));
                    match new.iter_mut().find(|failure| failure.is_of(error)) {
                        Some(failure) => failure.collectors.push(collector),
                        None => new.push(Failure { collectors: vec![collector], report, error }),
                    }
                }
                (None, Some((_, scrapes))) => {
                    self.collectors.remove(collector);
                    tracing::info!(account, collector, failed_scrapes = scrapes, "collector recovered");
                }
                (None, None) => {}
            }
        }
        for failure in new {
            failure.log(account);
        }
    }

    /// Logs which endpoints started to fail and how many recovered, unless the whole collector failed and was logged.
    pub(super) fn log_endpoints(
        &mut self,
        account: &str,
        endpoints: &[Endpoint],
        errors: &BTreeMap<Arc<str>, RequestError>,
        collector_failed: bool,
    ) {
        let failing: BTreeMap<Arc<str>, Outcome> =
            errors.iter().map(|(id, error)| (Arc::clone(id), error.outcome())).collect();
        let before = std::mem::replace(&mut self.endpoints, failing);
        if collector_failed {
            return;
        }
        let new: Vec<_> =
            errors.iter().filter(|(id, error)| before.get(*id) != Some(&error.outcome())).collect();
        if let Some((_, error)) = new.first() {
            let names: Vec<_> = new.iter().take(NAMED).map(|(id, _)| &***id).collect();
            let (endpoints, outcome) = (names.join(" "), error.outcome().as_str());
            tracing::warn!(
                account,
                count = new.len(),
                endpoints,
                outcome,
                "cannot read some endpoints: {}",
                WithAdvice(error)
            );
        }
        let is_present = |id: &&Arc<str>| endpoints.iter().any(|endpoint| &endpoint.id == *id);
        let recovered = before.keys().filter(|id| !errors.contains_key(*id)).filter(is_present).count();
        if recovered > 0 {
            tracing::info!(account, count = recovered, "endpoints recovered");
        }
    }
}

/// Whole milliseconds, for a field of a log line.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
