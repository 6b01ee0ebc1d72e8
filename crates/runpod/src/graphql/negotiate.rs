//! Finding out which fields of a document a server has, by asking for all and leaving out what it refuses.
//!
//! Runpod is seen in two shapes, fields come and go, introspection is off in production, and one unknown field fails a
//! whole document. So each document keeps what its server refused: the first scrape pays for learning, the others send
//! one clean document.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::document::{Alias, Document, Printed, Selection};
use crate::error::{Reason, RequestError};
use crate::operation::Operation;

/// Refusals in a row before a scrape gives up on a document. A validator that reports all errors at once needs two;
/// what was learned is kept, so that even one that reports a single error at a time gets there over a few scrapes.
const ROUNDS: usize = 12;

/// A server that learned new fields is noticed after this long. Rarely, for it costs a refused request.
const RELEARN_AFTER: Duration = Duration::from_hours(6);

/// A server that refuses all of a document that every server has is asked again after this long: more likely something
/// stands in its place for a while.
const RETRY_REFUSED_AFTER: Duration = Duration::from_mins(1);

/// A document and what its server is known to accept of it.
#[derive(Debug)]
pub(super) struct Negotiated {
    account: Arc<str>,
    document: &'static Document,
    state: Mutex<State>,
    /// Held while a document is learned, so that batches in flight together learn it once.
    learning: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    selection: Selection,
    settled: Option<Instant>,
    /// The fields that the log has named, so that it names them once.
    told: Vec<String>,
    /// Grows whenever the selection changes: a refusal of an older printing says nothing of this one.
    generation: u64,
}

impl Negotiated {
    pub(super) fn new(account: Arc<str>, document: &'static Document) -> Self {
        Self { account, document, state: Mutex::default(), learning: tokio::sync::Mutex::default() }
    }

    pub(super) fn operation(&self) -> Operation {
        self.document.operation
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a clean document is known.
    pub(super) fn is_settled(&self) -> bool {
        !self.state().is_due(self.document)
    }

    /// Whether there is anything to ask, as far as is known.
    pub(super) fn is_alive(&self) -> bool {
        !self.is_settled() || self.state().selection.is_alive(self.document)
    }

    /// Leaves out of this document what another one gives. Learning begins anew if that changed.
    pub(super) fn spare(&self, given: Vec<String>) {
        let mut state = self.state();
        let (document, sparing) = (self.document, Selection::sparing(self.document.root.name(), given));
        if !state.selection.spares_the_same(&sparing) {
            let generation = state.generation + 1;
            // With nothing to ask there is nothing to learn.
            let settled = (!sparing.is_alive(document)).then(Instant::now);
            let told = std::mem::take(&mut state.told);
            *state = State { selection: sparing, settled, told, generation };
        }
    }

    /// The leaves that the server gives below `root`, once that is settled.
    pub(super) fn leaves(&self, root: &str) -> Option<Vec<String>> {
        let state = self.state();
        state.settled?;
        Some(state.selection.leaves(self.document, root))
    }

    /// The fields that the server has in no form.
    pub(super) fn unsupported(&self) -> Vec<String> {
        self.state().selection.unsupported(self.document)
    }

    /// Asks by `send` until the server takes the document. `None` if it has nothing of it.
    pub(super) async fn ask<T, F>(
        &self,
        aliases: &[Alias],
        send: impl Fn(String) -> F,
    ) -> Result<Option<T>, RequestError>
    where
        F: Future<Output = Result<T, RequestError>>,
    {
        let mut learning = None;
        let mut round = 0;
        loop {
            if self.is_settled() {
                learning = None; // let the others run beside this one
            } else if learning.is_none() {
                learning = Some(self.learning.lock().await);
                self.begin();
                continue; // somebody else may have learned meanwhile
            }
            let (printed, generation) = {
                let mut state = self.state();
                if !state.selection.is_alive(self.document) {
                    self.settle(&mut state);
                    return Ok(None);
                }
                (state.selection.print(self.document, aliases), state.generation)
            };
            let error = match send(printed.text.clone()).await {
                Ok(value) => {
                    let mut state = self.state();
                    if state.generation == generation {
                        self.settle(&mut state);
                    }
                    return Ok(Some(value));
                }
                Err(error) => error,
            };
            round += 1;
            if round > ROUNDS || !self.learn(&error, &printed, generation) {
                return Err(error);
            }
        }
    }

    /// Forgets what was learned too long ago.
    fn begin(&self) {
        let mut state = self.state();
        if state.settled.is_some() && state.is_due(self.document) {
            state.forget();
        }
    }

    /// Takes a refusal to heart. False if there is nothing to learn from it.
    fn learn(&self, error: &RequestError, printed: &Printed, generation: u64) -> bool {
        let Reason::Schema { refusals } = &error.reason else { return false };
        let mut state = self.state();
        if state.generation != generation {
            return true; // somebody else has learned meanwhile
        }
        if state.settled.is_some() {
            tracing::info!(
                account = &*self.account,
                document = self.document.name,
                "GraphQL query rejected; renegotiating its fields"
            );
            state.forget();
            return true;
        }
        state.generation += 1;
        state.selection.refuse(printed, refusals)
    }

    fn settle(&self, state: &mut State) {
        if state.settled.is_some() {
            return;
        }
        state.settled = Some(Instant::now());
        let unsupported = state.selection.unsupported(self.document);
        if !unsupported.is_empty() && unsupported != state.told {
            tracing::info!(
                account = &*self.account,
                document = self.document.name,
                left_out = unsupported.len(),
                fields = unsupported.join(" "),
                "the GraphQL server does not support some fields; leaving them out"
            );
            state.told = unsupported;
        }
    }
}

impl State {
    /// Whether the document is to be learned, or learned anew.
    fn is_due(&self, document: &Document) -> bool {
        let Some(settled) = self.settled else { return true };
        let refused_whole = !document.optional && !self.selection.is_alive(document);
        settled.elapsed() >= if refused_whole { RETRY_REFUSED_AFTER } else { RELEARN_AFTER }
    }

    fn forget(&mut self) {
        self.selection.relearn();
        self.settled = None;
        self.generation += 1;
    }
}
