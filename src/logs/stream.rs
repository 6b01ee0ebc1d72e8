//! Follows one stream: opens it, resumes it when it breaks, and stops when there are no more lines.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep, timeout};

use super::continuation::Continuation;
use super::state::StreamState;
use super::{Cursor, FollowOptions, Line};
use crate::advice::WithAdvice;
use clock::{Clock, after};
use program::task::Panicked;
use runpod::{Api, LogStream, LogSubject, LogWindow, Operation, Reason, RequestError, Runpod, Urgency, wire};

/// Requests that the quota must have left before a stream uses one: scrapes take precedence.
const RESERVE: usize = 4;

/// Why following a stream ended.
#[derive(Debug)]
pub enum StreamEnd {
    /// All requested lines were received.
    Done,
    /// The logs do not exist, or no longer exist.
    Gone {
        /// Whether the stream was open before.
        existed: bool,
        /// The response.
        error: RequestError,
    },
    /// The logs cannot be read.
    Failed(RequestError),
    /// Reading them panicked.
    Panicked(Panicked),
}

/// Follows the log stream of a worker or pod.
#[derive(Debug)]
pub struct StreamFollower {
    /// The client of the account.
    pub runpod: Arc<Runpod>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The worker or pod.
    pub subject: LogSubject,
    /// Where to start.
    pub cursor: Cursor,
    /// Delays and timeouts.
    pub options: FollowOptions,
    /// Whether to wait for new lines after the existing ones.
    pub live: bool,
    /// Whether to log a warning when the stream breaks.
    pub warn: bool,
    /// Urgency of the first request; later ones can wait.
    pub urgency: Urgency,
    /// Where its attempts are recorded, if anywhere.
    pub state: Option<StreamState>,
}

impl StreamFollower {
    /// Follows until the end, and returns the position that was reached.
    pub async fn run(mut self, sender: Sender<Line>) -> (Cursor, StreamEnd) {
        let end = tokio::select! {
            end = self.follow(&sender) => end,
            () = sender.closed() => StreamEnd::Done,
        };
        (self.cursor, end)
    }

    async fn follow(&mut self, sender: &Sender<Line>) -> StreamEnd {
        let now = self.clock.now();
        let mut delays = self.options.delays(self.live);
        let (mut existed, mut is_logged) = (false, false);
        loop {
            self.wait_for_quota().await;
            let window = self.cursor.window();
            let deadline = after(Instant::now(), self.options.idle);
            let error = match self.runpod.logs().stream(&self.subject, &window, deadline).await {
                Ok(stream) => {
                    existed = true;
                    self.record(None);
                    self.cursor.opened(now);
                    let (any_new, error) = self.read(stream, &window, now, sender).await;
                    if any_new {
                        (delays, is_logged) = (self.options.delays(self.live), false);
                    }
                    if error.is_none() && !self.live {
                        return StreamEnd::Done;
                    }
                    error
                }
                Err(error) => Some(error),
            };
            if error.is_some() {
                self.record(error.as_ref());
            }
            match error {
                Some(error) if matches!(error.reason, Reason::NotFound) => {
                    return StreamEnd::Gone { existed, error };
                }
                Some(error) if is_final(&error.reason) => return StreamEnd::Failed(error),
                _ => {}
            }
            let Some(delay) = delays.next() else {
                return error.map_or(StreamEnd::Done, StreamEnd::Failed);
            };
            if let Some(error) = error.filter(|_| !is_logged) {
                is_logged = true;
                if self.warn {
                    tracing::warn!("log stream lost; reconnecting: {}", WithAdvice(&error));
                }
            }
            sleep(delay).await;
        }
    }

    fn record(&self, error: Option<&RequestError>) {
        if let Some(state) = &self.state {
            state.record(error);
        }
    }

    /// Waits until the quota allows a request.
    async fn wait_for_quota(&mut self) {
        loop {
            let is_allowed = match self.runpod.paused(Api::Rest, Operation::Logs) {
                Some(Reason::RateLimited { .. }) => !self.live, // a reader with an end reports it, and does not wait hours
                Some(_) => true,                                // the client answers without a request
                None if self.urgency == Urgency::Needed => self.runpod.rest().grant(1, self.urgency) == 1,
                None => self.take_spare_request(),
            };
            if is_allowed {
                // One that follows would otherwise take the requests of the scrapes; the others make only a few.
                self.urgency = if self.live { Urgency::CanWait } else { self.urgency };
                return;
            }
            sleep(self.options.quota_retry).await;
        }
    }

    /// Takes one request if the quota allows several: repeated retries would otherwise leave none to the scrapes.
    fn take_spare_request(&self) -> bool {
        let rest = self.runpod.rest();
        let granted = rest.grant(RESERVE, Urgency::CanWait);
        rest.give_back(if granted == RESERVE { RESERVE - 1 } else { granted });
        granted == RESERVE
    }

    /// Sends new lines on. Returns whether there were any, and the error, if the stream did not end normally.
    async fn read(
        &mut self,
        mut stream: LogStream,
        window: &LogWindow,
        started: Timestamp,
        sender: &Sender<Line>,
    ) -> (bool, Option<RequestError>) {
        let mut remaining = window.tail.filter(|_| window.since.is_none() && window.after.is_none());
        let mut continuation = Continuation::default();
        let mut any_new = false;
        loop {
            if !self.live && remaining == Some(0) {
                return (any_new, None);
            }
            let wait = match (self.live, any_new) {
                (true, _) => self.options.idle,
                (false, false) => self.options.first_line,
                (false, true) => self.options.quiet,
            };
            let log = match timeout(wait, stream.next()).await {
                Err(_elapsed) => return (any_new, None),
                Ok(None) => return (any_new, None),
                Ok(Some(Err(error))) => return (any_new, Some(error)),
                Ok(Some(Ok(log))) => log,
            };
            let mut line = self.line(log);
            continuation.apply(&mut line);
            if !self.live && line.timestamp.is_some_and(|timestamp| timestamp > started) {
                return (any_new, None); // all existing lines were received
            }
            remaining = remaining.map(|remaining| remaining.saturating_sub(1));
            if self.cursor.accept(&line) {
                any_new = true;
                if sender.send(line).await.is_err() {
                    return (any_new, None);
                }
            }
        }
    }

    fn line(&self, log: wire::Log) -> Line {
        let worker = match &self.subject {
            LogSubject::Pod(_) => None,
            LogSubject::Worker { worker, .. } => Some(worker),
        };
        Line::from_wire(log, worker, self.clock.now())
    }
}

/// Whether a retry would get the same response.
fn is_final(reason: &Reason) -> bool {
    matches!(reason, Reason::Retired | Reason::Unauthorized | Reason::Forbidden)
}
