//! Places for requests in flight, whose number can change while requests hold some.

use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

/// A number of places.
#[derive(Debug)]
pub(super) struct Places {
    semaphore: Semaphore,
    size: Mutex<Size>,
}

#[derive(Debug, Clone, Copy)]
struct Size {
    now: usize,
    wanted: usize,
}

impl Places {
    pub(super) fn new(count: usize) -> Self {
        Self { semaphore: Semaphore::new(count), size: Mutex::new(Size { now: count, wanted: count }) }
    }

    /// Waits for a place until the deadline.
    pub(super) async fn take(&self, deadline: Instant) -> Option<SemaphorePermit<'_>> {
        match self.semaphore.try_acquire() {
            Ok(place) => Some(place), // without a timer
            Err(_full) => timeout_at(deadline, self.semaphore.acquire()).await.ok()?.ok(),
        }
    }

    /// The number of places that are taken.
    pub(super) fn taken(&self) -> usize {
        let now = self.size.lock().now;
        now.saturating_sub(self.semaphore.available_permits())
    }

    /// Gives a place back.
    pub(super) fn release(&self, place: SemaphorePermit<'_>) {
        drop(place);
        self.settle();
    }

    /// Changes the number. Of too many places, those that are taken go when they are released.
    pub(super) fn resize(&self, count: usize) {
        self.size.lock().wanted = count;
        self.settle();
    }

    fn settle(&self) {
        let mut size = self.size.lock();
        let Size { now, wanted } = *size;
        let (missing, excess) = (wanted.saturating_sub(now), now.saturating_sub(wanted));
        self.semaphore.add_permits(missing);
        let gone = self.semaphore.forget_permits(excess);
        size.now = now.saturating_add(missing).saturating_sub(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_number_changes_while_places_are_taken() {
        let places = Places::new(3);
        let free = || places.semaphore.available_permits();
        let now = Instant::now();
        let (one, two) = (places.take(now).await.unwrap(), places.take(now).await.unwrap());
        places.resize(1);
        assert_eq!(free(), 0, "two are taken, which is one too many");
        assert!(places.take(now).await.is_none());
        places.release(one);
        assert_eq!(free(), 0);
        places.release(two);
        assert_eq!(free(), 1);
        places.resize(5);
        assert_eq!(free(), 5);
    }
}
