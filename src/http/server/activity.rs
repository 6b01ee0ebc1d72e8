//! What each connection is doing: waiting for a request, receiving its head, or being answered.

use std::sync::{Arc, Weak};

use clock::after;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Timeouts;

/// The open connections of a listener.
#[derive(Debug, Default)]
pub(super) struct Activities(Mutex<Vec<Weak<Activity>>>);

/// What a connection is doing.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    changed: Notify,
    evicted: CancellationToken,
}

#[derive(Debug, Clone, Copy)]
struct State {
    phase: Phase,
    since: Instant,
    /// Number of requests so far.
    requests: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Waiting for the first byte of a request.
    Idle,
    /// Receiving the head of a request.
    Head,
    /// Receiving the body of a request.
    Body,
    /// Answering a request.
    Answering,
}

/// Ends when the body of a request was received, or is not wanted.
#[derive(Debug)]
pub(super) struct Receiving(Arc<Activity>);

/// Ends with a response.
#[derive(Debug)]
pub(super) struct Answering(Arc<Activity>);

impl Activities {
    /// Adds a connection.
    pub(super) fn open(&self) -> Arc<Activity> {
        let state = State { phase: Phase::Idle, since: Instant::now(), requests: 0 };
        let (changed, evicted) = (Notify::new(), CancellationToken::new());
        let activity = Arc::new(Activity { state: Mutex::new(state), changed, evicted });
        let mut all = self.0.lock();
        all.retain(|activity| activity.strong_count() > 0);
        all.push(Arc::downgrade(&activity));
        activity
    }

    /// Closes a connection that waits for its client: preferably one that never completed a request, else one between two
    /// requests, else one that sends a body; of each kind, the one that has waited longest. Returns whether there is one.
    pub(super) fn evict(&self) -> bool {
        let open: Vec<_> = self.0.lock().iter().filter_map(Weak::upgrade).collect();
        let waiting =
            open.iter().filter(|activity| !activity.evicted.is_cancelled()).filter_map(|activity| {
                let State { phase, since, requests } = *activity.state.lock();
                (phase != Phase::Answering).then_some(((phase == Phase::Body, requests > 0, since), activity))
            });
        let Some((_, activity)) = waiting.min_by_key(|(order, _)| *order) else { return false };
        activity.evicted.cancel();
        true
    }
}

impl Activity {
    /// The first byte of a request may have been received.
    pub(super) fn received(&self) {
        let mut state = self.state.lock();
        if state.phase == Phase::Idle {
            (state.phase, state.since) = (Phase::Head, Instant::now());
            self.changed.notify_one();
        }
    }

    /// The head of a request was received. The body and the answer end when the results are dropped.
    pub(super) fn requested(self: &Arc<Self>) -> (Receiving, Answering) {
        let mut state = self.state.lock();
        *state = State { phase: Phase::Body, since: Instant::now(), requests: state.requests + 1 };
        self.changed.notify_one();
        (Receiving(Arc::clone(self)), Answering(Arc::clone(self)))
    }

    /// The number of requests so far.
    pub(super) fn requests(&self) -> u64 {
        self.state.lock().requests
    }

    /// When the connection has waited too long for a request, and whether a part of one was received, or none ever.
    fn due(&self, timeouts: &Timeouts) -> Option<(Instant, bool)> {
        let State { phase, since, requests } = *self.state.lock();
        match phase {
            Phase::Body | Phase::Answering => None,
            Phase::Idle if requests > 0 => Some((after(since, timeouts.idle), false)),
            Phase::Idle | Phase::Head => Some((after(since, timeouts.head), true)),
        }
    }

    /// Completes when the connection has waited too long for a request. Returns whether a part of one was received, or none
    /// ever.
    pub(super) async fn overdue(&self, timeouts: &Timeouts) -> bool {
        loop {
            let due = self.due(timeouts);
            let until = async {
                match due {
                    Some((due, is_slow)) => {
                        sleep_until(due).await;
                        is_slow
                    }
                    None => std::future::pending().await,
                }
            };
            // On a busy machine both may be ready: then the request has arrived.
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                is_slow = until => return is_slow,
            }
        }
    }

    /// Whether there is no request to answer.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state.lock().phase, Phase::Idle | Phase::Head)
    }

    /// Completes when the connection has to make room.
    pub(super) async fn evicted(&self) {
        self.evicted.cancelled().await;
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        if state.phase == Phase::Body {
            state.phase = Phase::Answering;
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        (state.phase, state.since) = (Phase::Idle, Instant::now());
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures_util::poll;
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_has_arrived_is_not_too_late() {
        let activities: Arc<Activities> = Arc::default();
        let (activity, timeouts) = (activities.open(), Timeouts::default());
        // Which of two events is seen first must not be a matter of chance.
        for _ in 0..50 {
            let mut overdue = std::pin::pin!(activity.overdue(&timeouts));
            assert_eq!(poll!(&mut overdue), Poll::Pending);
            activity.received();
            advance(timeouts.head + timeouts.idle).await;
            let (receiving, answering) = activity.requested();
            assert_eq!(poll!(&mut overdue), Poll::Pending);
            drop((receiving, answering));
        }
        let mut overdue = std::pin::pin!(activity.overdue(&timeouts));
        assert_eq!(poll!(&mut overdue), Poll::Pending);
        advance(timeouts.idle).await;
        assert_eq!(poll!(&mut overdue), Poll::Ready(false));
    }
}
