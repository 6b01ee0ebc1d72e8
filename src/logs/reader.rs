//! Reads the lines of one target in order, for the `logs` command: the existing ones, and optionally new ones.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, sleep_until};

use super::endpoint::{EndpointEnd, EndpointFollower};
use super::job_api::JobApiFollower;
use super::target::{Target, TargetError, TargetKind};
use super::{Cursor, FollowOptions, Level, Line, Merger, StreamEnd, StreamFollower};
use crate::advice::WithAdvice;
use clock::Clock;
use program::task::{Panicked, Task, caught};
use runpod::{LogSubject, LogWindow, RequestError, Runpod, Urgency};

/// Capacity of the channel to the output, in lines. A slow terminal slows the streams down.
const CHANNEL: usize = 1_024;

/// Reads the lines of a target.
#[derive(Debug)]
pub struct LogReader {
    /// The client of the account.
    pub runpod: Arc<Runpod>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The lines to read.
    pub window: LogWindow,
    /// Minimum level.
    pub level: Option<Level>,
    /// Whether to wait for new lines after the existing ones.
    pub live: bool,
    /// Delays and timeouts.
    pub options: FollowOptions,
}

/// What was read of a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinesRead {
    /// Workers whose logs were read; `None` for a pod, and where the API does not list them.
    pub workers: Option<usize>,
    /// Lines that were received.
    pub received: usize,
    /// Lines of at least the minimum level.
    pub written: usize,
}

/// Why there are no lines, or no more lines.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error that it carries")]
pub enum LogReaderError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("{}", WithAdvice(.0))]
    Request(#[from] RequestError),
    #[error(transparent)]
    Panicked(#[from] Panicked),
    #[error("cannot write the lines: {0}")]
    Write(io::Error),
}

impl LogReader {
    /// Passes all lines to `write`. With `live`, it returns only when the target is gone or `write` fails.
    pub async fn run(
        self,
        target: &Target,
        mut write: impl FnMut(&Line) -> io::Result<()>,
    ) -> Result<LinesRead, LogReaderError> {
        let (sender, lines) = mpsc::channel(CHANNEL);
        let level = self.level;
        let mut read = LinesRead::default();
        let is_shown = |line: &&Line| level.is_none_or(|minimum| line.level.is_at_least(minimum));
        let mut write = |lines: Vec<Line>| {
            read.received += lines.len();
            lines.iter().filter(is_shown).try_for_each(|line| {
                read.written += 1;
                write(line)
            })
        };
        // The lines of the container and those of the host may arrive one after the other, also those of a pod.
        let delay = if self.live { self.options.reorder } else { Duration::MAX };
        let reading = self.read(target, sender);
        let writing = forward(lines, Merger::new(delay), &mut write);
        let (workers, written) = tokio::join!(reading, writing);
        written.map_err(LogReaderError::Write)?;
        Ok(LinesRead { workers: workers?, ..read })
    }

    /// Reads the lines, and returns the number of workers that have them.
    async fn read(self, target: &Target, sender: Sender<Line>) -> Result<Option<usize>, LogReaderError> {
        match target.kind {
            TargetKind::Pod => self.pod(Arc::clone(&target.id), sender).await.map(|()| None),
            TargetKind::Endpoint => self.endpoint(Arc::clone(&target.id), sender).await,
        }
    }

    async fn pod(self, id: Arc<str>, sender: Sender<Line>) -> Result<(), LogReaderError> {
        let Self { runpod, clock, window, options, live, .. } = self;
        let (subject, cursor) = (LogSubject::Pod(id), Cursor::new(window));
        let (urgency, warn) = (Urgency::Needed, true);
        let follower =
            StreamFollower { runpod, clock, subject, cursor, options, live, warn, urgency, state: None };
        match caught(Task::Logs, follower.run(sender)).await? {
            (_, StreamEnd::Done) => Ok(()),
            (_, StreamEnd::Gone { existed: true, .. }) => {
                tracing::info!("the pod no longer exists");
                Ok(())
            }
            (_, StreamEnd::Gone { error, .. } | StreamEnd::Failed(error)) => Err(error.into()),
            (_, StreamEnd::Panicked(panicked)) => Err(panicked.into()),
        }
    }

    async fn endpoint(
        self,
        endpoint: Arc<str>,
        sender: Sender<Line>,
    ) -> Result<Option<usize>, LogReaderError> {
        let Self { runpod, clock, window, options, live, .. } = self;
        let follower = EndpointFollower {
            runpod: Arc::clone(&runpod),
            clock: Arc::clone(&clock),
            endpoint: Arc::clone(&endpoint),
            window: window.clone(),
            options,
            live,
        };
        match follower.run(sender.clone()).await {
            EndpointEnd::Done { workers } => Ok(Some(workers)),
            EndpointEnd::Failed(error) => Err(error.into()),
            EndpointEnd::Panicked(panicked) => Err(panicked.into()),
            EndpointEnd::Unavailable(error) => {
                tracing::debug!("no logs in the REST API; using the job API: {error}");
                let follower = JobApiFollower { runpod, clock, endpoint, window, options, live };
                caught(Task::Logs, follower.run(sender)).await??;
                Ok(None)
            }
        }
    }
}

/// Writes lines in order. If writing fails, the channel closes, which ends reading too.
async fn forward(
    mut lines: Receiver<Line>,
    mut merger: Merger,
    write: &mut impl FnMut(Vec<Line>) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        let due = merger.due();
        tokio::select! {
            biased;
            line = lines.recv() => match line {
                Some(line) => merger.push(line, Instant::now()),
                None => return write(merger.finish()),
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
        }
        write(merger.take_due(Instant::now()))?;
    }
}
