//! Tasks in flight, shared by all callers that request the same result meanwhile. What a task does does not belong here.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;

/// The tasks in flight, by the key of their result.
#[derive(Debug)]
pub(super) struct Inflight<K, V>(Mutex<HashMap<K, Task<V>>>);

impl<K, V> Default for Inflight<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Debug)]
struct Task<V> {
    deadline: Instant,
    result: watch::Receiver<Option<V>>,
}

/// A result that is not there yet.
#[derive(Debug)]
pub(super) struct Pending<V>(watch::Receiver<Option<V>>);

impl<K: Clone + Eq + Hash, V: Clone> Inflight<K, V> {
    /// Joins the task for this key if its deadline is not later than `deadline`; otherwise `start` starts one, which sends
    /// its result.
    pub(super) fn join(
        &self,
        key: K,
        deadline: Instant,
        start: impl FnOnce(K, watch::Sender<Option<V>>),
    ) -> Pending<V> {
        let mut tasks = self.0.lock();
        let in_time = |task: &&Task<V>| task.is_running() && task.deadline <= deadline;
        if let Some(task) = tasks.get(&key).filter(in_time) {
            return Pending(task.result.clone());
        }
        tasks.retain(|_, task| task.is_running());
        let (sender, result) = watch::channel(None);
        tasks.insert(key.clone(), Task { deadline, result: result.clone() });
        start(key, sender);
        Pending(result)
    }
}

impl<V> Task<V> {
    fn is_running(&self) -> bool {
        self.result.borrow().is_none() && self.result.has_changed().is_ok()
    }
}

impl<V: Clone> Pending<V> {
    /// Waits for the result. `None` if the task ended without one.
    pub(super) async fn result(mut self) -> Option<V> {
        let result = self.0.wait_for(Option::is_some).await;
        result.ok().and_then(|value| value.clone())
    }
}
