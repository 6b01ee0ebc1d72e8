//! Panics while an account is read. Each fails its own part: a request, the conversion of an endpoint, or a section. The log
//! has its place, and no part that panicked is a success.

use program::task::{Task, caught};
use runpod::{Api, Operation, Reason, RequestError};
use tokio::time::Instant;

use super::gatherer::Gatherer;
use super::run::{CollectorRun, Section, Tally};
use super::serverless::Serverless;
use crate::settings::{Collector, Collectors};

/// The collectors that share the list of endpoints.
const SERVERLESS: [Collector; 6] = [
    Collector::Endpoints,
    Collector::Health,
    Collector::Workers,
    Collector::Requests,
    Collector::Latency,
    Collector::Batches,
];

impl Gatherer {
    /// The error of a request or conversion that panicked.
    pub(super) fn panic_of(&self, (api, operation): (Api, Operation)) -> RequestError {
        RequestError { api, operation, peer: self.runpod.peer(api), reason: Reason::Panicked }
    }

    /// The result of a request, also if it panics outside of the client.
    pub(super) async fn guarded<T>(
        &self,
        source: (Api, Operation),
        request: impl Future<Output = Result<T, RequestError>>,
    ) -> Result<T, RequestError> {
        caught(Task::Scrape, Box::pin(request)).await.unwrap_or_else(|_panicked| Err(self.panic_of(source)))
    }

    /// A section of one collector if that is enabled. If it panics, it has no data.
    pub(super) async fn section<T: Default>(
        &self,
        on: &Collectors,
        collector: Collector,
        section: impl Future<Output = Section<T>>,
    ) -> Option<Section<T>> {
        if !on.has(collector) {
            return None;
        }
        let started = Instant::now();
        let section = caught(Task::Scrape, section).await;
        Some(section.unwrap_or_else(|_panicked| Section {
            data: T::default(),
            unknown: Vec::new(),
            run: self.panicked_run(collector, started),
        }))
    }

    /// The section of the serverless collectors, in the same way.
    pub(super) async fn serverless_section(&self, on: &Collectors, deadline: Instant) -> Serverless {
        if !on.has(Collector::Endpoints) {
            return Serverless::default();
        }
        let started = Instant::now();
        let section = caught(Task::Scrape, Box::pin(self.serverless(on, deadline))).await;
        section.unwrap_or_else(|_panicked| {
            let mut serverless = Serverless::default();
            let enabled = SERVERLESS.into_iter().filter(|collector| on.has(*collector));
            serverless.runs.collectors.extend(enabled.map(|one| self.panicked_run(one, started)));
            serverless
        })
    }

    fn panicked_run(&self, collector: Collector, started: Instant) -> CollectorRun {
        let error = self.panic_of(collector.row().primary);
        CollectorRun::new(collector, Tally::of(Some(&error)), false, started.elapsed())
    }
}
