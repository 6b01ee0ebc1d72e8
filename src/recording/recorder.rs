//! Keeps all exchanges of a client in memory, until they are scrubbed and written, which `crates/recording` does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use parking_lot::Mutex;
use recording::{Answer, Exchange};
use runpod::{Answered, Api, Intercept, Operation, Outcome, Parts, Reason, Sent};

use super::measurements::{Measurements, Outcomes};
use super::{kind, request};

/// Maximum size of a stream in bytes. The log lines of some seconds are far less.
const MAX_STREAM: usize = 1024 * 1024;

/// Keeps exchanges.
#[derive(Debug)]
pub struct Recorder {
    clock: Arc<dyn Clock>,
    /// What answers in place of Runpod.
    inner: Option<Arc<dyn Intercept>>,
    exchanges: Mutex<Vec<Exchange>>,
    measurements: Mutex<Measurements>,
}

impl Recorder {
    /// A recorder without exchanges.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (inner, exchanges, measurements) = Default::default();
        Self { clock, inner, exchanges, measurements }
    }

    /// The same, with something that answers in place of Runpod.
    #[must_use]
    pub fn over(self, inner: Option<Arc<dyn Intercept>>) -> Self {
        Self { inner, ..self }
    }

    /// How long the answers of an API took.
    pub fn times(&self, api: Api) -> Vec<Duration> {
        self.measurements.lock().times(api)
    }

    /// How the requests of each kind ended.
    pub(crate) fn outcomes(&self) -> Outcomes {
        self.measurements.lock().outcomes().clone()
    }

    /// The exchanges so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().clone()
    }

    /// Whether a request of this kind was answered.
    pub fn has(&self, api: Api, operation: Operation, path: &str) -> bool {
        let is_it = |exchange: &Exchange| {
            let request = &exchange.request;
            kind(request) == Some((api, operation)) && request.path == path && exchange.answer.is_ok()
        };
        self.exchanges.lock().iter().any(is_it)
    }

    /// Adds an exchange, and returns its position.
    fn add(&self, sent: &Sent<'_>, answer: Result<Answer, String>) -> usize {
        let request = request(sent);
        self.measurements.lock().received(sent.api, &request, answer.is_ok());
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
    fn answer(&self, sent: &Sent<'_>) -> Option<Result<Answered, Reason>> {
        self.0.measurements.lock().sent(request(sent));
        self.0.inner.as_ref()?.answer(sent)
    }

    fn answered(&self, sent: &Sent<'_>, answer: Answered) {
        self.0.add(sent, Ok(kept(answer)));
    }

    fn unanswered(&self, sent: &Sent<'_>, reason: &Reason) {
        self.0.add(sent, Err(reason.outcome().as_str().to_owned()));
    }

    fn ended(&self, sent: &Sent<'_>, outcome: Outcome) {
        self.0.measurements.lock().ended((sent.api, sent.operation), outcome);
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
