//! Tasks in flight, shared by all callers that request the same result meanwhile. What a task does does not belong here.
//!
//! A caller joins the task with the latest deadline that is not later than its own. If every task ends too late for it, it
//! starts one, unless there are too many: then it waits for the one that ends first, and takes at its own deadline the result of
//! any task that has ended since.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// Number of tasks that callers may start for the same result, whatever their deadlines: two Prometheus servers, `check` and
/// the exporter's own first scrape.
const ALWAYS: usize = 4;

/// Maximum number of tasks for the same result. Above [`ALWAYS`], a caller starts one only if it has at most half of the time of
/// all others: a result that comes a little earlier than that of another task is not worth its requests.
pub(super) const MAX: usize = 8;

/// The tasks in flight, by the key of their result.
#[derive(Debug)]
pub(super) struct Inflight<K, V>(Mutex<HashMap<K, Tasks<V>>>);

impl<K, V> Default for Inflight<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// The tasks with the same result.
#[derive(Debug)]
struct Tasks<V> {
    running: Vec<Task<V>>,
    latest: Latest<V>,
}

/// The result of the task that ended last, and when.
type Latest<V> = Arc<Mutex<Option<(Instant, V)>>>;

#[derive(Debug)]
struct Task<V> {
    deadline: Instant,
    result: watch::Receiver<Option<V>>,
}

/// Sends the result of a task.
#[derive(Debug)]
pub(super) struct Finish<V> {
    result: watch::Sender<Option<V>>,
    latest: Latest<V>,
}

/// A result that is not there yet.
#[derive(Debug)]
pub(super) struct Pending<V> {
    arrived: Instant,
    result: watch::Receiver<Option<V>>,
    latest: Latest<V>,
}

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoResult {
    /// The task did not end in time.
    Late,
    /// The task panicked.
    Panicked,
}

impl<K: Clone + Eq + Hash, V: Clone> Inflight<K, V> {
    /// Joins a task for this key, or calls `start` to start one with this deadline.
    pub(super) fn join(&self, key: K, deadline: Instant, start: impl FnOnce(K, Finish<V>)) -> Pending<V> {
        let now = Instant::now();
        let mut all = self.0.lock();
        for tasks in all.values_mut() {
            tasks.running.retain(Task::is_running);
        }
        all.retain(|known, tasks| *known == key || !tasks.running.is_empty());
        let Tasks { running, latest } = all.entry(key.clone()).or_default();
        let joined = running.iter().filter(|task| task.deadline <= deadline).max_by_key(|task| task.deadline);
        let first = || running.iter().min_by_key(|task| task.deadline);
        let joined = joined
            .or_else(|| first().filter(|first| !may_start(running.len(), first.deadline, deadline, now)));
        let pending = |result| Pending { arrived: now, result, latest: Arc::clone(latest) };
        if let Some(task) = joined {
            return pending(task.result.clone());
        }
        let (sender, result) = watch::channel(None);
        let pending = pending(result.clone());
        running.push(Task { deadline, result });
        start(key, Finish { result: sender, latest: Arc::clone(latest) });
        pending
    }
}

/// Whether a caller may start another task. Of the running ones, the next to end does so at `first`.
fn may_start(running: usize, first: Instant, deadline: Instant, now: Instant) -> bool {
    let has_half = || {
        deadline.saturating_duration_since(now)
            <= first.saturating_duration_since(now).checked_div(2).unwrap_or_default()
    };
    running < ALWAYS || (running < MAX && has_half())
}

impl<V> Default for Tasks<V> {
    fn default() -> Self {
        Self { running: Vec::new(), latest: Arc::default() }
    }
}

impl<V> Task<V> {
    fn is_running(&self) -> bool {
        self.result.borrow().is_none() && self.result.has_changed().is_ok()
    }
}

impl<V: Clone> Finish<V> {
    /// Ends the task with its result.
    pub(super) fn with(self, value: V) {
        *self.latest.lock() = Some((Instant::now(), value.clone()));
        self.result.send_replace(Some(value));
    }
}

impl<V: Clone> Pending<V> {
    /// Waits for the result until `deadline`, then takes that of another task that has ended since the call of `join`.
    pub(super) async fn result(mut self, deadline: Instant) -> Result<V, NoResult> {
        let result = timeout_at(deadline, self.result.wait_for(Option::is_some)).await;
        match result {
            Ok(Ok(value)) => value.clone().ok_or(NoResult::Panicked),
            Ok(Err(_closed)) => Err(NoResult::Panicked),
            Err(_elapsed) => {
                let latest = self.latest.lock().clone();
                let (_, value) = latest.filter(|(ended, _)| *ended >= self.arrived).ok_or(NoResult::Late)?;
                Ok(value)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use clock::after;

    /// Tasks that tests end, by the seconds of their deadlines.
    #[derive(Default)]
    struct Tasks {
        inflight: Inflight<(), u64>,
        started: Mutex<Vec<(u64, Finish<u64>)>>,
    }

    impl Tasks {
        /// A caller with this many seconds. Returns its result and whether it started a task.
        fn join(&self, seconds: u64) -> (Pending<u64>, bool) {
            let before = self.started.lock().len();
            let deadline = after(Instant::now(), Duration::from_secs(seconds));
            let start = |(), finish| self.started.lock().push((seconds, finish));
            let pending = self.inflight.join((), deadline, start);
            (pending, self.started.lock().len() > before)
        }

        fn end(&self, seconds: u64) {
            let mut started = self.started.lock();
            let position = started.iter().position(|(known, _)| *known == seconds).unwrap();
            started.remove(position).1.with(seconds);
        }
    }

    fn in_seconds(seconds: u64) -> Instant {
        after(Instant::now(), Duration::from_secs(seconds))
    }

    #[tokio::test(start_paused = true)]
    async fn the_task_that_ends_last_in_time_is_joined() {
        let tasks = Tasks::default();
        let started: Vec<_> = [9, 5, 3, 6, 20].map(|seconds| tasks.join(seconds).1).into();
        assert_eq!(started, [true, true, true, false, false]);
        let (pending, _) = tasks.join(8);
        tasks.end(5);
        assert_eq!(pending.result(in_seconds(8)).await, Ok(5));
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_four_tasks_only_a_caller_with_half_of_the_time_starts_one() {
        let tasks = Tasks::default();
        let patience = [100, 99, 98, 97, 96, 49, 48, 24, 12, 6, 3];
        let started: Vec<_> = patience.iter().filter(|seconds| tasks.join(**seconds).1).collect();
        assert_eq!(started, [&100, &99, &98, &97, &48, &24, &12, &6]);
        assert_eq!(started.len(), MAX);
        tasks.end(6);
        assert!(tasks.join(5).1, "one has ended");
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_without_a_task_takes_the_result_of_another_that_ended_meanwhile() {
        let tasks = Tasks::default();
        for seconds in [100, 99, 98, 97, 20] {
            assert!(tasks.join(seconds).1);
        }
        tasks.end(20);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(tasks.join(30).1, "a result from before is not used");
        let (waiting, started) = tasks.join(29);
        assert!(!started);
        let (too_late, _) = tasks.join(28);
        assert_eq!(too_late.result(in_seconds(28)).await, Err(NoResult::Late));
        tasks.end(98);
        assert_eq!(waiting.result(in_seconds(1)).await, Ok(98));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_without_a_result_is_not_joined() {
        let tasks = Tasks::default();
        let (pending, _) = tasks.join(5);
        tasks.started.lock().clear();
        assert_eq!(pending.result(in_seconds(5)).await, Err(NoResult::Panicked));
        assert!(tasks.join(5).1);
    }
}
