//! The `logs` collector: follows the lines of all workers of the accounts, as long as the process runs.
//!
//! Scrapes list the workers; this only reads what they found. What is done with a line is up to the sink.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep};

use super::{Cursor, FollowOptions, Line, StreamEnd, StreamFollower, StreamStates};
use clock::Clock;
use program::task::{Task, caught};
use runpod::{LogSubject, LogWindow, Runpod, Urgency};

/// Interval at which the results of the scrapes are read.
const POLL: Duration = Duration::from_secs(5);

/// Delay before the stream of a worker that ended is reopened. A worker that is gone may stay in the list that long.
const REOPEN: Duration = Duration::from_mins(1);

/// Maximum number of cursors of workers that are gone. Some return.
const MAX_CURSORS: usize = 10_000;

/// Capacity of the channel from each stream to the sink, in lines.
const CHANNEL: usize = 64;

/// The account and endpoint that a line belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the labels")]
pub struct LogOrigin {
    pub account: Arc<str>,
    pub endpoint_id: Arc<str>,
    pub endpoint_name: Arc<str>,
}

/// An endpoint whose workers are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedEndpoint {
    pub endpoint_id: Arc<str>,
    pub endpoint_name: Arc<str>,
    pub workers: Vec<Arc<str>>,
}

/// An account whose endpoints are followed.
#[derive(Debug)]
pub struct WatchedAccount {
    /// Its name.
    pub account: Arc<str>,
    /// Its client. Another client is another account, even under the same name.
    pub runpod: Arc<Runpod>,
    /// Its endpoints.
    pub endpoints: Vec<WatchedEndpoint>,
    /// Where the attempts to read the streams are recorded.
    pub states: Arc<StreamStates>,
}

/// Receives every line once.
pub trait LineSink: Debug + Send + Sync {
    /// Receives a line.
    fn line(&self, origin: &LogOrigin, line: &Line);

    /// The endpoint was deleted or renamed: no more lines have this origin.
    fn gone(&self, origin: &LogOrigin);
}

/// Follows the workers that `accounts` lists. Does not return.
pub async fn collect(
    accounts: impl Fn() -> Vec<WatchedAccount>,
    sink: Arc<dyn LineSink>,
    clock: Arc<dyn Clock>,
    options: FollowOptions,
) {
    let mut followed: HashMap<Arc<str>, AccountFollower> = HashMap::new();
    loop {
        let watched = accounts();
        followed.retain(|name, follower| {
            let is_same = |account: &WatchedAccount| {
                account.account == *name && Arc::ptr_eq(&account.runpod, &follower.runpod)
            };
            watched.iter().any(is_same)
        });
        for WatchedAccount { account: name, runpod, endpoints, states } in watched {
            let start = || AccountFollower {
                name: Arc::clone(&name),
                runpod,
                clock: Arc::clone(&clock),
                sink: Arc::clone(&sink),
                options,
                since: clock.now(),
                endpoints: HashMap::new(),
                states,
            };
            followed.entry(Arc::clone(&name)).or_insert_with(start).update(endpoints);
        }
        sleep(POLL.min(options.relist)).await;
    }
}

struct AccountFollower {
    name: Arc<str>,
    runpod: Arc<Runpod>,
    clock: Arc<dyn Clock>,
    sink: Arc<dyn LineSink>,
    options: FollowOptions,
    /// Start of the log of workers that were not followed before.
    since: Timestamp,
    endpoints: HashMap<Arc<str>, FollowedEndpoint>,
    states: Arc<StreamStates>,
}

struct FollowedEndpoint {
    forwarder: Arc<Forwarder>,
    streams: JoinSet<(Arc<str>, Cursor, StreamEnd)>,
    followed: HashMap<Arc<str>, Id>,
    /// Cursors of the streams that ended, and when they ended.
    cursors: HashMap<Arc<str>, (Cursor, Instant)>,
}

/// Forwards lines to the sink until it is closed.
struct Forwarder {
    sink: Arc<dyn LineSink>,
    origin: Mutex<Option<LogOrigin>>,
}

