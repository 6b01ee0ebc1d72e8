//! What is kept from one scrape to the next: who was there, and counters that never fall. No value that a series shows
//! comes from here but those counters.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tokio::time::Instant;

use super::counter::{Monotonic, Source};
use super::{Collector, Endpoint};

/// An endpoint of the last good list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) name: String,
}

/// What one account's scrapes remember.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The endpoints of the last good list.
    pub(super) endpoints: Vec<Known>,
    /// The ids of the pods of the last good list.
    pub(super) pods: Vec<String>,
    /// Until when the job API is not asked, because this target does not have one.
    pub(super) no_jobs_api_until: Option<Instant>,
    counters: HashMap<String, BTreeMap<&'static str, Monotonic>>,
    last_success: HashMap<Collector, Timestamp>,
}

impl Memory {
    /// Counts the endpoint's totals on, and forgets the endpoints that are gone.
    pub(super) fn count(
        &mut self,
        endpoints: &mut [Endpoint],
        sources: &HashMap<(String, &'static str), Source>,
    ) {
        for endpoint in endpoints.iter_mut() {
            let counters = self.counters.entry(endpoint.id.clone()).or_default();
            for (status, value) in &endpoint.load.totals {
                let source = sources.get(&(endpoint.id.clone(), *status)).copied().unwrap_or(Source::Graphql);
                let counter =
                    counters.entry(status).or_insert_with(|| Monotonic::starting_at(source, *value));
                endpoint.requests.insert(status, counter.observe(source, *value));
            }
        }
        let present: HashSet<&str> = endpoints.iter().map(|endpoint| endpoint.id.as_str()).collect();
        self.counters.retain(|id, _| present.contains(id.as_str()));
    }

    /// Notes how a collector fared and says when it last came through.
    pub(super) fn succeeded(
        &mut self,
        collector: Collector,
        success: bool,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if success {
            self.last_success.insert(collector, now);
        }
        self.last_success.get(&collector).copied()
    }
}
