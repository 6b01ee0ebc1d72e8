//! Concurrent reads of single objects. Some start before the list that names the objects has arrived.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt as _;
use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use program::task::{Task, caught};
use runpod::{Outcome, Reply, RequestError};
use tokio::task::{AbortHandle, JoinError, JoinSet};

use super::run::Tally;

/// What a read of one object, or of several in one request, returns.
#[derive(Debug)]
enum Ended<T> {
    One(Arc<str>, Result<T, RequestError>),
    /// The objects by id, and the error of the request. There may be both.
    Batch(BTreeMap<Arc<str>, T>, Option<RequestError>),
    /// The ids that were requested, and the error of the request.
    NoBatch(Vec<Arc<str>>, RequestError),
}

/// Reads in flight and their results.
#[derive(Debug)]
pub(super) struct Lookups<T> {
    tasks: JoinSet<Ended<T>>,
    /// The error of a read that panicked.
    panicked: RequestError,
    /// The objects that were requested. The read of a single one is aborted if it vanished.
    requested: HashMap<Arc<str>, Option<AbortHandle>>,
    /// Objects that vanished. Their reads may have ended before they were aborted.
    vanished: HashSet<Arc<str>>,
    results: HashMap<Arc<str>, Result<T, RequestError>>,
    /// The reads of several objects in one request.
    batches: Tally,
}

impl<T: Send + 'static> Lookups<T> {
    /// Without reads. One that panics has this error.
    pub(super) fn new(panicked: RequestError) -> Self {
        Self {
            tasks: JoinSet::new(),
            panicked,
            requested: HashMap::new(),
            vanished: HashSet::new(),
            results: HashMap::new(),
            batches: Tally::default(),
        }
    }

    /// Sends a request for each id that was not requested yet.
    pub(super) fn request_each<F>(&mut self, ids: &[Arc<str>], send: impl Fn(Arc<str>) -> F)
    where
        F: Future<Output = Result<T, RequestError>> + Send + 'static,
    {
        self.requested.reserve(ids.len());
        for id in ids {
            let Entry::Vacant(new) = self.requested.entry(Arc::clone(id)) else { continue };
            let (id, response) = (Arc::clone(id), send(Arc::clone(id)));
            let panicked = self.panicked.clone();
            // Without a block around it, which would have room for the future twice.
            let ended = move |result: Result<_, _>| Ended::One(id, result.unwrap_or(Err(panicked)));
            new.insert(Some(self.tasks.spawn(caught(Task::Scrape, response).map(ended))));
        }
    }

    /// Sends a request for each batch of at most `size` ids that were not requested yet. An id that is missing in the response is not
    /// an error.
    pub(super) fn request_batches<F>(
        &mut self,
        ids: &[Arc<str>],
        size: usize,
        send: impl Fn(Vec<Arc<str>>) -> F,
    ) where
        F: Future<Output = Result<Reply<BTreeMap<Arc<str>, T>>, RequestError>> + Send + 'static,
    {
        let new: Vec<_> =
            ids.iter().filter(|id| self.requested.insert(Arc::clone(id), None).is_none()).cloned().collect();
        for batch in new.chunks(size) {
            let (ids, response) = (batch.to_vec(), send(batch.to_vec()));
            let panicked = self.panicked.clone();
            self.tasks.spawn(async move {
                match caught(Task::Scrape, response).await.unwrap_or(Err(panicked)) {
                    Ok(Reply { value, error }) => Ended::Batch(value, error),
                    Err(error) => Ended::NoBatch(ids, error),
                }
            });
        }
    }

    /// Aborts the reads and drops the results of all other ids.
    pub(super) fn keep_only(&mut self, ids: &HashSet<&str>) {
        for (id, task) in self.requested.iter().filter(|(id, _)| !ids.contains(&***id)) {
            self.vanished.insert(Arc::clone(id));
            self.results.remove(id);
            if let Some(task) = task {
                task.abort();
            }
        }
    }

    /// Records results while another future runs.
    pub(super) async fn while_waiting_for<U>(&mut self, other: impl Future<Output = U>) -> U {
        tokio::pin!(other);
        loop {
            tokio::select! {
                value = &mut other => return value,
                Some(ended) = self.tasks.join_next() => self.record(ended),
            }
        }
    }

    /// Waits until every read has ended. Each has its own deadline.
    pub(super) async fn finish(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            self.record(ended);
        }
    }

    /// Records a read that ended. One that was aborted has no result.
    fn record(&mut self, ended: Result<Ended<T>, JoinError>) {
        match ended {
            Ok(Ended::One(id, result)) => self.add(id, result),
            Ok(Ended::Batch(objects, error)) => {
                for (id, object) in objects {
                    self.add(id, Ok(object));
                }
                self.batches.add(error.as_ref());
            }
            Ok(Ended::NoBatch(ids, error)) => {
                self.batches.add(Some(&error));
                for id in ids {
                    self.add(id, Err(error.clone()));
                }
            }
            Err(error) if error.is_cancelled() => {}
            // A read catches its own panic. Should one be lost all the same, it must not look like a success.
            Err(_panicked) => self.batches.add(Some(&self.panicked)),
        }
    }

    fn add(&mut self, id: Arc<str>, result: Result<T, RequestError>) {
        if !self.vanished.contains(&id) {
            self.results.insert(id, result);
        }
    }

    /// Takes the result of an id, if there is one.
    pub(super) fn take(&mut self, id: &str) -> Option<Result<T, RequestError>> {
        self.results.remove(id)
    }

    /// How the reads of single objects ended whose results were not taken yet.
    pub(super) fn tally(&self) -> Tally {
        self.results.values().map(|result| result.as_ref().err()).collect()
    }

    /// Adds the reads of several objects to those of a collector.
    pub(super) fn add_batches_to(&self, tally: &mut Tally) {
        tally.merge(&self.batches);
    }

    /// Whether there are results and all of them are errors with this outcome.
    pub(super) fn all_failed_by(&self, outcome: Outcome) -> bool {
        let failed =
            |result: &Result<T, RequestError>| result.as_ref().is_err_and(|error| error.outcome() == outcome);
        !self.results.is_empty() && self.results.values().all(failed)
    }
}

#[cfg(test)]
mod tests {
    use runpod::{Api, Operation, Reason};

    use super::*;

    #[tokio::test]
    async fn an_object_that_vanished_has_no_result_even_if_its_read_has_ended() {
        let error = |reason| RequestError {
            api: Api::Jobs,
            operation: Operation::Health,
            peer: "host".into(),
            reason,
        };
        let mut lookups = Lookups::new(error(Reason::Panicked));
        let ids = [Arc::from("gone"), Arc::from("here")];
        lookups.request_each(&ids, |id: Arc<str>| {
            std::future::ready(if &*id == "here" { Ok(()) } else { Err(error(Reason::NotFound)) })
        });
        while !lookups.requested.values().flatten().all(AbortHandle::is_finished) {
            tokio::task::yield_now().await;
        }
        lookups.keep_only(&HashSet::from_iter(["here"]));
        lookups.finish().await;
        assert_eq!((lookups.tally().parts.total(), lookups.tally().parts.failed()), (1, 0));
        assert!(lookups.take("gone").is_none() && lookups.take("here").is_some());
    }
}
