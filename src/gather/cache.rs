//! The last response of a source that is not queried at every scrape, or that is paused. It is always exported with its
//! read time.

use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use runpod::{Api, Reason, Reply, RequestError};
use tokio::time::Instant;

use crate::snapshot::Unknown;

/// The interval after a failure, if the regular interval is longer.
const RETRY: Duration = Duration::from_mins(1);

/// A value with its source and its read time.
#[derive(Debug, Clone)]
pub(super) struct Entry<T> {
    pub(super) value: T,
    pub(super) api: Api,
    pub(super) read: Timestamp,
    at: Duration,
    received: Instant,
}

/// The last value of a source, and the result of the last attempt to read it.
#[derive(Debug)]
pub(super) struct Cache<T> {
    entry: Option<Entry<T>>,
    attempted: Option<Duration>,
    error: Option<RequestError>,
}

/// The value to export and the error to report. There may be both.
#[derive(Debug)]
pub(super) struct Lookup<T> {
    pub(super) entry: Option<Entry<T>>,
    pub(super) error: Option<RequestError>,
    /// Whether the source answered in this scrape.
    pub(super) answered: bool,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self { entry: None, attempted: None, error: None }
    }
}

impl<T> Entry<T> {
    /// A value that has just been received.
    pub(super) fn now(value: T, api: Api, clock: &dyn Clock) -> Self {
        Self { value, api, read: clock.now(), at: clock.elapsed(), received: Instant::now() }
    }

    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Entry<U> {
        let Self { value, api, read, at, received } = self;
        Entry { value: f(value), api, read, at, received }
    }

    /// Converts the value. What it has of unknown values is counted only in the scrape that received it, which started at this time.
    pub(super) fn convert<U>(
        self,
        started: Instant,
        unknown: &mut Vec<Unknown>,
        convert: impl FnOnce(T, &mut Vec<Unknown>) -> U,
    ) -> U {
        let counted = unknown.len();
        let converted = convert(self.value, unknown);
        if self.received < started {
            unknown.truncate(counted);
        }
        converted
    }
}

impl<T> Entry<Vec<T>> {
    /// The elements of a list, each with the source and the time of the list.
    pub(super) fn each(self) -> impl Iterator<Item = Entry<T>> {
        let Self { value, api, read, at, received } = self;
        value.into_iter().map(move |value| Entry { value, api, read, at, received })
    }
}

impl<T> Lookup<T> {
    /// A failure without a value.
    pub(super) fn failed(error: RequestError) -> Self {
        Self { entry: None, error: Some(error), answered: false }
    }
}

impl<T: Clone> Cache<T> {
    /// Whether the interval since the last attempt is over.
    pub(super) fn is_due(&self, every: Duration, now: Duration) -> bool {
        let interval = if self.error.is_some() { every.min(RETRY) } else { every };
        self.attempted.is_none_or(|attempted| now >= attempted.saturating_add(interval))
    }

    /// The time of the last attempt.
    pub(super) fn attempted(&self) -> Option<Duration> {
        self.attempted
    }

    /// Starts an attempt, so that a concurrent scrape does not start another.
    pub(super) fn start(&mut self, now: Duration) {
        self.attempted = Some(now);
    }

    /// Ends an attempt without a request. The next scrape makes another one.
    pub(super) fn postpone(&mut self) {
        self.attempted = None;
    }

    /// Records the result of an attempt.
    pub(super) fn record(&mut self, result: Result<Reply<T>, RequestError>, api: Api, clock: &dyn Clock) {
        match result {
            Ok(Reply { value, error: complaint }) => {
                self.entry = Some(Entry::now(value, api, clock));
                self.error = complaint;
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// The value if it is at most `max_age` old. After 429 it is used at any age, until the server allows the next request.
    pub(super) fn fresh(&self, max_age: Duration, now: Duration) -> Option<Entry<T>> {
        let is_limited =
            self.error.as_ref().is_some_and(|error| matches!(error.reason, Reason::RateLimited { .. }));
        let is_fresh = |entry: &&Entry<T>| is_limited || now.saturating_sub(entry.at) <= max_age;
        self.entry.as_ref().filter(is_fresh).cloned()
    }

    /// The value as in [`Self::fresh`], and the error of the last attempt.
    pub(super) fn lookup(&self, max_age: Duration, now: Duration, answered: bool) -> Lookup<T> {
        Lookup { entry: self.fresh(max_age, now), error: self.error.clone(), answered }
    }

    /// Whether an attempt has ended.
    pub(super) fn was_attempted(&self) -> bool {
        self.entry.is_some() || self.error.is_some()
    }

    /// The value, at any age.
    pub(super) fn entry(&self) -> Option<&Entry<T>> {
        self.entry.as_ref()
    }

    /// The error of the last attempt.
    pub(super) fn error(&self) -> Option<&RequestError> {
        self.error.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use clock::ManualClock;
    use jiff::SignedDuration;
    use runpod::Operation;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const HOUR: Duration = Duration::from_hours(1);

    fn error(reason: Reason) -> RequestError {
        RequestError { api: Api::Rest, operation: Operation::Volumes, peer: "peer".into(), reason }
    }

    #[test]
    fn a_value_is_due_after_the_interval_and_a_failure_sooner() {
        let clock = ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap());
        let mut cache = Cache::default();
        assert!(cache.is_due(HOUR, clock.elapsed()));
        cache.start(clock.elapsed());
        cache.record(Ok(Reply::complete(1)), Api::Rest, &clock);
        clock.advance(SignedDuration::from_mins(59));
        assert!(!cache.is_due(HOUR, clock.elapsed()));
        clock.advance(SignedDuration::from_mins(1));
        assert!(cache.is_due(HOUR, clock.elapsed()));
        cache.start(clock.elapsed());
        cache.record(Err(error(Reason::NotFound)), Api::Rest, &clock);
        assert!(!cache.is_due(HOUR, clock.elapsed()));
        clock.advance(SignedDuration::from_mins(1));
        assert!(cache.is_due(HOUR, clock.elapsed()));
    }

    #[test]
    fn an_old_value_is_dropped_unless_the_server_limits_the_rate() {
        let clock = ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap());
        let mut cache = Cache::default();
        cache.record(Ok(Reply::complete(1)), Api::Rest, &clock);
        clock.advance(SignedDuration::from_mins(2));
        cache.record(Err(error(Reason::NotFound)), Api::Rest, &clock);
        assert!(cache.fresh(HOUR, clock.elapsed()).is_some());
        assert!(cache.fresh(MINUTE, clock.elapsed()).is_none());
        cache.record(Err(error(Reason::RateLimited { retry_after: None })), Api::Rest, &clock);
        let lookup = cache.lookup(MINUTE, clock.elapsed(), false);
        assert_eq!(lookup.entry.unwrap().read, "2026-11-22T12:00:00Z".parse().unwrap());
        assert!(lookup.error.is_some());
    }
}
