//! Keeps all exchanges of a client in memory, until they are scrubbed and written.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use parking_lot::Mutex;
use recording::{Answer, Exchange, Request};
use runpod::{Answered, Api, Intercept, Operation, Outcome, Parts, Reason, Sent};
use tokio::time::Instant;

use super::request;

/// Maximum size of a stream in bytes. The log lines of some seconds are far less.
const MAX_STREAM: usize = 1024 * 1024;

/// Keeps exchanges.
#[derive(Debug)]
pub struct Recorder {
    clock: Arc<dyn Clock>,
    exchanges: Mutex<Vec<Exchange>>,
    /// What answers in place of Runpod.
    inner: Option<Arc<dyn Intercept>>,
    /// When requests were sent, and how long answers took, by API.
    sent: Mutex<HashMap<Request, Instant>>,
    times: Mutex<BTreeMap<String, Vec<Duration>>>,
    /// How the requests of each kind ended.
    outcomes: Mutex<Outcomes>,
}

/// The number of requests by API and operation, and by outcome.
pub(crate) type Outcomes = BTreeMap<(Api, Operation), BTreeMap<Outcome, usize>>;

impl Recorder {
    /// A recorder without exchanges.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (exchanges, sent, times, outcomes) = Default::default();
        Self { clock, exchanges, inner: None, sent, times, outcomes }
    }

    /// The same, with something that answers in place of Runpod.
    #[must_use]
    pub fn over(self, inner: Option<Arc<dyn Intercept>>) -> Self {
        Self { inner, ..self }
    }

    /// How long the answers of an API took.
    pub fn times(&self, api: &str) -> Vec<Duration> {
        self.times.lock().get(api).cloned().unwrap_or_default()
    }

    /// How the requests of each kind ended.
    pub(crate) fn outcomes(&self) -> Outcomes {
        self.outcomes.lock().clone()
    }

    /// The exchanges so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().clone()
    }

    /// Whether a request of this kind was answered.
    pub fn has(&self, api: &str, operation: &str, path: &str) -> bool {
        let is_it = |exchange: &Exchange| {
            let request = &exchange.request;
            request.api == api
                && request.operation == operation
                && request.path == path
                && exchange.answer.is_ok()
        };
        self.exchanges.lock().iter().any(is_it)
    }

    /// Adds an exchange, and returns its position.
    fn add(&self, sent: &Sent<'_>, answer: Result<Answer, String>) -> usize {
        let request = request(sent);
        // A request without an answer says nothing about how fast answers are.
        if let Some(start) = self.sent.lock().remove(&request).filter(|_| answer.is_ok()) {
            self.times.lock().entry(request.api.clone()).or_default().push(start.elapsed());
        }
        let exchange = Exchange { time: self.clock.now(), request, answer };
        let mut exchanges = self.exchanges.lock();
        exchanges.push(exchange);
        exchanges.len().saturating_sub(1)
    }
}

/// The recorder as the client needs it: a stream refers to it for as long as it is open.
#[derive(Debug)]
pub(super) struct Shared(pub(super) Arc<Recorder>);

impl Recorder {
    /// What the client reports its exchanges to.
    pub fn intercept(self: &Arc<Self>) -> Arc<dyn Intercept> {
        Arc::new(Shared(Arc::clone(self)))
    }
}

impl Intercept for Shared {
    fn answer(&self, sent: &Sent<'_>) -> Option<Result<Answered, String>> {
        self.0.sent.lock().insert(request(sent), Instant::now());
        self.0.inner.as_ref()?.answer(sent)
    }

    fn answered(&self, sent: &Sent<'_>, answer: Answered) {
        self.0.add(sent, Ok(kept(answer)));
    }

    fn unanswered(&self, sent: &Sent<'_>, reason: &Reason) {
        self.0.add(sent, Err(reason.outcome().as_str().to_owned()));
    }

    fn ended(&self, sent: &Sent<'_>, outcome: Outcome) {
        let mut outcomes = self.0.outcomes.lock();
        let count = outcomes.entry((sent.api, sent.operation)).or_default().entry(outcome).or_default();
        *count = count.saturating_add(1);
    }

    fn opened(&self, sent: &Sent<'_>, answer: Answered) -> Option<Parts> {
        let position = self.0.add(sent, Ok(kept(answer)));
        let recorder = Arc::clone(&self.0);
        Some(Box::new(move |part| {
            let mut exchanges = recorder.exchanges.lock();
            let answer = exchanges.get_mut(position).and_then(|exchange| exchange.answer.as_mut().ok());
            if let Some(answer) = answer.filter(|answer| answer.body.len() < MAX_STREAM) {
                answer.body.extend_from_slice(part);
            }
        }))
    }
}

fn kept(answer: Answered) -> Answer {
    let Answered { status, headers, body } = answer;
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let joined = joined.entry(name).or_default();
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        joined.push_str(&value);
    }
    Answer { status, headers: joined, body }
}
