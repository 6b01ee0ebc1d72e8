//! What a client sends with a job.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use serde_json::Value;

/// The bit of a serial number that marks a job whose client waits for the result. The id of such a job has a prefix.
pub(super) const SYNC: u64 = 1 << 63;

/// What a client sent. `Debug` hides it: an input can be private, and a URL can contain a token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct JobRequest {
    /// The input of the handler.
    pub(crate) input: Value,
    /// Where the result is sent.
    pub(crate) webhook: Option<String>,
    /// Maximum execution time; that of the endpoint, if `None`.
    pub(crate) execution_timeout: Option<Duration>,
    /// Maximum time in the queue.
    pub(crate) ttl: Duration,
    /// Whether the client waits for the result.
    pub(crate) sync: bool,
}

/// The queue is so long that it takes no more jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueFull;

impl JobRequest {
    /// How long the result can be read after the job has finished. The client of a synchronous job has received it already.
    pub(super) fn retention(&self) -> Duration {
        if self.sync { Duration::from_mins(1) } else { Duration::from_mins(30) }
    }
}

impl Debug for JobRequest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobRequest").field("sync", &self.sync).finish_non_exhaustive()
    }
}
