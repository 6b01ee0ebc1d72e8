//! Reads of single objects, in flight together, some begun before the list that names the objects has arrived.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::Future;

use tokio::task::{AbortHandle, JoinError, JoinSet};

use runpod::{Outcome, Reply, RequestError};

/// What each read found, by id.
type Found<T> = Vec<(String, Result<T, RequestError>)>;

/// Reads in flight and what they found.
#[derive(Debug)]
pub(super) struct Lookups<T> {
    tasks: JoinSet<(Found<T>, Option<RequestError>)>,
    /// Reads that are about one object alone and so can be given up with it.
    alone: HashMap<String, AbortHandle>,
    asked: HashSet<String>,
    found: HashMap<String, Result<T, RequestError>>,
    /// The first complaint that came with data.
    complaint: Option<RequestError>,
}

impl<T: Send + 'static> Lookups<T> {
    pub(super) fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            alone: HashMap::new(),
            asked: HashSet::new(),
            found: HashMap::new(),
            complaint: None,
        }
    }

    /// The ids that were not asked for yet.
    fn fresh(&mut self, ids: &[String]) -> Vec<String> {
        ids.iter().filter(|id| self.asked.insert((*id).clone())).cloned().collect()
    }

    /// Asks for each id by a request of its own.
    pub(super) fn ask_each<F>(&mut self, ids: &[String], ask: impl Fn(String) -> F)
    where
        F: Future<Output = Result<T, RequestError>> + Send + 'static,
    {
        for id in self.fresh(ids) {
            let (name, answer) = (id.clone(), ask(id.clone()));
            let task = self.tasks.spawn(async move { (vec![(name, answer.await)], None) });
            self.alone.insert(id, task);
        }
    }

    /// Asks for many ids by one request, `size` at the most. An id that the answer lacks is not found and no failure.
    pub(super) fn ask_batches<F>(&mut self, ids: &[String], size: usize, ask: impl Fn(Vec<String>) -> F)
    where
        F: Future<Output = Result<Reply<BTreeMap<String, T>>, RequestError>> + Send + 'static,
    {
        for batch in self.fresh(ids).chunks(size) {
            let (names, answer) = (batch.to_vec(), ask(batch.to_vec()));
            self.tasks.spawn(async move {
                match answer.await {
                    Ok(Reply { value, error: complaint }) => {
                        (value.into_iter().map(|(id, object)| (id, Ok(object))).collect(), complaint)
                    }
                    Err(error) => (names.into_iter().map(|name| (name, Err(error.clone()))).collect(), None),
                }
            });
        }
    }

    /// Gives up what is about none of these ids.
    pub(super) fn keep_only(&mut self, ids: &HashSet<&str>) {
        let vanished = self.alone.iter().filter(|(id, _)| !ids.contains(id.as_str()));
        vanished.for_each(|(_, task)| task.abort());
        self.found.retain(|id, _| ids.contains(id.as_str()));
    }

    /// Takes in what arrives while something else is awaited.
    pub(super) async fn while_waiting_for<U>(&mut self, other: impl Future<Output = U>) -> U {
        tokio::pin!(other);
        loop {
            tokio::select! {
                value = &mut other => return value,
                Some(ended) = self.tasks.join_next() => self.take_in(ended),
            }
        }
    }

    /// Waits until every read has ended. Each has a deadline of its own.
    pub(super) async fn finish(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            self.take_in(ended);
        }
    }

    /// An aborted read was about an object that is gone, and a panicked one found nothing.
    fn take_in(&mut self, ended: Result<(Found<T>, Option<RequestError>), JoinError>) {
        match ended {
            Ok((found, complaint)) => {
                self.found.extend(found);
                self.complaint = self.complaint.take().or(complaint);
            }
            Err(error) if error.is_cancelled() => {}
            Err(error) => tracing::error!(%error, "a request task panicked; please report this"),
        }
    }

    /// What was found about this id, if it was asked for and answered.
    pub(super) fn take(&mut self, id: &str) -> Option<Result<T, RequestError>> {
        self.found.remove(id)
    }

    /// What came with data, or in its place: one error to speak for all.
    pub(super) fn complaint(&self) -> Option<RequestError> {
        self.complaint.clone().or_else(|| self.found.values().find_map(|read| read.as_ref().err().cloned()))
    }

    /// Whether reads were made and every one of them failed in this way.
    pub(super) fn all_failed_by(&self, outcome: Outcome) -> bool {
        let failed_so =
            |read: &Result<T, RequestError>| read.as_ref().is_err_and(|error| error.outcome() == outcome);
        !self.found.is_empty() && self.found.values().all(failed_so)
    }

    /// Whether reads were made and every one of them failed, and then how the first did.
    pub(super) fn all_failed(&self) -> Option<RequestError> {
        if self.found.values().any(Result::is_ok) {
            return None;
        }
        self.found.values().find_map(|read| read.as_ref().err().cloned())
    }
}