impl AccountFollower {
    /// Follows new endpoints and workers, and stops following endpoints that are gone.
    fn update(&mut self, watched: Vec<WatchedEndpoint>) {
        let is_watched = |id: &Arc<str>| watched.iter().any(|watched| watched.endpoint_id == *id);
        self.endpoints.retain(|id, _| is_watched(id));
        self.states.keep_only(|endpoint, worker| {
            let mut of_endpoint = watched.iter().filter(|watched| *watched.endpoint_id == *endpoint);
            of_endpoint.any(|watched| watched.workers.iter().any(|listed| **listed == *worker))
        });
        for WatchedEndpoint { endpoint_id, endpoint_name, workers } in watched {
            let origin = LogOrigin { account: Arc::clone(&self.name), endpoint_id, endpoint_name };
            let sink = &self.sink;
            let new = || FollowedEndpoint::new(Arc::clone(sink), origin.clone());
            let endpoint = self.endpoints.entry(Arc::clone(&origin.endpoint_id)).or_insert_with(new);
            endpoint.forwarder.rename(&origin);
            endpoint.reap(self.clock.now());
            for worker in workers {
                if endpoint.followed.contains_key(&worker) {
                    continue;
                }
                let cursor = match endpoint.cursors.get(&worker) {
                    Some((_, ended)) if ended.elapsed() < REOPEN.min(self.options.relist) => continue,
                    Some((cursor, _)) => cursor.clone(),
                    None => Cursor::new(LogWindow { since: Some(self.since), ..LogWindow::default() }),
                };
                let endpoint_id = Arc::clone(&origin.endpoint_id);
                let follower = StreamFollower {
                    runpod: Arc::clone(&self.runpod),
                    clock: Arc::clone(&self.clock),
                    subject: LogSubject::Worker { endpoint: endpoint_id, worker: Arc::clone(&worker) },
                    cursor,
                    options: self.options,
                    live: true,
                    warn: false, // one warning per worker would be too many; request counters show failures
                    urgency: Urgency::CanWait,
                    state: Some(self.states.of(&origin.endpoint_id, &worker)),
                };
                endpoint.follow(worker, follower);
            }
            if endpoint.cursors.len() > MAX_CURSORS {
                endpoint.cursors.clear();
                self.since = self.clock.now(); // lines of a worker that returns are not counted twice
            }
        }
    }
}

impl FollowedEndpoint {
    fn new(sink: Arc<dyn LineSink>, origin: LogOrigin) -> Self {
        let forwarder = Arc::new(Forwarder { sink, origin: Mutex::new(Some(origin)) });
        Self { forwarder, streams: JoinSet::new(), followed: HashMap::new(), cursors: HashMap::new() }
    }

    fn follow(&mut self, worker: Arc<str>, follower: StreamFollower) {
        let (forwarder, id) = (Arc::clone(&self.forwarder), Arc::clone(&worker));
        let clock = Arc::clone(&follower.clock);
        let handle = self.streams.spawn(async move {
            let (sender, mut lines) = mpsc::channel(CHANNEL);
            let forward = async {
                while let Some(line) = lines.recv().await {
                    forwarder.forward(&line);
                }
            };
            let read = caught(Task::Logs, async { tokio::join!(follower.run(sender), forward) }).await;
            let lost =
                |panicked| ((Cursor::from_now_on(clock.now(), None), StreamEnd::Panicked(panicked)), ());
            let ((cursor, end), ()) = read.unwrap_or_else(lost);
            (id, cursor, end)
        });
        self.followed.insert(worker, handle.id());
    }

    /// Stores the cursors of the streams that have ended. A follower that panicked is started again like any other, with the
    /// lines from `now` on: its position is lost, and no line must be counted twice.
    fn reap(&mut self, now: Timestamp) {
        while let Some(ended) = self.streams.try_join_next() {
            let (worker, cursor, end) = match ended {
                Ok(ended) => ended,
                Err(error) => {
                    let worker = self.followed.iter().find(|(_, id)| **id == error.id());
                    let Some((worker, _)) = worker else { continue };
                    let window = LogWindow { since: Some(now), ..LogWindow::default() };
                    (Arc::clone(worker), Cursor::new(window), StreamEnd::Done)
                }
            };
            match end {
                StreamEnd::Failed(error) => tracing::debug!("pausing the log stream of a worker: {error}"),
                StreamEnd::Gone { error, .. } => tracing::debug!("a worker has no log: {error}"),
                StreamEnd::Done | StreamEnd::Panicked(_) => {}
            }
            self.followed.remove(&worker);
            self.cursors.insert(worker, (cursor, Instant::now()));
        }
    }
}

impl Drop for FollowedEndpoint {
    fn drop(&mut self) {
        self.forwarder.close();
    }
}

impl Forwarder {
    fn forward(&self, line: &Line) {
        if let Some(origin) = &*self.origin() {
            self.sink.line(origin, line);
        }
    }

    fn rename(&self, now: &LogOrigin) {
        let mut origin = self.origin();
        if let Some(before) = origin.replace(now.clone()).filter(|before| before != now) {
            self.sink.gone(&before);
        }
    }

    /// Drops all further lines. The lock orders a concurrent line before or after `gone`.
    fn close(&self) {
        let mut origin = self.origin();
        if let Some(before) = origin.take() {
            self.sink.gone(&before);
        }
    }

    fn origin(&self) -> MutexGuard<'_, Option<LogOrigin>> {
        self.origin.lock()
    }
}
