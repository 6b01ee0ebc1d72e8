//! How a question is asked: at every scrape or at intervals, of the first source or the second. Who is asked for what is
//! in [`super::super::preference`].

use std::time::Duration;

use super::cache::{Cache, Entry, Lookup};
use super::memory::Memory;
use super::{CollectorRun, Gatherer};
use crate::settings::Collector;
use crate::settings::Row;
use crate::snapshot::Provenance;
use runpod::{Api, Operation, Reason, Reply, RequestError, Urgency};

/// The longest that an answer is shown because its successor has to wait: the longest window of a quota.
pub(super) const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// A question that is asked at intervals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) api: Api,
    pub(super) operation: Operation,
    pub(super) every: Duration,
    pub(super) hold: Duration,
}

/// What the first source gave, and the second, if it was asked.
pub(super) struct Preferred<A, B> {
    pub(super) first: Option<Entry<A>>,
    pub(super) second: Option<Entry<B>>,
    pub(super) error: Option<RequestError>,
    /// Whether any of them answered in this scrape.
    pub(super) answered: bool,
}

impl Gatherer {
    /// A question to the first or the second source of a collector.
    pub(super) fn question(&self, collector: Collector, (api, operation): (Api, Operation)) -> Question {
        let hold = collector.row().cached_for;
        let every = self.every(collector);
        Question { api, operation, every, hold: hold.max(every * 3) }
    }

    /// Takes an answer of a source that is asked at every scrape. Its last one stands while the server asks to wait.
    pub(super) fn settle<T: Clone>(
        &self,
        cache: impl Fn(&mut Memory) -> &mut Cache<T>,
        api: Api,
        answer: Result<Reply<T>, RequestError>,
    ) -> Lookup<T> {
        let clock = &*self.clock;
        let mut memory = self.memory();
        let cache = cache(&mut memory);
        match answer {
            Err(error) if !matches!(error.reason, Reason::RateLimited { .. }) => {
                Lookup { held: None, error: Some(error), answered: false }
            }
            answer => {
                let answered = answer.is_ok();
                cache.end(answer, api, clock);
                Lookup { answered, ..cache.read(LONGEST_WAIT, clock.elapsed()) }
            }
        }
    }

    /// Asks, if it is time to and the quota allows it, and gives the last answer there is.
    pub(super) async fn refreshed<T: Clone>(
        &self,
        cache: impl Fn(&mut Memory) -> &mut Cache<T>,
        question: Question,
        ask: impl Future<Output = Result<Reply<T>, RequestError>>,
    ) -> Lookup<T> {
        let Question { api, operation, every, hold } = question;
        let now = self.clock.elapsed();
        let may_ask = {
            let mut memory = self.memory();
            let cache = cache(&mut memory);
            let rests = self.runpod.paused(api, operation).is_some(); // then asking costs nothing, and says why
            let is_due = cache.is_due(every, now)
                && (api != Api::Rest || rests || self.runpod.rest().grant(1, Urgency::Needed) == 1);
            if is_due {
                cache.begin(now);
            }
            is_due
        };
        let answer = if may_ask { Some(ask.await) } else { None };
        let mut memory = self.memory();
        let cache = cache(&mut memory);
        let answered = answer.as_ref().is_some_and(Result::is_ok);
        if let Some(answer) = answer {
            cache.end(answer, api, &*self.clock);
        }
        Lookup { answered, ..cache.read(hold, self.clock.elapsed()) }
    }

    /// Asks the first source of a collector; beside it the second, where the first is known to lack something that the
    /// second has, or after it, where that turns out.
    pub(super) async fn prefer<A, B>(
        &self,
        collector: Collector,
        first: impl Future<Output = Lookup<A>>,
        second: impl Future<Output = Lookup<B>>,
    ) -> Preferred<A, B> {
        let line = collector.row();
        let (first, second) = if self.lacks(&line) {
            let (first, second) = tokio::join!(first, second);
            (first, Some(second))
        } else {
            let first = first.await;
            let steps_in = self.lacks(&line) || yields(&line, first.error.as_ref());
            (first, if steps_in { Some(second.await) } else { None })
        };
        let error = match (&second, first.error) {
            (Some(second), error) if yields(&line, error.as_ref()) => {
                if second.held.is_some() {
                    second.error.clone()
                } else {
                    second.error.clone().or(error)
                }
            }
            // What the second adds to an answer of the first is welcome, and no loss where it does not come.
            (_, error) => error,
        };
        let answered = first.answered || second.as_ref().is_some_and(|second| second.answered);
        Preferred { first: first.held, second: second.and_then(|second| second.held), error, answered }
    }

    fn lacks(&self, line: &Row) -> bool {
        let (api, operation) = line.primary;
        let rests = self.runpod.paused(api, operation).is_some_and(|reason| line.falls_back_on(&reason));
        line.fallback.is_some() && (rests || self.runpod.lacks(operation, line.shared_fields))
    }
}

/// What REST answers is whole or nothing.
pub(super) async fn whole<T>(
    answer: impl Future<Output = Result<T, RequestError>>,
) -> Result<Reply<T>, RequestError> {
    answer.await.map(Reply::complete)
}

fn yields(line: &Row, error: Option<&RequestError>) -> bool {
    line.fallback.is_some() && error.is_some_and(|error| line.falls_back_on(&error.reason))
}

impl CollectorRun {
    /// How a collector fared, and whether any source of it answered in this scrape.
    pub(super) fn new(
        collector: Collector,
        error: Option<RequestError>,
        answered: bool,
        duration: Duration,
    ) -> Self {
        Self { collector, error, answered, duration, source: None }
    }

    /// The same, with where what it shows comes from: of several, the source that was read first.
    pub(super) fn from(self, sources: impl IntoIterator<Item = Provenance>) -> Self {
        let source = sources.into_iter().min_by_key(|source| source.read);
        Self { source, ..self }
    }
}
