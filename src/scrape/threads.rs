//! The threads that gatherings run on.

use std::io;

use program::task::{Task, named};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// The threads of gatherings. `serve` has threads for them alone: a gathering of 100,000 endpoints is busy for seconds, and
/// neither the deadlines of scrapes nor other pages may wait for it.
#[derive(Debug)]
pub struct Threads {
    handle: Handle,
    own: Option<Runtime>,
}

impl Threads {
    /// Those of the caller.
    pub fn shared() -> Self {
        Self { handle: Handle::current(), own: None }
    }

    /// As many as there are processors, for gatherings alone.
    pub fn own() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().thread_name("gather").enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), own: Some(runtime) })
    }

    /// Starts a task on them, which `tasks` waits for.
    pub(super) fn run<F>(&self, tasks: &TaskTracker, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        tasks.spawn_on(named(Task::Scrape, task), &self.handle)
    }
}

/// In the background: a runtime cannot wait for its threads while it is in one.
impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.own.take() {
            runtime.shutdown_background();
        }
    }
}
