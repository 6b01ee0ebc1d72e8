//! Tasks that run as long as the exporter serves.

use std::future::Future;

use program::task::{Task, restarting};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Runs tasks until the exporter stops. A task that panics is started again.
#[derive(Debug)]
pub(super) struct Background {
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
}

impl Background {
    /// Runs a task.
    pub(super) fn run<F>(&self, task: Task, start: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(restarting(task, start)));
    }
}
