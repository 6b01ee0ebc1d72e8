//! Keeps all exchanges of a client in memory, until they are scrubbed and written.

use std::collections::BTreeMap;
use std::sync::Arc;

use clock::Clock;
use parking_lot::Mutex;
use recording::{Answer, Exchange};
use runpod::{Answered, Intercept, Parts, Reason, Sent};

use super::request;

/// Maximum size of a stream in bytes. The log lines of some seconds are far less.
const MAX_STREAM: usize = 1024 * 1024;

/// Keeps exchanges.
#[derive(Debug)]
pub struct Recorder {
    clock: Arc<dyn Clock>,
    exchanges: Mutex<Vec<Exchange>>,
}

impl Recorder {
    /// A recorder without exchanges.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, exchanges: Mutex::default() }
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
        let exchange = Exchange { time: self.clock.now(), request: request(sent), answer };
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
    fn answered(&self, sent: &Sent<'_>, answer: Answered) {
        self.0.add(sent, Ok(kept(answer)));
    }

    fn unanswered(&self, sent: &Sent<'_>, reason: &Reason) {
        self.0.add(sent, Err(reason.outcome().as_str().to_owned()));
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
        joined.entry(name).and_modify(|before| *before += &format!(", {value}")).or_insert(value);
    }
    Answer { status, headers: joined, body }
}
