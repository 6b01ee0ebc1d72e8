//! Concurrent reads of single objects. Some start before the list that names the objects has arrived.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::Future;

use tokio::task::{AbortHandle, JoinError, JoinSet};

use super::run::Tally;
use program::task::{Task, caught};
use runpod::{Outcome, Reply, RequestError};

/// The result of each object in a response, by id.
type Results<T> = Vec<(String, Result<T, RequestError>)>;

/// What a task returns: the results, and the error of a read of several objects, which it may have in addition to them.
type Ended<T> = (Results<T>, Option<Result<(), RequestError>>);

/// Reads in flight and their results.
#[derive(Debug)]
pub(super) struct Lookups<T> {
    tasks: JoinSet<Ended<T>>,
    /// The error of a read that panicked.
    panicked: RequestError,
    /// Reads of one object, which are aborted if the object vanished.
    single: HashMap<String, AbortHandle>,
    requested: HashSet<String>,
    /// Objects that vanished. Their reads may have ended before they were aborted.
    vanished: HashSet<String>,
    results: HashMap<String, Result<T, RequestError>>,
    /// The reads of several objects in one request.
    batches: Tally,
}

impl<T: Send + 'static> Lookups<T> {
    /// Without reads. One that panics has this error.
    pub(super) fn new(panicked: RequestError) -> Self {
        Self {
            tasks: JoinSet::new(),
            panicked,
            single: HashMap::new(),
            requested: HashSet::new(),
            vanished: HashSet::new(),
            results: HashMap::new(),
            batches: Tally::default(),
        }
    }

    /// The ids that were not requested yet.
    fn new_ids(&mut self, ids: &[String]) -> Vec<String> {
        ids.iter().filter(|id| self.requested.insert((*id).clone())).cloned().collect()
    }

    /// Sends a request for each id.
    pub(super) fn request_each<F>(&mut self, ids: &[String], send: impl Fn(String) -> F)
    where
        F: Future<Output = Result<T, RequestError>> + Send + 'static,
    {
        for id in self.new_ids(ids) {
            let (name, response) = (id.clone(), send(id.clone()));
            let panicked = self.panicked.clone();
            let task = self.tasks.spawn(async move {
                let result = caught(Task::Scrape, response).await.unwrap_or(Err(panicked));
                (vec![(name, result)], None)
            });
            self.single.insert(id, task);
        }
    }

    /// Sends a request for each batch of at most `size` ids. An id that is missing in the response is not an error.
    pub(super) fn request_batches<F>(&mut self, ids: &[String], size: usize, send: impl Fn(Vec<String>) -> F)
    where
        F: Future<Output = Result<Reply<BTreeMap<String, T>>, RequestError>> + Send + 'static,
    {
        for batch in self.new_ids(ids).chunks(size) {
            let (names, response) = (batch.to_vec(), send(batch.to_vec()));
            let panicked = self.panicked.clone();
            self.tasks.spawn(async move {
                match caught(Task::Scrape, response).await.unwrap_or(Err(panicked)) {
                    Ok(Reply { value, error }) => {
                        let results = value.into_iter().map(|(id, object)| (id, Ok(object)));
                        (results.collect(), Some(error.map_or(Ok(()), Err)))
                    }
                    Err(error) => {
                        let results = names.into_iter().map(|name| (name, Err(error.clone())));
                        (results.collect(), Some(Err(error)))
                    }
                }
            });
        }
    }

    /// Aborts the reads and drops the results of all other ids.
    pub(super) fn keep_only(&mut self, ids: &HashSet<&str>) {
        let vanished = self.requested.iter().filter(|id| !ids.contains(id.as_str()));
        self.vanished.extend(vanished.cloned());
        for task in self.vanished.iter().filter_map(|id| self.single.get(id)) {
            task.abort();
        }
        self.results.retain(|id, _| ids.contains(id.as_str()));
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
            Ok((results, batch)) => {
                self.results.extend(results.into_iter().filter(|(id, _)| !self.vanished.contains(id)));
                if let Some(batch) = batch {
                    self.batches.add(batch.as_ref().err());
                }
            }
            Err(error) if error.is_cancelled() => {}
            // A read catches its own panic. Should one be lost all the same, it must not look like a success.
            Err(_panicked) => self.batches.add(Some(&self.panicked)),
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
        let ids = ["gone".to_owned(), "here".to_owned()];
        lookups.request_each(&ids, |id: String| {
            std::future::ready(if id == "here" { Ok(()) } else { Err(error(Reason::NotFound)) })
        });
        while !lookups.single.values().all(AbortHandle::is_finished) {
            tokio::task::yield_now().await;
        }
        lookups.keep_only(&HashSet::from(["here"]));
        lookups.finish().await;
        assert_eq!((lookups.tally().parts.total(), lookups.tally().parts.failed()), (1, 0));
        assert!(lookups.take("gone").is_none() && lookups.take("here").is_some());
    }
}
