//! An endpoint's lines where the REST API does not tell them: the last ones as a snapshot of the job API, and what comes
//! after them over a WebSocket where there is one, else by one snapshot after the other.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep, timeout};

use super::{Cursor, Line, Pace};
use clock::Clock;
use runpod::{LogStream, LogWindow, Reason, RequestError, Runpod};

/// An endpoint to follow.
#[derive(Debug)]
pub(super) struct Older {
    pub(super) runpod: Arc<Runpod>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) endpoint: Arc<str>,
    pub(super) window: LogWindow,
    pub(super) pace: Pace,
    pub(super) live: bool,
}

impl Older {
    /// Follows to the end.
    pub(super) async fn run(self, to: Sender<Line>) -> Result<(), RequestError> {
        tokio::select! {
            end = self.follow(&to) => end,
            () = to.closed() => Ok(()),
        }
    }

    async fn follow(&self, to: &Sender<Line>) -> Result<(), RequestError> {
        let mut cursor = Cursor::new(self.window.clone());
        if !self.live {
            return self.snapshot(&mut cursor, to).await;
        }
        let mut pauses = self.pace.pauses(true);
        let (mut has_socket, mut begun) = (true, false);
        loop {
            // Opened before the snapshot is taken, so that nothing is written between the two.
            let socket = if has_socket { Some(self.socket().await) } else { None };
            if let Some(Err(error)) = &socket {
                has_socket = !is_absent(&error.reason);
            }
            match self.snapshot(&mut cursor, to).await {
                Ok(()) => (begun, pauses) = (true, self.pace.pauses(true)),
                Err(error) if !begun => return Err(error),
                Err(error) => tracing::debug!("cannot read the log snapshot; will retry: {error}"),
            }
            match socket {
                Some(Ok(stream)) => self.read(stream, &mut cursor, to).await,
                _ if has_socket => {}
                _ => {
                    sleep(self.pace.poll).await;
                    continue;
                }
            }
            sleep(pauses.next().unwrap_or(self.pace.poll)).await;
        }
    }

    async fn socket(&self) -> Result<LogStream, RequestError> {
        self.runpod.logs().socket(&self.endpoint, Instant::now() + self.pace.idle).await
    }

    async fn snapshot(&self, cursor: &mut Cursor, to: &Sender<Line>) -> Result<(), RequestError> {
        let window = cursor.window();
        let deadline = Instant::now() + self.pace.idle;
        let now = self.clock.now();
        let logs = self.runpod.logs().recent(&self.endpoint, &window, now, deadline).await?;
        let mut lines: Vec<Line> = logs.into_iter().map(|log| Line::from_wire(log, None)).collect();
        // The newest may come first, and a line without a moment stays behind the one that it followed.
        if lines.first().map(|line| line.moment) > lines.last().map(|line| line.moment) {
            lines.reverse();
        }
        lines.sort_by_key(|line| line.moment);
        lines.retain(|line| window.source.is_none_or(|source| line.source.as_str() == source));
        lines
            .retain(|line| window.since.is_none_or(|since| line.moment.is_none_or(|moment| moment >= since)));
        let skip = match (window.since, window.tail) {
            (None, Some(tail)) => lines.len().saturating_sub(usize::try_from(tail).unwrap_or(usize::MAX)),
            _ => 0,
        };
        for line in lines.into_iter().skip(skip) {
            if cursor.admits(&line) && to.send(line).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Passes on what comes behind the snapshot.
    async fn read(&self, mut stream: LogStream, cursor: &mut Cursor, to: &Sender<Line>) {
        let snapshot: Option<Timestamp> = cursor.newest();
        drop(cursor.window()); // what the snapshot had may come again
        while let Ok(Some(Ok(log))) = timeout(self.pace.idle, stream.next()).await {
            let line = Line::from_wire(log, None);
            let is_wanted = self.window.source.is_none_or(|source| line.source.as_str() == source);
            let is_behind = line.moment >= snapshot || line.moment.is_none();
            if is_wanted && is_behind && cursor.admits(&line) && to.send(line).await.is_err() {
                return;
            }
        }
    }
}

/// Whether the server has said that it has no WebSocket.
fn is_absent(reason: &Reason) -> bool {
    matches!(reason, Reason::NotFound | Reason::Retired | Reason::Forbidden | Reason::Status { .. })
}
