//! The lines of all workers of the accounts, followed for as long as the process lives.
//!
//! Which workers there are is up to the scrapes, which list them; here it is only looked what they know. What is made of
//! a line is up to the sink.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep};

use super::{Cursor, End, Following, Line, Pace};
use clock::Clock;
use runpod::{LogSubject, LogWindow, Runpod, Urgency};

/// How often it is looked what the scrapes have found.
const LOOK: Duration = Duration::from_secs(5);

/// A worker whose stream ended is asked again this much later, if it is still listed: lists are as old as that.
const AGAIN: Duration = Duration::from_mins(1);

/// Places of workers that are gone, of which some come back. More are forgotten.
const PLACES: usize = 10_000;

/// Lines on their way to the sink, of each worker.
const ROOM: usize = 64;

/// Whose line it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the labels")]
pub struct Origin {
    pub account: Arc<str>,
    pub endpoint_id: Arc<str>,
    pub endpoint_name: Arc<str>,
}

/// An endpoint whose workers are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are ids and a name")]
pub struct Watched {
    pub endpoint_id: Arc<str>,
    pub endpoint_name: Arc<str>,
    pub workers: Vec<Arc<str>>,
}

/// Told of every line, once.
pub trait Sink: Debug + Send + Sync {
    /// A line was written.
    fn line(&self, origin: &Origin, line: &Line);

    /// The endpoint is gone, or has another name: of this one nothing more will come.
    fn gone(&self, origin: &Origin);
}

/// An account that is followed.
#[derive(Debug)]
pub struct Watch {
    /// Its name.
    pub account: Arc<str>,
    /// The way to it. Another one is another account, whatever its name.
    pub runpod: Arc<Runpod>,
    /// Its endpoints.
    pub endpoints: Vec<Watched>,
}

/// Follows what `accounts` says there is, for ever.
pub async fn collect(
    accounts: impl Fn() -> Vec<Watch>,
    sink: Arc<dyn Sink>,
    clock: Arc<dyn Clock>,
    pace: Pace,
) {
    let mut followed: HashMap<Arc<str>, Account> = HashMap::new();
    loop {
        let watches = accounts();
        followed.retain(|name, account| {
            let is_same =
                |watch: &Watch| watch.account == *name && Arc::ptr_eq(&watch.runpod, &account.runpod);
            watches.iter().any(is_same)
        });
        for Watch { account: name, runpod, endpoints } in watches {
            let begin = || Account {
                name: Arc::clone(&name),
                runpod,
                clock: Arc::clone(&clock),
                sink: Arc::clone(&sink),
                pace,
                since: clock.now(),
                endpoints: HashMap::new(),
            };
            followed.entry(Arc::clone(&name)).or_insert_with(begin).update(endpoints);
        }
        sleep(LOOK.min(pace.relist)).await;
    }
}

struct Account {
    name: Arc<str>,
    runpod: Arc<Runpod>,
    clock: Arc<dyn Clock>,
    sink: Arc<dyn Sink>,
    pace: Pace,
    /// Lines of workers that are found are wanted from here on.
    since: Timestamp,
    endpoints: HashMap<Arc<str>, Endpoint>,
}

struct Endpoint {
    outlet: Arc<Outlet>,
    streams: JoinSet<(Arc<str>, Cursor, End)>,
    followed: HashMap<Arc<str>, AbortHandle>,
    /// Where the streams stopped that ended, and when.
    places: HashMap<Arc<str>, (Cursor, Instant)>,
}

/// The way to the sink, which can be closed for good.
struct Outlet {
    sink: Arc<dyn Sink>,
    origin: Mutex<Option<Origin>>,
}

impl Account {
    /// Follows what there is now.
    fn update(&mut self, watched: Vec<Watched>) {
        let is_there = |id: &Arc<str>| watched.iter().any(|watched| watched.endpoint_id == *id);
        self.endpoints.retain(|id, _| is_there(id));
        for Watched { endpoint_id, endpoint_name, workers } in watched {
            let origin = Origin { account: Arc::clone(&self.name), endpoint_id, endpoint_name };
            let sink = &self.sink;
            let new = || Endpoint::new(Arc::clone(sink), origin.clone());
            let endpoint = self.endpoints.entry(Arc::clone(&origin.endpoint_id)).or_insert_with(new);
            endpoint.outlet.rename(&origin);
            endpoint.reap();
            for worker in workers {
                if endpoint.followed.contains_key(&worker) {
                    continue;
                }
                let cursor = match endpoint.places.get(&worker) {
                    Some((_, ended)) if ended.elapsed() < AGAIN.min(self.pace.relist) => continue,
                    Some((cursor, _)) => cursor.clone(),
                    None => Cursor::new(LogWindow { since: Some(self.since), ..LogWindow::default() }),
                };
                let endpoint_id = Arc::clone(&origin.endpoint_id);
                let following = Following {
                    runpod: Arc::clone(&self.runpod),
                    clock: Arc::clone(&self.clock),
                    subject: LogSubject::Worker { endpoint: endpoint_id, worker: Arc::clone(&worker) },
                    cursor,
                    pace: self.pace,
                    live: true,
                    told: false, // of many; the counters of requests tell
                    urgency: Urgency::CanWait,
                };
                endpoint.follow(worker, following);
            }
            if endpoint.places.len() > PLACES {
                endpoint.places.clear();
                self.since = self.clock.now(); // who comes back is not counted again
            }
        }
    }
}

impl Endpoint {
    fn new(sink: Arc<dyn Sink>, origin: Origin) -> Self {
        let outlet = Arc::new(Outlet { sink, origin: Mutex::new(Some(origin)) });
        Self { outlet, streams: JoinSet::new(), followed: HashMap::new(), places: HashMap::new() }
    }

    fn follow(&mut self, worker: Arc<str>, following: Following) {
        let (outlet, id) = (Arc::clone(&self.outlet), Arc::clone(&worker));
        let handle = self.streams.spawn(async move {
            let (to, mut lines) = mpsc::channel(ROOM);
            let passing = async {
                while let Some(line) = lines.recv().await {
                    outlet.pass(&line);
                }
            };
            let ((cursor, end), ()) = tokio::join!(following.run(to), passing);
            (id, cursor, end)
        });
        self.followed.insert(worker, handle);
    }

    /// Remembers where the streams stopped that have ended.
    fn reap(&mut self) {
        while let Some(ended) = self.streams.try_join_next() {
            let Ok((worker, cursor, end)) = ended else { continue };
            if let End::Failed(error) = end {
                tracing::debug!("pausing the log stream of a worker: {error}");
            }
            self.followed.remove(&worker);
            self.places.insert(worker, (cursor, Instant::now()));
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.outlet.close();
    }
}

impl Outlet {
    fn pass(&self, line: &Line) {
        if let Some(origin) = &*self.origin() {
            self.sink.line(origin, line);
        }
    }

    fn rename(&self, now: &Origin) {
        let mut origin = self.origin();
        if let Some(before) = origin.replace(now.clone()).filter(|before| before != now) {
            self.sink.gone(&before);
        }
    }

    /// Nothing gets through any more. A line that is on its way is first, or too late.
    fn close(&self) {
        let mut origin = self.origin();
        if let Some(before) = origin.take() {
            self.sink.gone(&before);
        }
    }

    fn origin(&self) -> MutexGuard<'_, Option<Origin>> {
        self.origin.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
