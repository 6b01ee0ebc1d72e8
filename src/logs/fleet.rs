//! The workers of an endpoint, followed together. Workers come and go; who has come is looked for now and then.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::{Cursor, End, Following, Line, Pace};
use crate::advice::WithAdvice;
use clock::Clock;
use runpod::{LogSubject, LogWindow, Reason, RequestError, Runpod, Urgency};

/// An endpoint to follow.
#[derive(Debug)]
pub struct Fleet {
    /// Whose account it is.
    pub runpod: Arc<Runpod>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The endpoint's id.
    pub endpoint: Arc<str>,
    /// Which of the lines of each worker.
    pub window: LogWindow,
    /// How patiently.
    pub pace: Pace,
    /// Whether it goes on after what is there already.
    pub live: bool,
}

/// How it went.
#[derive(Debug)]
pub enum FleetEnd {
    /// All that was asked for has come, of so many workers.
    Done {
        /// Workers that there were.
        workers: usize,
    },
    /// The API does not tell the logs of workers; another may.
    NotTold(RequestError),
    /// They cannot be read.
    Failed(RequestError),
}

/// What is known of the workers.
#[derive(Default)]
struct Roster {
    streams: JoinSet<(Arc<str>, Cursor, End)>,
    followed: HashSet<Arc<str>>,
    /// Where the streams stopped that ended: a worker that was scaled down may be back.
    places: HashMap<Arc<str>, Cursor>,
    /// Workers that were ever followed.
    known: HashSet<Arc<str>>,
    /// Whether the logs of any of them were there.
    told: bool,
    error: Option<RequestError>,
}

impl Fleet {
    /// Follows to the end.
    pub async fn run(self, to: Sender<Line>) -> FleetEnd {
        let mut roster = Roster::default();
        let mut listed = None;
        loop {
            let now = self.clock.now();
            let timeout = Instant::now() + self.pace.idle;
            match self.runpod.rest().workers(&self.endpoint, timeout).await {
                Ok(list) => {
                    let ids = list.workers.0.unwrap_or_default().into_iter().filter_map(|worker| worker.id.0);
                    for id in ids {
                        self.join(&mut roster, id.into(), listed, &to);
                    }
                    listed = Some(now);
                }
                Err(error) if is_not_told(&error) && listed.is_none() => return FleetEnd::NotTold(error),
                Err(error) if listed.is_none() => return FleetEnd::Failed(error),
                Err(error) if is_not_told(&error) && roster.streams.is_empty() => {
                    return FleetEnd::Done { workers: roster.known.len() }; // the endpoint was deleted
                }
                Err(error) => tracing::debug!("cannot list workers; will retry: {error}"),
            }
            let relist = Instant::now() + self.pace.relist;
            if let Some(end) = self.wait(&mut roster, relist, &to).await {
                return end;
            }
        }
    }

    /// Follows a worker that is not followed yet. One that has come since the last list is followed from there on.
    fn join(&self, roster: &mut Roster, worker: Arc<str>, listed: Option<Timestamp>, to: &Sender<Line>) {
        if !roster.followed.insert(Arc::clone(&worker)) {
            return;
        }
        roster.known.insert(Arc::clone(&worker));
        let window = match listed {
            None => self.window.clone(),
            Some(since) => LogWindow { since: Some(since), ..self.window.clone() },
        };
        let following = Following {
            runpod: Arc::clone(&self.runpod),
            clock: Arc::clone(&self.clock),
            subject: LogSubject::Worker { endpoint: Arc::clone(&self.endpoint), worker: Arc::clone(&worker) },
            cursor: roster.places.remove(&worker).unwrap_or_else(|| Cursor::new(window)),
            pace: self.pace,
            live: self.live,
            told: true,
            urgency: if listed.is_none() { Urgency::Needed } else { Urgency::CanWait },
        };
        let to = to.clone();
        roster.streams.spawn(async move {
            let (cursor, end) = following.run(to).await;
            (worker, cursor, end)
        });
    }

    /// Waits until it is time to look for workers again; or to the end, which it gives.
    async fn wait(&self, roster: &mut Roster, relist: Instant, to: &Sender<Line>) -> Option<FleetEnd> {
        loop {
            if roster.streams.is_empty() {
                let silent = !roster.told && !roster.known.is_empty();
                match roster.error.take() {
                    Some(error) if silent && is_not_told(&error) => return Some(FleetEnd::NotTold(error)),
                    Some(error) if silent || !self.live => return Some(FleetEnd::Failed(error)),
                    _ if !self.live => return Some(FleetEnd::Done { workers: roster.known.len() }),
                    _ => {}
                }
            }
            tokio::select! {
                Some(ended) = roster.streams.join_next() => {
                    if let Ok((worker, cursor, end)) = ended {
                        roster.part(worker, cursor, end);
                    }
                }
                () = sleep_until(relist), if self.live => break,
                () = to.closed() => return Some(FleetEnd::Done { workers: roster.known.len() }),
            }
        }
        while self.live && self.runpod.rest().grant(1, Urgency::CanWait) == 0 {
            tokio::time::sleep(self.pace.grant).await;
        }
        None
    }
}

impl Roster {
    /// The stream of a worker has ended.
    fn part(&mut self, worker: Arc<str>, cursor: Cursor, end: End) {
        self.followed.remove(&worker);
        self.places.insert(worker, cursor);
        match end {
            End::Done | End::Gone { ever: true, .. } => self.told = true,
            End::Gone { ever: false, error } => self.error = self.error.take().or(Some(error)),
            // Another source may have them.
            End::Failed(error) if is_not_told(&error) => self.error = self.error.take().or(Some(error)),
            End::Failed(error) => {
                tracing::warn!("cannot read the logs of a worker: {}", WithAdvice(&error));
                self.error = Some(error);
            }
        }
    }
}

/// Whether the API has said that it has no such logs.
pub(super) fn is_not_told(error: &RequestError) -> bool {
    matches!(error.reason, Reason::NotFound | Reason::Retired)
}
