//! How a question is asked: at every scrape or at intervals, of the first source or the second. Who is asked for what is
//! in [`super::super::preference`].

use std::time::Duration;

use super::super::memory::Memory;
use super::super::preference::Preference;
use super::super::slot::{Held, Read, Slot};
use super::super::{Collector, Source};
use super::{Course, Gatherer};
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
pub(super) struct Both<A, B> {
    pub(super) first: Option<Held<A>>,
    pub(super) second: Option<Held<B>>,
    pub(super) error: Option<RequestError>,
    /// Whether any of them answered in this scrape.
    pub(super) answered: bool,
}

impl Gatherer {
    /// A question to the first or the second source of a collector.
    pub(super) fn question(&self, collector: Collector, (api, operation): (Api, Operation)) -> Question {
        let hold = Preference::of(collector).hold;
        let every = self.every(collector);
        Question { api, operation, every, hold: hold.max(every * 3) }
    }

    /// Takes an answer of a source that is asked at every scrape. Its last one stands while the server asks to wait.
    pub(super) fn settle<T: Clone>(
        &self,
        slot: impl Fn(&mut Memory) -> &mut Slot<T>,
        api: Api,
        answer: Result<Reply<T>, RequestError>,
    ) -> Read<T> {
        let clock = &*self.clock;
        let mut memory = self.memory();
        let slot = slot(&mut memory);
        match answer {
            Err(error) if !matches!(error.reason, Reason::RateLimited { .. }) => {
                Read { held: None, error: Some(error), answered: false }
            }
            answer => {
                let answered = answer.is_ok();
                slot.end(answer, api, clock);
                Read { answered, ..slot.read(LONGEST_WAIT, clock.elapsed()) }
            }
        }
    }

    /// Asks, if it is time to and the quota allows it, and gives the last answer there is.
    pub(super) async fn refreshed<T: Clone>(
        &self,
        slot: impl Fn(&mut Memory) -> &mut Slot<T>,
        question: Question,
        ask: impl Future<Output = Result<Reply<T>, RequestError>>,
    ) -> Read<T> {
        let Question { api, operation, every, hold } = question;
        let now = self.clock.elapsed();
        let may_ask = {
            let mut memory = self.memory();
            let slot = slot(&mut memory);
            let rests = self.runpod.paused(api, operation).is_some(); // then asking costs nothing, and says why
            let is_due = slot.is_due(every, now)
                && (api != Api::Rest || rests || self.runpod.rest().grant(1, Urgency::Needed) == 1);
            if is_due {
                slot.begin(now);
            }
            is_due
        };
        let answer = if may_ask { Some(ask.await) } else { None };
        let mut memory = self.memory();
        let slot = slot(&mut memory);
        let answered = answer.as_ref().is_some_and(Result::is_ok);
        if let Some(answer) = answer {
            slot.end(answer, api, &*self.clock);
        }
        Read { answered, ..slot.read(hold, self.clock.elapsed()) }
    }

    /// Asks the first source of a collector; beside it the second, where the first is known to lack something that the
    /// second has, or after it, where that turns out.
    pub(super) async fn prefer<A, B>(
        &self,
        collector: Collector,
        first: impl Future<Output = Read<A>>,
        second: impl Future<Output = Read<B>>,
    ) -> Both<A, B> {
        let line = Preference::of(collector);
        let (first, second) = if self.lacks(line) {
            let (first, second) = tokio::join!(first, second);
            (first, Some(second))
        } else {
            let first = first.await;
            let steps_in = self.lacks(line) || yields(line, first.error.as_ref());
            (first, if steps_in { Some(second.await) } else { None })
        };
        let error = match (&second, first.error) {
            (Some(second), error) if yields(line, error.as_ref()) => {
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
        Both { first: first.held, second: second.and_then(|second| second.held), error, answered }
    }

    fn lacks(&self, line: &Preference) -> bool {
        let (api, operation) = line.first;
        let rests = self.runpod.paused(api, operation).is_some_and(|reason| line.yields_to_second(&reason));
        line.second.is_some() && (rests || self.runpod.lacks(operation, line.fields))
    }
}

/// What REST answers is whole or nothing.
pub(super) async fn whole<T>(
    answer: impl Future<Output = Result<T, RequestError>>,
) -> Result<Reply<T>, RequestError> {
    answer.await.map(Reply::complete)
}

fn yields(line: &Preference, error: Option<&RequestError>) -> bool {
    line.second.is_some() && error.is_some_and(|error| line.yields_to_second(&error.reason))
}

impl Course {
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
    pub(super) fn from(self, sources: impl IntoIterator<Item = Source>) -> Self {
        let source = sources.into_iter().min_by_key(|source| source.read);
        Self { source, ..self }
    }
}
