//! Primary and fallback: when a source is queried, and which of the two. The sources of each collector are in its row, in
//! `settings/collector.rs`.

use std::time::Duration;

use runpod::{Api, Operation, Reason, Reply, RequestError, Urgency};

use super::cache::{Cache, Entry, Lookup};
use super::gatherer::Gatherer;
use super::memory::Memory;
use crate::settings::{Collector, Row};
use crate::snapshot::Provenance;

/// The maximum age of data whose next read has to wait: the longest window of a quota.
pub(super) const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// A request that is sent at an interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query {
    pub(super) api: Api,
    pub(super) operation: Operation,
    pub(super) every: Duration,
    pub(super) max_age: Duration,
}

/// The data of the primary, and of the fallback if it was queried.
pub(super) struct Preferred<A, B> {
    pub(super) primary: Option<Entry<A>>,
    pub(super) fallback: Option<Entry<B>>,
    pub(super) error: Option<RequestError>,
    /// Whether any of them answered in this scrape.
    pub(super) answered: bool,
}

impl<A, B> Preferred<A, B> {
    /// The source of the data: the primary if it has any.
    pub(super) fn source(&self) -> Option<Provenance> {
        let primary = self.primary.as_ref().map(Provenance::from);
        primary.or_else(|| self.fallback.as_ref().map(Provenance::from))
    }
}

impl Gatherer {
    /// A query of a source of a collector.
    pub(super) fn query(&self, collector: Collector, (api, operation): (Api, Operation)) -> Query {
        Query { api, operation, every: self.every(collector), max_age: self.max_age(collector) }
    }

    /// Records the response of a source that is queried at every scrape. After 429 its cached value is used.
    pub(super) fn record<T: Clone>(
        &self,
        cache: impl Fn(&mut Memory) -> &mut Cache<T>,
        api: Api,
        result: Result<Reply<T>, RequestError>,
    ) -> Lookup<T> {
        let clock = &*self.clock;
        let mut memory = self.memory();
        let cache = cache(&mut memory);
        match result {
            Err(error) if !matches!(error.reason, Reason::RateLimited { .. }) => Lookup::failed(error),
            result => {
                let answered = result.is_ok();
                cache.record(result, api, clock);
                cache.lookup(LONGEST_WAIT, clock.elapsed(), answered)
            }
        }
    }

    /// Sends a request if its interval is over and the quota allows it, and returns the newest value.
    pub(super) async fn refreshed<T: Clone>(
        &self,
        cache: impl Fn(&mut Memory) -> &mut Cache<T>,
        query: Query,
        response: impl Future<Output = Result<Reply<T>, RequestError>>,
    ) -> Lookup<T> {
        let Query { api, operation, every, max_age } = query;
        let now = self.clock.elapsed();
        let may_send = {
            let mut memory = self.memory();
            let cache = cache(&mut memory);
            // A request to a paused API is not sent: it fails at once, with the reason of the pause.
            let is_paused = self.runpod.paused(api, operation).is_some();
            let may_send = cache.is_due(every, now)
                && (api != Api::Rest || is_paused || self.runpod.rest().grant(1, Urgency::Needed) == 1);
            if may_send {
                cache.start(now);
            }
            may_send
        };
        let result = if may_send { Some(self.guarded((api, operation), response).await) } else { None };
        let mut memory = self.memory();
        let cache = cache(&mut memory);
        let answered = result.as_ref().is_some_and(Result::is_ok);
        if let Some(result) = result {
            cache.record(result, api, &*self.clock);
        }
        cache.lookup(max_age, self.clock.elapsed(), answered)
    }

    /// Queries the primary of a collector, and the fallback: at the same time if the primary is known to lack something
    /// that the fallback has, or afterwards if that turns out.
    pub(super) async fn prefer<A, B>(
        &self,
        collector: Collector,
        primary: impl Future<Output = Lookup<A>>,
        fallback: impl Future<Output = Lookup<B>>,
    ) -> Preferred<A, B> {
        let row = collector.row();
        let (primary, fallback) = if self.needs_fallback(&row) {
            let (primary, fallback) = tokio::join!(primary, fallback);
            (primary, Some(fallback))
        } else {
            let primary = primary.await;
            let falls_back = self.needs_fallback(&row) || falls_back(&row, primary.error.as_ref());
            (primary, if falls_back { Some(fallback.await) } else { None })
        };
        let error = match (&fallback, primary.error) {
            (Some(fallback), error) if falls_back(&row, error.as_ref()) => {
                if fallback.entry.is_some() {
                    fallback.error.clone()
                } else {
                    fallback.error.clone().or(error)
                }
            }
            // If the primary has data, an error of the fallback is not an error of the collector.
            (_, error) => error,
        };
        let answered = primary.answered || fallback.as_ref().is_some_and(|fallback| fallback.answered);
        let fallback = fallback.and_then(|fallback| fallback.entry);
        Preferred { primary: primary.entry, fallback, error, answered }
    }

    /// Whether the primary is known to be paused, or to lack fields that the fallback has.
    pub(super) fn needs_fallback(&self, row: &Row) -> bool {
        let (api, operation) = row.primary;
        let is_paused = self.runpod.paused(api, operation).is_some_and(|reason| row.falls_back_on(&reason));
        row.fallback.is_some() && (is_paused || self.runpod.lacks(operation, row.shared_fields))
    }
}

/// The result of a source that responds completely or not at all, as REST does.
pub(super) async fn complete<T>(
    result: impl Future<Output = Result<T, RequestError>>,
) -> Result<Reply<T>, RequestError> {
    result.await.map(Reply::complete)
}

fn falls_back(row: &Row, error: Option<&RequestError>) -> bool {
    row.fallback.is_some() && error.is_some_and(|error| row.falls_back_on(&error.reason))
}
