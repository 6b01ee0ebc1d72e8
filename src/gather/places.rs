//! How many gatherings of an account run at the same time.

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

/// Maximum number of gatherings of an account at the same time. Each may send a request for every endpoint, and anyone who can
/// reach `/metrics` and `/probe` can start one: this bounds what they cost the account, whatever collectors and timeouts they
/// name. Equal to the limit of `/metrics`, so other scrapes wait for at most that many.
const MAX_GATHERINGS: usize = 8;

/// The places of an account for gatherings.
#[derive(Debug)]
pub(super) struct Places(Semaphore);

impl Default for Places {
    fn default() -> Self {
        Self(Semaphore::new(MAX_GATHERINGS))
    }
}

impl Places {
    /// Waits for a place until the deadline. `None` if none was free by then.
    pub(super) async fn take(&self, deadline: Instant) -> Option<SemaphorePermit<'_>> {
        timeout_at(deadline, self.0.acquire()).await.ok()?.ok()
    }
}
