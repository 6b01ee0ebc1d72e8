//! Follows all workers of one endpoint over the REST API. The workers are listed again and again, because they come and
//! go.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use super::{Cursor, FollowOptions, Line, StreamEnd, StreamFollower};
use crate::advice::WithAdvice;
use clock::{Clock, after};
use program::task::{Panicked, Task, caught};
use runpod::{LogSubject, LogWindow, Reason, RequestError, Runpod, Urgency};

/// Follows the workers of an endpoint.
#[derive(Debug)]
pub(crate) struct EndpointFollower {
    /// The client of the account.
    pub runpod: Arc<Runpod>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The endpoint's id.
    pub endpoint: Arc<str>,
    /// The lines to read of each worker.
    pub window: LogWindow,
    /// Delays and timeouts.
    pub options: FollowOptions,
    /// Whether to wait for new lines after the existing ones.
    pub live: bool,
}

/// Why following an endpoint ended.
#[derive(Debug)]
pub(crate) enum EndpointEnd {
    /// All requested lines were received.
    Done {
        /// Number of workers that were followed.
        workers: usize,
    },
    /// The REST API does not serve the logs of these workers; another API may.
    Unavailable(RequestError),
    /// The logs cannot be read.
    Failed(RequestError),
    /// Reading the logs of a worker panicked.
    Panicked(Panicked),
}

/// The workers and their streams.
#[derive(Default)]
struct Workers {
    streams: JoinSet<(Arc<str>, Cursor, StreamEnd)>,
    /// The workers that are followed, and the tasks that follow them.
    followed: HashMap<Arc<str>, Id>,
    /// Cursors of the streams that ended: a worker that was scaled down may return.
    cursors: HashMap<Arc<str>, Cursor>,
    /// Workers that were followed at any time.
    known: HashSet<Arc<str>>,
    /// Whether the logs of at least one worker could be read.
    any_readable: bool,
    error: Option<RequestError>,
    panicked: Option<Panicked>,
}

impl EndpointFollower {
    /// Follows until the end.
    pub(crate) async fn run(self, sender: Sender<Line>) -> EndpointEnd {
        let mut workers = Workers::default();
        let mut listed = None;
        loop {
            let now = self.clock.now();
            let deadline = after(Instant::now(), self.options.idle);
            match self.runpod.rest().workers(&self.endpoint, deadline).await {
                Ok(list) => {
                    let ids = list.workers.0.unwrap_or_default().into_iter().filter_map(|worker| worker.id.0);
                    for id in ids {
                        self.follow(&mut workers, id, listed, &sender);
                    }
                    listed = Some(now);
                }
                Err(error) if is_unavailable(&error) && listed.is_none() => {
                    return EndpointEnd::Unavailable(error);
                }
                Err(error) if listed.is_none() => return EndpointEnd::Failed(error),
                Err(error) if is_unavailable(&error) && workers.streams.is_empty() => {
                    return EndpointEnd::Done { workers: workers.known.len() }; // the endpoint was deleted
                }
                Err(error) => tracing::debug!("cannot list workers; will retry: {error}"),
            }
            let relist = after(Instant::now(), self.options.relist);
            if let Some(end) = self.wait(&mut workers, relist, &sender).await {
                return end;
            }
        }
    }

    /// Follows a worker, unless it is followed already. A worker that was not in the list at `listed` is followed from
    /// then on.
    fn follow(
        &self,
        workers: &mut Workers,
        worker: Arc<str>,
        listed: Option<Timestamp>,
        sender: &Sender<Line>,
    ) {
        if workers.followed.contains_key(&worker) {
            return;
        }
        workers.known.insert(Arc::clone(&worker));
        let window = match listed {
            None => self.window.clone(),
            Some(since) => LogWindow { since: Some(since), ..self.window.clone() },
        };
        let follower = StreamFollower {
            runpod: Arc::clone(&self.runpod),
            clock: Arc::clone(&self.clock),
            subject: LogSubject::Worker { endpoint: Arc::clone(&self.endpoint), worker: Arc::clone(&worker) },
            cursor: workers.cursors.remove(&worker).unwrap_or_else(|| Cursor::new(window)),
            options: self.options,
            live: self.live,
            warn: true,
            urgency: if listed.is_none() { Urgency::Needed } else { Urgency::CanWait },
            state: None,
        };
        let (sender, id) = (sender.clone(), Arc::clone(&worker));
        let (clock, source) = (Arc::clone(&self.clock), self.window.source);
        let task = workers.streams.spawn(async move {
            let read = caught(Task::Logs, follower.run(sender)).await;
            let lost = |panicked| (Cursor::from_now_on(clock.now(), source), StreamEnd::Panicked(panicked));
            let (cursor, end) = read.unwrap_or_else(lost);
            (id, cursor, end)
        });
        workers.followed.insert(worker, task.id());
    }

