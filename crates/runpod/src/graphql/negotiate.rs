//! Negotiation: finding the fields that a server has, by requesting all of them and leaving out those that it rejects.
//!
//! Runpod is known in two shapes, fields are added and removed, introspection is disabled, and one unknown field fails a
//! whole document. So each document remembers which fields were rejected: the first request may take several rounds, later
//! ones send a valid document.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::document::{Alias, Document};
use super::printed::Printed;
use super::selection::Selection;
use crate::error::{Reason, RequestError};
use crate::operation::Operation;

/// Maximum number of rounds in one request. A validator that reports all errors at once needs two. Rejections are kept, so
/// that a validator that reports one error at a time needs a few requests.
const MAX_ROUNDS: usize = 12;

/// When to negotiate again, to find new fields. It costs a rejected request.
const RENEGOTIATE_AFTER: Duration = Duration::from_hours(6);

/// The same if the server rejected all of a document that every server has: probably another service took its place for a
/// moment.
const RETRY_REJECTED_AFTER: Duration = Duration::from_mins(1);

/// A document and the fields of it that the server accepts.
#[derive(Debug)]
pub(super) struct Negotiated {
    account: Arc<str>,
    document: &'static Document,
    state: Mutex<State>,
    /// Held during negotiation, so that concurrent requests negotiate once.
    negotiation: tokio::sync::Mutex<()>,
    /// Whether the server has rejected any field, or accepted all.
    answered: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    selection: Selection,
    settled: Option<Instant>,
    /// The fields that were logged, so that they are logged once.
    logged: Vec<String>,
    /// Incremented when the selection changes: a rejection of an older document does not apply to the current one.
    generation: u64,
}

impl Negotiated {
    pub(super) fn new(account: Arc<str>, document: &'static Document) -> Self {
        let (state, negotiation, answered) = Default::default();
        Self { account, document, state, negotiation, answered }
    }

    pub(super) fn operation(&self) -> Operation {
        self.document.operation
    }

    /// Whether a valid document is known.
    pub(super) fn is_settled(&self) -> bool {
        !self.state.lock().is_due(self.document)
    }

    /// Whether any field is left, as far as is known.
    pub(super) fn has_fields(&self) -> bool {
        !self.is_settled() || self.state.lock().selection.has_fields(self.document)
    }

    /// Leaves out the fields that another document has, as paths below the root. If they changed, negotiates again.
    pub(super) fn skip(&self, paths: Vec<String>) {
        let mut state = self.state.lock();
        let selection = Selection::without(self.document.root.name, paths);
        if !state.selection.skips_the_same(&selection) {
            let generation = state.generation + 1;
            // Without fields there is nothing to negotiate.
            let settled = (!selection.has_fields(self.document)).then(Instant::now);
            let logged = std::mem::take(&mut state.logged);
            *state = State { selection, settled, logged, generation };
        }
    }

    /// The paths that the server has below `root`, as far as is known; `None` before it has rejected any or accepted all.
    pub(super) fn leaves(&self, root: &str) -> Option<Vec<String>> {
        let state = self.state.lock();
        (state.settled.is_some() || state.selection.has_rejections()).then_some(())?;
        Some(state.selection.leaves(self.document, root))
    }

    /// Waits until [`Self::leaves`] are known for the first time, or for the deadline.
    pub(super) async fn answered(&self, deadline: Instant) {
        let mut answered = self.answered.subscribe();
        drop(timeout_at(deadline, answered.wait_for(|answered| *answered)).await);
    }

    /// The paths that the server has in no form.
    pub(super) fn unsupported(&self) -> Vec<String> {
        self.state.lock().selection.unsupported(self.document)
    }

    /// Calls `send` with the document until the server accepts it. `None` if it rejected every field.
    pub(super) async fn request<T, F>(
        &self,
        aliases: &[Alias],
        send: impl Fn(String) -> F,
    ) -> Result<Option<T>, RequestError>
    where
        F: Future<Output = Result<T, RequestError>>,
    {
        let mut negotiation = None;
        let mut round = 0;
        loop {
            if self.is_settled() {
                negotiation = None; // lets concurrent requests proceed
            } else if negotiation.is_none() {
                negotiation = Some(self.negotiation.lock().await);
                self.begin();
                continue; // another request may have negotiated in the meantime
            }
            let (printed, generation) = {
                let mut state = self.state.lock();
                if !state.selection.has_fields(self.document) {
                    self.settle(&mut state);
                    return Ok(None);
                }
                (state.selection.print(self.document, aliases), state.generation)
            };
            let error = match send(printed.text.clone()).await {
                Ok(value) => {
                    let mut state = self.state.lock();
                    if state.generation == generation {
                        self.settle(&mut state);
                    }
                    return Ok(Some(value));
                }
                Err(error) => error,
            };
            round += 1;
            if round > MAX_ROUNDS || !self.reject(&error, &printed, generation) {
                return Err(error);
            }
        }
    }

    /// Starts a negotiation: forgets rejections that are too old.
    fn begin(&self) {
        let mut state = self.state.lock();
        if state.settled.is_some() && state.is_due(self.document) {
            state.forget();
        }
    }

    /// Leaves out the rejected fields. False if the error does not identify any.
    fn reject(&self, error: &RequestError, printed: &Printed, generation: u64) -> bool {
        let Reason::Schema { refusals } = &error.reason else { return false };
        let mut state = self.state.lock();
        if state.generation != generation {
            return true; // another request has negotiated in the meantime
        }
        if state.settled.is_some() {
            tracing::info!(
                account = &*self.account,
                document = self.document.name,
                "GraphQL query rejected; renegotiating fields"
            );
            state.forget();
            return true;
        }
        state.generation += 1;
        let is_progress = state.selection.reject(printed, refusals);
        if is_progress {
            self.answered.send_replace(true);
        }
        is_progress
    }

    fn settle(&self, state: &mut State) {
        if state.settled.is_some() {
            return;
        }
        state.settled = Some(Instant::now());
        self.answered.send_replace(true);
        let unsupported = state.selection.unsupported(self.document);
        if !unsupported.is_empty() && unsupported != state.logged {
            tracing::info!(
                account = &*self.account,
                document = self.document.name,
                left_out = unsupported.len(),
                fields = unsupported.join(" "),
                "the server does not have these fields; they are left out"
            );
            state.logged = unsupported;
        }
    }
}

impl State {
    /// Whether to negotiate, for the first time or again.
    fn is_due(&self, document: &Document) -> bool {
        let Some(settled) = self.settled else { return true };
        let is_rejected = !document.optional && !self.selection.has_fields(document);
        settled.elapsed() >= if is_rejected { RETRY_REJECTED_AFTER } else { RENEGOTIATE_AFTER }
    }

    fn forget(&mut self) {
        self.selection.reset();
        self.settled = None;
        self.generation += 1;
    }
}
