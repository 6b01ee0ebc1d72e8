//! The record of requests: how many, by operation and user agent, and how many at once. Tests judge a client by it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use tokio::sync::watch;

use crate::api::Api;

/// How many GraphQL documents are kept: those of a few scrapes.
const DOCUMENTS: usize = 32;

/// How many operations and user agents are counted by name. Clients choose the names, so their number is limited.
const NAMES: usize = 256;

/// The record of requests. Clones share the same record.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    report: Arc<Mutex<TrafficReport>>,
    changed: watch::Sender<()>,
}

/// The counts at a point in time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TrafficReport {
    /// Of the GraphQL API.
    pub graphql: ApiTraffic,
    /// Of the job API.
    pub jobs: ApiTraffic,
    /// Of the REST API.
    pub rest: ApiTraffic,
    /// Requests by `User-Agent`.
    pub user_agents: BTreeMap<String, u64>,
    /// The last GraphQL documents, oldest first.
    pub documents: VecDeque<Document>,
}

/// The requests to one API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ApiTraffic {
    /// All requests.
    pub requests: u64,
    /// Requests by operation: the name in a GraphQL document, or the operation of the jobs or REST API.
    pub operations: BTreeMap<String, u64>,
    /// Requests that are not answered yet.
    pub in_flight: u64,
    /// Maximum number of requests in flight at once.
    pub peak_in_flight: u64,
}

/// A GraphQL document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The name of its operation; empty if it has none.
    pub operation: String,
    /// Its text.
    pub text: String,
}

/// A request in flight, until this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    traffic: Traffic,
    api: Api,
}

// === impl Traffic ===

impl Traffic {
    /// The counts now.
    pub fn report(&self) -> TrafficReport {
        self.lock().clone()
    }

    /// Number of requests of an operation.
    pub fn operation(&self, api: Api, operation: &str) -> u64 {
        self.lock().operation(api, operation)
    }

    /// Number of requests of an API that are in flight.
    pub fn in_flight(&self, api: Api) -> u64 {
        self.lock().api(api).in_flight
    }

    /// Waits until the counts are as expected.
    pub async fn until(&self, is_reached: impl Fn(&TrafficReport) -> bool) {
        let mut changed = self.changed.subscribe();
        while !is_reached(&self.lock()) {
            // The sender is part of this.
            let _closed = changed.changed().await;
        }
    }

    /// Resets all counts, except those of requests in flight.
    pub fn reset(&self) {
        let mut report = self.lock();
        let keep = |api: &ApiTraffic| ApiTraffic {
            in_flight: api.in_flight,
            peak_in_flight: api.in_flight,
            ..ApiTraffic::default()
        };
        let (graphql, jobs, rest) = (keep(&report.graphql), keep(&report.jobs), keep(&report.rest));
        *report = TrafficReport { graphql, jobs, rest, ..TrafficReport::default() };
        drop(report);
        self.changed.send_replace(());
    }

    /// Counts a request.
    pub(crate) fn enter(&self, api: Api, user_agent: &str) -> InFlight {
        let mut report = self.lock();
        count(&mut report.user_agents, user_agent);
        let counts = report.api_mut(api);
        counts.requests += 1;
        counts.in_flight += 1;
        counts.peak_in_flight = counts.peak_in_flight.max(counts.in_flight);
        drop(report);
        self.changed.send_replace(());
        InFlight { traffic: self.clone(), api }
    }

    /// Counts the operation of a request.
    pub(crate) fn count_operation(&self, api: Api, operation: &str) {
        count(&mut self.lock().api_mut(api).operations, operation);
        self.changed.send_replace(());
    }

    /// Keeps a GraphQL document.
    pub(crate) fn keep_document(&self, operation: &str, text: &str) {
        let mut report = self.lock();
        if report.documents.len() == DOCUMENTS {
            report.documents.pop_front();
        }
        report.documents.push_back(Document { operation: operation.to_owned(), text: text.to_owned() });
    }

    fn lock(&self) -> MutexGuard<'_, TrafficReport> {
        self.report.lock()
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(count) = counts.get_mut(name) {
        *count += 1;
    } else if counts.len() < NAMES {
        counts.insert(name.to_owned(), 1);
    }
}

// === impl TrafficReport ===

impl TrafficReport {
    /// Number of requests that are in flight.
    pub fn in_flight(&self) -> u64 {
        self.graphql.in_flight + self.jobs.in_flight + self.rest.in_flight
    }

    /// Number of requests of an operation.
    pub fn operation(&self, api: Api, operation: &str) -> u64 {
        self.api(api).operations.get(operation).copied().unwrap_or_default()
    }

    /// The counts of an API.
    pub fn api(&self, api: Api) -> &ApiTraffic {
        match api {
            Api::Graphql => &self.graphql,
            Api::Jobs => &self.jobs,
            Api::Rest => &self.rest,
        }
    }

    fn api_mut(&mut self, api: Api) -> &mut ApiTraffic {
        match api {
            Api::Graphql => &mut self.graphql,
            Api::Jobs => &mut self.jobs,
            Api::Rest => &mut self.rest,
        }
    }
}

// === impl InFlight ===

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut report = self.traffic.lock();
        let counts = report.api_mut(self.api);
        counts.in_flight = counts.in_flight.saturating_sub(1);
        drop(report);
        self.traffic.changed.send_replace(());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[test]
    fn the_peak_remains_until_a_reset() {
        let traffic = Traffic::default();
        let requests: Vec<InFlight> = (0..3).map(|_| traffic.enter(Api::Jobs, "test")).collect();
        drop(requests);
        let report = traffic.report();
        assert_eq!((report.jobs.in_flight, report.jobs.peak_in_flight), (0, 3));
        assert_eq!(report.user_agents["test"], 3);
        traffic.reset();
        assert_eq!(traffic.report(), TrafficReport::default());
    }

    /// The time is paused, so a change that is not noticed ends the test at once.
    #[tokio::test(start_paused = true)]
    async fn each_change_is_noticed() {
        let traffic = Traffic::default();
        let is_noticed = async |is_reached: fn(&TrafficReport) -> bool, change: &mut dyn FnMut()| {
            let waits = timeout(Duration::from_secs(1), traffic.until(is_reached));
            let (noticed, ()) = tokio::join!(biased; waits, async { change() });
            noticed.unwrap();
        };
        let mut request = None;
        is_noticed(|now| now.rest.requests == 1, &mut || request = Some(traffic.enter(Api::Rest, "test")))
            .await;
        is_noticed(|now| now.in_flight() == 0, &mut || drop(request.take())).await;
        let counted = |now: &TrafficReport| now.operation(Api::Graphql, "Pods") == 1;
        is_noticed(counted, &mut || traffic.count_operation(Api::Graphql, "Pods")).await;
        is_noticed(|now| now.rest.requests == 0, &mut || traffic.reset()).await;
    }

    #[test]
    fn only_the_last_documents_are_kept() {
        let traffic = Traffic::default();
        for number in 0..100 {
            traffic.keep_document("Pods", &number.to_string());
        }
        let report = traffic.report();
        assert_eq!(report.documents.len(), DOCUMENTS);
        assert_eq!(report.documents.back().map(|document| document.text.as_str()), Some("99"));
    }
}
