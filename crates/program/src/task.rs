//! The tasks of a program by name, and what happens when one of them panics.
//!
//! Every task is spawned through [`named`], [`blocking`] or [`restarting`], so that a panic is counted and logged under the
//! name of its task. How a panic is logged does not belong here: see `panics`.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{FutureExt as _, TryFutureExt as _};
use strum::{IntoStaticStr, VariantArray};
use tokio::task::futures::TaskLocalFuture;
use tokio::task::{self, spawn_blocking};
use tokio::time::{Instant, sleep};

/// First pause before a task that panicked is started again. It doubles with each panic.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Longest pause. A task that ran longer than this before it panicked starts again with the first pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

tokio::task_local! {
    static CURRENT: Task;
}

/// Panics by task since the start of the process.
static PANICS: [AtomicU64; Task::ALL.len()] = [const { AtomicU64::new(0) }; Task::ALL.len()];

/// What a task does: a closed set, because it is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Task {
    /// Serves HTTP requests.
    Http,
    /// Reads Runpod for a scrape.
    Scrape,
    /// Follows logs.
    Logs,
    /// Sends log lines to Loki.
    Loki,
    /// Parses webhooks and pushes of jobs.
    Jobs,
    /// Reads alerts from Alertmanager.
    Alerts,
    /// Reloads the configuration.
    Reload,
    /// None of these: the main task, and threads of libraries.
    Other,
}

impl Task {
    /// All tasks.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `task` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Counts a panic of this task.
    pub(crate) fn count_panic(self) {
        if let Some(count) = PANICS.get(self as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The task panicked. What it held is not known here: the log names the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the task \"{}\" panicked; see the log, and please report it", .0.as_str())]
pub struct Panicked(pub Task);

/// The task that runs here.
pub fn current() -> Task {
    CURRENT.try_with(|task| *task).unwrap_or(Task::Other)
}

/// The number of panics of each task since the start of the process.
pub fn panics() -> impl Iterator<Item = (Task, u64)> {
    Task::ALL.iter().copied().zip(PANICS.iter().map(|count| count.load(Ordering::Relaxed)))
}

/// The future under the name of a task. Tasks that it spawns do not inherit the name.
pub fn named<F: Future>(task: Task, future: F) -> TaskLocalFuture<Task, F> {
    CURRENT.scope(task, future)
}

/// Runs a function under the name of a task.
pub fn run<T>(task: Task, run: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(task, run)
}

/// Work for another thread, under the name of the task that calls this.
pub fn carried(work: Box<dyn FnOnce() + Send>) -> Box<dyn FnOnce() + Send> {
    let task = current();
    Box::new(move || run(task, work))
}

/// Runs a future under the name of a task. A panic ends only this future.
///
/// Not an `async fn`, which would have room for the future twice: thousands of them wait at the same time.
pub fn caught<T>(task: Task, future: impl Future<Output = T>) -> impl Future<Output = Result<T, Panicked>> {
    AssertUnwindSafe(named(task, future)).catch_unwind().map_err(move |_payload| Panicked(task))
}

/// Runs a function under the name of a task. A panic ends only this function.
pub fn attempt<T>(task: Task, run: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(|| self::run(task, run))).map_err(|_payload| Panicked(task))
}

/// Runs a function on a thread where it may block or compute for long.
pub async fn blocking<T: Send + 'static>(
    task: Task,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Panicked> {
    spawn_blocking(move || self::run(task, run)).await.map_err(|_panic: task::JoinError| Panicked(task))
}

/// Runs a task that has no end of its own. When it panics it is started again, after a pause of one second that doubles up to
/// one minute. Returns when the task returns.
pub async fn restarting<F: Future<Output = ()>>(task: Task, mut start: impl FnMut() -> F) {
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        if caught(task, start()).await.is_ok() {
            return;
        }
        if started.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        tracing::warn!(
            task = task.as_str(),
            seconds = pause.as_secs(),
            "a task panicked; it will be started again"
        );
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_started_again_after_a_growing_pause() {
        let (starts, begin) = (Cell::new(0_u32), Instant::now());
        restarting(Task::Logs, || {
            starts.set(starts.get() + 1);
            let start = starts.get();
            async move { assert!(start > 8, "start {start}") }
        })
        .await;
        assert_eq!(starts.get(), 9);
        // 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60
        assert_eq!(begin.elapsed().as_secs(), 183);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_part() {
        let boom = || -> u32 { panic!("boom") };
        assert_eq!(caught(Task::Http, async move { boom() }).await, Err(Panicked(Task::Http)));
        assert_eq!(blocking(Task::Jobs, boom).await, Err(Panicked(Task::Jobs)));
        assert_eq!(attempt(Task::Jobs, boom), Err(Panicked(Task::Jobs)));
        assert_eq!(attempt(Task::Jobs, current), Ok(Task::Jobs));
        assert_eq!(blocking(Task::Jobs, current).await, Ok(Task::Jobs));
        assert_eq!(caught(Task::Loki, async { current() }).await, Ok(Task::Loki));
        assert_eq!(current(), Task::Other);
    }

    #[tokio::test]
    async fn work_on_another_thread_has_the_name_of_its_task() {
        let (send, receive) = std::sync::mpsc::channel();
        let work = move || send.send(current()).unwrap();
        let spawned = run(Task::Scrape, || spawn_blocking(carried(Box::new(work))));
        spawned.await.unwrap();
        assert_eq!(receive.recv(), Ok(Task::Scrape));
    }
}
