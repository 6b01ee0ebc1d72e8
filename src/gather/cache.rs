//! The last answer to a question that is not asked at every scrape, or that may not be asked at present. It is always
//! shown with the moment at which it was read.

use std::time::Duration;

use jiff::Timestamp;

use clock::Clock;
use runpod::{Api, Reason, Reply, RequestError};

/// What failed is asked again after this long, however rarely it is asked otherwise.
const RETRY: Duration = Duration::from_mins(1);

/// An answer and where and when it was read.
#[derive(Debug, Clone)]
pub(super) struct Entry<T> {
    pub(super) value: T,
    pub(super) api: Api,
    pub(super) read: Timestamp,
    at: Duration,
}

/// A question, its last answer, and what became of it the last time.
#[derive(Debug)]
pub(super) struct Cache<T> {
    held: Option<Entry<T>>,
    tried: Option<Duration>,
    error: Option<RequestError>,
}

/// What there is to show, and what went wrong, if anything did. There may be both.
#[derive(Debug)]
pub(super) struct Lookup<T> {
    pub(super) held: Option<Entry<T>>,
    pub(super) error: Option<RequestError>,
    /// Whether the source answered in this scrape.
    pub(super) answered: bool,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self { held: None, tried: None, error: None }
    }
}

impl<T> Entry<T> {
    /// An answer that has just arrived.
    pub(super) fn now(value: T, api: Api, clock: &dyn Clock) -> Self {
        Self { value, api, read: clock.now(), at: clock.elapsed() }
    }

    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Entry<U> {
        let Self { value, api, read, at } = self;
        Entry { value: f(value), api, read, at }
    }
}

impl<T: Clone> Cache<T> {
    /// Whether it is time to ask.
    pub(super) fn is_due(&self, every: Duration, now: Duration) -> bool {
        let pause = if self.error.is_some() { every.min(RETRY) } else { every };
        self.tried.is_none_or(|tried| now >= tried.saturating_add(pause))
    }

    /// When it was asked last.
    pub(super) fn tried(&self) -> Option<Duration> {
        self.tried
    }

    /// It is being asked, and nobody else need do so.
    pub(super) fn begin(&mut self, now: Duration) {
        self.tried = Some(now);
    }

    /// Takes the outcome.
    pub(super) fn end(&mut self, answer: Result<Reply<T>, RequestError>, api: Api, clock: &dyn Clock) {
        match answer {
            Ok(Reply { value, error: complaint }) => {
                self.held = Some(Entry::now(value, api, clock));
                self.error = complaint;
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// What there is to show of an answer that may be `hold` old. One that is not replaced because the server asks to
    /// wait stands until it may be replaced.
    pub(super) fn read(&self, hold: Duration, now: Duration) -> Lookup<T> {
        let waits =
            self.error.as_ref().is_some_and(|error| matches!(error.reason, Reason::RateLimited { .. }));
        let is_fresh = |held: &&Entry<T>| waits || now.saturating_sub(held.at) <= hold;
        let (error, answered) = (self.error.clone(), false);
        Lookup { held: self.held.as_ref().filter(is_fresh).cloned(), error, answered }
    }

    /// What is held, however old.
    pub(super) fn held(&self) -> Option<&Entry<T>> {
        self.held.as_ref()
    }

    /// What went wrong the last time.
    pub(super) fn error(&self) -> Option<&RequestError> {
        self.error.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use clock::ManualClock;
    use runpod::Operation;

    const MINUTE: Duration = Duration::from_mins(1);
    const HOUR: Duration = Duration::from_hours(1);

    fn error(reason: Reason) -> RequestError {
        RequestError { api: Api::Rest, operation: Operation::Volumes, peer: "peer".into(), reason }
    }

    #[test]
    fn an_answer_is_asked_for_when_it_is_old_and_a_failure_sooner() {
        let clock = ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap());
        let mut cache = Cache::default();
        assert!(cache.is_due(HOUR, clock.elapsed()));
        cache.begin(clock.elapsed());
        cache.end(Ok(Reply::complete(1)), Api::Rest, &clock);
        clock.advance(SignedDuration::from_mins(59));
        assert!(!cache.is_due(HOUR, clock.elapsed()));
        clock.advance(SignedDuration::from_mins(1));
        assert!(cache.is_due(HOUR, clock.elapsed()));
        cache.begin(clock.elapsed());
        cache.end(Err(error(Reason::NotFound)), Api::Rest, &clock);
        assert!(!cache.is_due(HOUR, clock.elapsed()));
        clock.advance(SignedDuration::from_mins(1));
        assert!(cache.is_due(HOUR, clock.elapsed()));
    }

    #[test]
    fn an_old_answer_is_dropped_unless_the_server_asks_to_wait() {
        let clock = ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap());
        let mut cache = Cache::default();
        cache.end(Ok(Reply::complete(1)), Api::Rest, &clock);
        clock.advance(SignedDuration::from_mins(2));
        cache.end(Err(error(Reason::NotFound)), Api::Rest, &clock);
        assert!(cache.read(HOUR, clock.elapsed()).held.is_some());
        assert!(cache.read(MINUTE, clock.elapsed()).held.is_none());
        cache.end(Err(error(Reason::RateLimited { retry_after: None })), Api::Rest, &clock);
        let read = cache.read(MINUTE, clock.elapsed());
        assert_eq!(read.held.unwrap().read, "2026-11-22T12:00:00Z".parse().unwrap());
        assert!(read.error.is_some(), "and it says so");
    }
}
