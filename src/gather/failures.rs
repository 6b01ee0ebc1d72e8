//! Failures told once: when one begins, when it changes its kind, and when it is over. A failure that lasts is in the
//! metrics; a log that repeats it every fifteen seconds hides the next one.

use std::collections::{BTreeMap, HashMap};

use crate::advice::WithAdvice;
use crate::snapshot::{CollectorReport, Endpoint};
use crate::telemetry::milliseconds;
use runpod::{Api, Outcome, Reason, RequestError};

/// Endpoints named in one line: enough to go and look, and no more when a whole API is down.
const NAMED: usize = 5;

/// What is not asked for a while is told where that is decided, once for all who ask it.
fn is_told_by_the_client(error: &RequestError) -> bool {
    error.api != Api::Jobs && matches!(error.reason, Reason::Forbidden | Reason::Retired)
}

/// Which failures were told.
#[derive(Debug, Default)]
pub(super) struct Failures {
    collectors: HashMap<&'static str, (Outcome, u64)>,
    endpoints: BTreeMap<String, Outcome>,
}

impl Failures {
    /// Tells what is new about the collectors.
    pub(super) fn tell(&mut self, account: &str, reports: &[CollectorReport]) {
        for CollectorReport { collector, error, duration, .. } in reports {
            let collector = collector.as_str();
            if error.as_ref().is_some_and(is_told_by_the_client) {
                self.collectors.remove(collector);
                continue;
            }
            let told = self.collectors.get(collector).copied();
            match (error, told) {
                (Some(error), Some((outcome, scrapes))) if outcome == error.outcome() => {
                    self.collectors.insert(collector, (outcome, scrapes + 1));
                }
                (Some(error), _) => {
                    self.collectors.insert(collector, (error.outcome(), 1));
                    tracing::warn!(
                        account,
                        collector,
                        api = error.api.as_str(),
                        operation = error.operation.as_str(),
                        outcome = error.outcome().as_str(),
                        duration_ms = milliseconds(*duration),
                        "{}",
                        WithAdvice(error)
                    );
                }
                (None, Some((_, scrapes))) => {
                    self.collectors.remove(collector);
                    tracing::info!(account, collector, failed_scrapes = scrapes, "collector recovered");
                }
                (None, None) => {}
            }
        }
    }

    /// Tells which endpoints began to fail, and how many recovered, unless their whole collector failed: that was told.
    pub(super) fn tell_endpoints(
        &mut self,
        account: &str,
        endpoints: &[Endpoint],
        errors: &BTreeMap<String, RequestError>,
        told_as_a_whole: bool,
    ) {
        let failing: BTreeMap<String, Outcome> =
            errors.iter().map(|(id, error)| (id.clone(), error.outcome())).collect();
        let before = std::mem::replace(&mut self.endpoints, failing);
        if told_as_a_whole {
            return;
        }
        let new: Vec<_> =
            errors.iter().filter(|(id, error)| before.get(*id) != Some(&error.outcome())).collect();
        if let Some((_, error)) = new.first() {
            let names: Vec<_> = new.iter().take(NAMED).map(|(id, _)| id.as_str()).collect();
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
        let back = |id: &&String| endpoints.iter().any(|endpoint| &endpoint.id == *id);
        let recovered = before.keys().filter(|id| !errors.contains_key(*id)).filter(back).count();
        if recovered > 0 {
            tracing::info!(account, count = recovered, "endpoints recovered");
        }
    }
}
