//! How the log streams of an account are doing: the last attempt of each worker.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use runpod::RequestError;

/// An endpoint and a worker.
type Key = (Arc<str>, Arc<str>);

/// The last attempt of each worker that is followed: its error, if it failed. `None` until following has started.
#[derive(Debug, Default)]
pub struct StreamStates(Mutex<Option<HashMap<Key, Option<RequestError>>>>);

/// The state of one stream.
#[derive(Debug)]
pub struct StreamState {
    states: Arc<StreamStates>,
    key: Key,
}

impl StreamStates {
    /// Following has started, or goes on with these workers.
    pub(super) fn keep_only(&self, is_followed: impl Fn(&str, &str) -> bool) {
        let mut states = self.0.lock();
        states.get_or_insert_default().retain(|(endpoint, worker), _| is_followed(endpoint, worker));
    }

    /// The state of the stream of a worker, to be recorded.
    pub(super) fn of(self: &Arc<Self>, endpoint: &Arc<str>, worker: &Arc<str>) -> StreamState {
        StreamState { states: Arc::clone(self), key: (Arc::clone(endpoint), Arc::clone(worker)) }
    }

    /// The errors of the last attempts, `None` for those that succeeded. Nothing if no logs are followed.
    pub(crate) fn attempts(&self) -> Option<Vec<Option<RequestError>>> {
        Some(self.0.lock().as_ref()?.values().cloned().collect())
    }
}

impl StreamState {
    /// Records an attempt to open the stream, or that it was lost.
    pub(super) fn record(&self, error: Option<&RequestError>) {
        if let Some(states) = &mut *self.states.0.lock() {
            states.insert(self.key.clone(), error.cloned());
        }
    }
}
