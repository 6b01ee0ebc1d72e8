//! The lines of a target, in order, one after the other: what the command prints.

use std::io;
use std::sync::Arc;

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, sleep_until};

use super::fleet::{Fleet, FleetEnd};
use super::older::Older;
use super::target::{Kind, Target, TargetError};
use super::{Cursor, End, Following, Level, Line, Merge, Pace};
use crate::advice::WithAdvice;
use clock::Clock;
use runpod::{LogSubject, LogWindow, RequestError, Runpod, Urgency};

/// Lines on their way to the screen. A reader that is slow slows the streams down.
const ROOM: usize = 1_024;

/// Whose lines, and which of them.
#[derive(Debug)]
pub struct Show {
    /// Whose account it is.
    pub runpod: Arc<Runpod>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Which of the lines.
    pub window: LogWindow,
    /// The least level that is shown.
    pub level: Option<Level>,
    /// Whether it goes on after what is there already.
    pub live: bool,
    /// How patiently.
    pub pace: Pace,
}

/// Why there are no lines, or no more.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error that it carries")]
pub enum ShowError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("{}", WithAdvice(.0))]
    Request(#[from] RequestError),
    #[error("cannot write the lines: {0}")]
    Write(#[from] io::Error),
}

impl Show {
    /// Shows them to the end, which `--follow` does not have by itself.
    pub async fn run(
        self,
        target: &Target,
        mut write: impl FnMut(&Line) -> io::Result<()>,
    ) -> Result<(), ShowError> {
        let (to, from) = mpsc::channel(ROOM);
        let level = self.level;
        let is_shown = |line: &Line| level.is_none_or(|least| line.level.is_at_least(least));
        let mut write =
            |lines: Vec<Line>| lines.iter().filter(|line| is_shown(line)).try_for_each(&mut write);
        // One stream needs no waiting for others.
        let hold = match (target.kind, self.live) {
            (Kind::Pod, _) => std::time::Duration::ZERO,
            (Kind::Endpoint, true) => self.pace.hold,
            (Kind::Endpoint, false) => std::time::Duration::MAX,
        };
        let reading = self.read(target, to);
        let writing = pass(from, Merge::new(hold), &mut write);
        let (read, written) = tokio::join!(reading, writing);
        written?;
        Ok(read?)
    }

    async fn read(self, target: &Target, to: Sender<Line>) -> Result<(), RequestError> {
        match target.kind {
            Kind::Pod => self.pod(Arc::clone(&target.id), to).await,
            Kind::Endpoint => self.endpoint(Arc::clone(&target.id), to).await,
        }
    }

    async fn pod(self, id: Arc<str>, to: Sender<Line>) -> Result<(), RequestError> {
        let Self { runpod, clock, window, pace, live, .. } = self;
        let (subject, cursor) = (LogSubject::Pod(id), Cursor::new(window));
        let (urgency, told) = (Urgency::Needed, true);
        let following = Following { runpod, clock, subject, cursor, pace, live, told, urgency };
        match following.run(to).await {
            (_, End::Done) => Ok(()),
            (_, End::Gone { ever: true, .. }) => {
                tracing::info!("the pod no longer exists");
                Ok(())
            }
            (_, End::Gone { error, .. } | End::Failed(error)) => Err(error),
        }
    }

    async fn endpoint(self, endpoint: Arc<str>, to: Sender<Line>) -> Result<(), RequestError> {
        let Self { runpod, clock, window, pace, live, .. } = self;
        let fleet = Fleet {
            runpod: Arc::clone(&runpod),
            clock: Arc::clone(&clock),
            endpoint: Arc::clone(&endpoint),
            window: window.clone(),
            pace,
            live,
        };
        match fleet.run(to.clone()).await {
            FleetEnd::Done { workers: 0 } => {
                tracing::info!("no active worker of the endpoint has readable logs");
                Ok(())
            }
            FleetEnd::Done { .. } => Ok(()),
            FleetEnd::Failed(error) => Err(error),
            FleetEnd::NotTold(error) => {
                tracing::debug!("no logs in the REST API; using the job API: {error}");
                Older { runpod, clock, endpoint, window, pace, live }.run(to).await
            }
        }
    }
}

/// Passes lines on in their order. Whoever writes and cannot ends the reading too.
async fn pass(
    mut from: Receiver<Line>,
    mut merge: Merge,
    write: &mut impl FnMut(Vec<Line>) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        let due = merge.due();
        tokio::select! {
            biased;
            line = from.recv() => match line {
                Some(line) => merge.push(line, Instant::now()),
                None => return write(merge.finish()),
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
        }
        write(merge.take(Instant::now()))?;
    }
}
