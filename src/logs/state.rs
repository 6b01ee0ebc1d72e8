//! How the log streams of an account are doing: the last attempt of each worker.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use runpod::{Reason, RequestError};

/// An endpoint and a worker.
type Key = (Arc<str>, Arc<str>);

/// Number of attempts that find no log of a worker, one a minute, after which that is an error. A worker that was just created
/// has none yet, and one that is gone stays in the list for a moment.
const MISSING: u32 = 3;

/// The last attempt of each worker that is followed. `None` until following has started.
#[derive(Debug, Default)]
pub struct StreamStates(Mutex<Option<HashMap<Key, Attempt>>>);

/// The last attempt to read the log of a worker.
#[derive(Debug, Default)]
struct Attempt {
    /// Its error, if it failed.
    error: Option<RequestError>,
    /// Number of consecutive attempts that found no log.
    missing: u32,
}

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

    /// The errors of the last attempts, `None` for those that succeeded. Workers without a log are left out, unless none has
    /// one. Nothing if no logs are followed.
    pub(crate) fn attempts(&self) -> Option<Vec<Option<RequestError>>> {
        let states = self.0.lock();
        let attempts = states.as_ref()?.values();
        let any_read = attempts.clone().any(|attempt| attempt.error.is_none());
        let counts = |attempt: &&Attempt| attempt.missing == 0 || (attempt.missing >= MISSING && !any_read);
        Some(attempts.filter(counts).map(|attempt| attempt.error.clone()).collect())
    }
}

impl StreamState {
    /// Records an attempt to open the stream, or that it was lost.
    pub(super) fn record(&self, error: Option<&RequestError>) {
        if let Some(states) = &mut *self.states.0.lock() {
            let attempt = states.entry(self.key.clone()).or_default();
            let is_missing = error.is_some_and(|error| matches!(error.reason, Reason::NotFound));
            attempt.missing = if is_missing { attempt.missing.saturating_add(1) } else { 0 };
            attempt.error = error.cloned();
        }
    }
}

#[cfg(test)]
mod tests {
    use runpod::{Api, Operation};

    use super::*;

    fn failed(reason: Reason) -> RequestError {
        RequestError { api: Api::Rest, operation: Operation::Logs, peer: "host".into(), reason }
    }

    #[test]
    fn a_missing_log_is_an_error_only_if_no_worker_has_one() {
        let states = Arc::new(StreamStates::default());
        assert!(states.attempts().is_none(), "nothing is followed");
        states.keep_only(|_, _| true);
        let worker = |name: &str| states.of(&Arc::from("e"), &Arc::from(name));
        let errors = || states.attempts().unwrap().iter().flatten().count();
        let (gone, other) = (worker("gone"), worker("other"));
        let missing = failed(Reason::NotFound);
        gone.record(Some(&missing));
        gone.record(Some(&missing));
        assert_eq!(states.attempts().unwrap().len(), 0, "it may just have been created");
        gone.record(Some(&missing));
        assert_eq!(errors(), 1, "there are no logs at all");
        other.record(None);
        assert_eq!((errors(), states.attempts().unwrap().len()), (0, 1));
        other.record(Some(&failed(Reason::Server { status: 502, retry_after: None })));
        assert_eq!(errors(), 2, "a real failure is kept");
        gone.record(None);
        gone.record(Some(&missing));
        assert_eq!(errors(), 1, "it is counted from the last success");
    }
}
