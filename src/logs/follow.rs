//! One stream followed: begun, resumed where it broke, ended when there is nothing more to tell.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep, timeout};

use super::{Cursor, Line};
use crate::advice::WithAdvice;
use clock::Clock;
use runpod::{Api, LogStream, LogSubject, LogWindow, Operation, Reason, RequestError, Runpod, Urgency, wire};

/// Requests that must be left for a stream to take one of them: a scrape that asks for as many at once comes first.
const SPARE: usize = 4;

/// How patient whoever follows is.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Before a stream that broke is begun again: doubled at each failure, until it is the second of these.
    pub pause: (Duration, Duration),
    /// Tries in vain after which somebody who does not follow gives up.
    pub tries: usize,
    /// No API says where the past ends and the present begins: when nothing has come for so long, that was it.
    pub quiet: Duration,
    /// The same before the first line, which may have to be fetched from far away.
    pub first: Duration,
    /// A connection on which nothing has come for so long is made anew: something on the way may have forgotten it.
    pub idle: Duration,
    /// How often workers that have come are looked for.
    pub relist: Duration,
    /// How often a snapshot is taken where there is no stream.
    pub poll: Duration,
    /// How often the quota is asked for a request that it did not grant.
    pub grant: Duration,
    /// How long lines wait for earlier ones of other workers.
    pub hold: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            pause: (Duration::from_millis(250), Duration::from_mins(1)),
            tries: 4,
            quiet: Duration::from_secs(1),
            first: Duration::from_secs(5),
            idle: Duration::from_mins(15),
            relist: Duration::from_secs(30),
            poll: Duration::from_secs(5),
            grant: Duration::from_secs(1),
            hold: Duration::from_millis(500),
        }
    }
}

impl Pace {
    /// The pauses between tries: for ever, or until they are used up.
    pub(super) fn pauses(&self, for_ever: bool) -> impl Iterator<Item = Duration> + use<> {
        let (first, longest) = self.pause;
        let builder = ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest).with_jitter();
        let times = if for_ever { builder.without_max_times() } else { builder.with_max_times(self.tries) };
        times.build()
    }
}

/// Why a stream ended.
#[derive(Debug)]
pub enum End {
    /// All that was asked for has come.
    Done,
    /// There are no such logs, or no more.
    Gone {
        /// Whether there ever were.
        ever: bool,
        /// What was answered.
        error: RequestError,
    },
    /// They cannot be read.
    Failed(RequestError),
}

/// One stream to follow.
#[derive(Debug)]
pub struct Following {
    /// Whose account it is.
    pub runpod: Arc<Runpod>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whose logs.
    pub subject: LogSubject,
    /// From where on.
    pub cursor: Cursor,
    /// How patiently.
    pub pace: Pace,
    /// Whether it goes on after what is there already.
    pub live: bool,
    /// Whether somebody is told who waits for lines, when a stream breaks.
    pub told: bool,
    /// How urgent its first request is; those that follow can wait.
    pub urgency: Urgency,
}

impl Following {
    /// Follows to the end, and says where that was.
    pub async fn run(mut self, to: Sender<Line>) -> (Cursor, End) {
        let end = tokio::select! {
            end = self.follow(&to) => end,
            () = to.closed() => End::Done,
        };
        (self.cursor, end)
    }

    async fn follow(&mut self, to: &Sender<Line>) -> End {
        let now = self.clock.now();
        let mut pauses = self.pace.pauses(self.live);
        let (mut ever, mut is_told) = (false, false);
        loop {
            self.granted().await;
            let window = self.cursor.window();
            let deadline = Instant::now() + self.pace.idle;
            let error = match self.runpod.logs().stream(&self.subject, &window, deadline).await {
                Ok(stream) => {
                    ever = true;
                    self.cursor.began(now);
                    let (came, error) = self.read(stream, &window, now, to).await;
                    if came {
                        (pauses, is_told) = (self.pace.pauses(self.live), false);
                    }
                    match error {
                        None if !self.live => return End::Done,
                        error => error,
                    }
                }
                Err(error) => Some(error),
            };
            let error = match error {
                Some(error) if matches!(error.reason, Reason::NotFound) => return End::Gone { ever, error },
                Some(error) if is_final(&error.reason) => return End::Failed(error),
                error => error,
            };
            let Some(pause) = pauses.next() else { return end(error) };
            if let Some(error) = error.filter(|_| !is_told) {
                is_told = true;
                if self.told {
                    tracing::warn!("log stream lost; reconnecting: {}", WithAdvice(&error));
                }
            }
            sleep(pause).await;
        }
    }

    /// Waits until the quota has a request to spare.
    async fn granted(&mut self) {
        loop {
            let may_ask = match self.runpod.paused(Api::Rest, Operation::Logs) {
                Some(Reason::RateLimited { .. }) => false,
                Some(_) => true, // answered at once, at no cost
                None if self.urgency == Urgency::Needed => self.runpod.rest().grant(1, self.urgency) == 1,
                None => self.has_to_spare(),
            };
            if may_ask {
                self.urgency = Urgency::CanWait;
                return;
            }
            sleep(self.pace.grant).await;
        }
    }

    /// Takes one request if there are several: whoever tries again and again would else leave none to the scrapes.
    fn has_to_spare(&self) -> bool {
        let rest = self.runpod.rest();
        let granted = rest.grant(SPARE, Urgency::CanWait);
        rest.give_back(if granted == SPARE { SPARE - 1 } else { granted });
        granted == SPARE
    }

    /// Passes on what is new. Says whether anything was, and what broke the stream, if it did not end.
    async fn read(
        &mut self,
        mut stream: LogStream,
        window: &LogWindow,
        started: Timestamp,
        to: &Sender<Line>,
    ) -> (bool, Option<RequestError>) {
        let mut wanted = window.tail.filter(|_| window.since.is_none() && window.after.is_none());
        let mut came = false;
        loop {
            if !self.live && wanted == Some(0) {
                return (came, None);
            }
            let patience = match (self.live, came) {
                (true, _) => self.pace.idle,
                (false, false) => self.pace.first,
                (false, true) => self.pace.quiet,
            };
            let log = match timeout(patience, stream.next()).await {
                Err(_quiet) => return (came, None),
                Ok(None) => return (came, None),
                Ok(Some(Err(error))) => return (came, Some(error)),
                Ok(Some(Ok(log))) => log,
            };
            let line = self.line(log);
            if !self.live && line.moment.is_some_and(|moment| moment > started) {
                return (came, None); // the past is over
            }
            wanted = wanted.map(|wanted| wanted.saturating_sub(1));
            if self.cursor.admits(&line) {
                came = true;
                if to.send(line).await.is_err() {
                    return (came, None);
                }
            }
        }
    }

    fn line(&self, log: wire::Log) -> Line {
        let worker = match &self.subject {
            LogSubject::Pod(_) => None,
            LogSubject::Worker { worker, .. } => Some(worker),
        };
        Line::from_wire(log, worker)
    }
}

/// Whether another try would be told the same.
fn is_final(reason: &Reason) -> bool {
    matches!(reason, Reason::Retired | Reason::Unauthorized | Reason::Forbidden)
}

fn end(error: Option<RequestError>) -> End {
    error.map_or(End::Done, End::Failed)
}