    /// Waits until the workers are due to be listed again. Returns the end if it is reached before.
    async fn wait(
        &self,
        workers: &mut Workers,
        relist: Instant,
        sender: &Sender<Line>,
    ) -> Option<EndpointEnd> {
        loop {
            if workers.streams.is_empty() {
                if let Some(panicked) = workers.panicked.take().filter(|_| !self.live) {
                    return Some(EndpointEnd::Panicked(panicked));
                }
                let none_readable = !workers.any_readable && !workers.known.is_empty();
                match workers.error.take() {
                    Some(error) if none_readable && is_unavailable(&error) => {
                        return Some(EndpointEnd::Unavailable(error));
                    }
                    // A worker that is gone has no log any more. The others have.
                    Some(error) if matches!(error.reason, Reason::NotFound) => {
                        tracing::debug!("a worker has no log: {error}");
                        if !self.live {
                            return Some(EndpointEnd::Done { workers: workers.known.len() });
                        }
                    }
                    Some(error) if none_readable || !self.live => return Some(EndpointEnd::Failed(error)),
                    _ if !self.live => return Some(EndpointEnd::Done { workers: workers.known.len() }),
                    _ => {}
                }
            }
            tokio::select! {
                Some(ended) = workers.streams.join_next() => match ended {
                    Ok((worker, cursor, end)) => workers.ended(worker, cursor, end, self.live),
                    // It panicked: the worker is followed again after the next list.
                    Err(error) => workers.followed.retain(|_, id| *id != error.id()),
                },
                () = sleep_until(relist), if self.live => break,
                () = sender.closed() => return Some(EndpointEnd::Done { workers: workers.known.len() }),
            }
        }
        while self.live && self.runpod.rest().grant(1, Urgency::CanWait) == 0 {
            sleep(self.options.quota_retry).await;
        }
        None
    }
}

impl Workers {
    /// Records that the stream of a worker has ended. The last error of a reader with an end is its result, so that only the
    /// others are logged; and an error that all workers have is logged once.
    fn ended(&mut self, worker: Arc<str>, cursor: Cursor, end: StreamEnd, live: bool) {
        self.followed.remove(&worker);
        self.cursors.insert(worker, cursor);
        match end {
            StreamEnd::Done | StreamEnd::Gone { existed: true, .. } => self.any_readable = true,
            StreamEnd::Gone { existed: false, error } => self.error = self.error.take().or(Some(error)),
            // Another API may have the logs.
            StreamEnd::Failed(error) if is_unavailable(&error) => {
                self.error = self.error.take().or(Some(error));
            }
            StreamEnd::Panicked(panicked) => self.panicked = Some(panicked),
            StreamEnd::Failed(error) => {
                let is_other = |other: &RequestError| other.to_string() != error.to_string();
                let is_new = self.error.as_ref().is_none_or(is_other);
                let previous = self.error.replace(error);
                let to_log = if live { self.error.as_ref() } else { previous.as_ref() };
                let is_failure = |error: &&RequestError| !matches!(error.reason, Reason::NotFound);
                if let Some(error) = to_log.filter(|_| is_new).filter(is_failure) {
                    tracing::warn!("cannot read the logs of a worker: {}", WithAdvice(error));
                }
            }
        }
    }
}

/// Whether the API answered that it does not have these logs.
fn is_unavailable(error: &RequestError) -> bool {
    matches!(error.reason, Reason::NotFound | Reason::Retired)
}
