//! Follows an endpoint where the REST API does not serve its logs: the last lines come from a snapshot of the job API, and
//! later lines from a WebSocket, or from further snapshots if there is no WebSocket.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep, timeout};

use super::continuation::Continuation;
use super::{Cursor, FollowOptions, Line};
use clock::{Clock, after};
use runpod::{LogStream, LogWindow, Reason, RequestError, Runpod};

/// Follows an endpoint over the job API.
#[derive(Debug)]
pub(super) struct JobApiFollower {
    pub(super) runpod: Arc<Runpod>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) endpoint: Arc<str>,
    pub(super) window: LogWindow,
    pub(super) options: FollowOptions,
    pub(super) live: bool,
}

impl JobApiFollower {
    /// Follows until the end.
    pub(super) async fn run(self, sender: Sender<Line>) -> Result<(), RequestError> {
        tokio::select! {
            end = self.follow(&sender) => end,
            () = sender.closed() => Ok(()),
        }
    }

    async fn follow(&self, sender: &Sender<Line>) -> Result<(), RequestError> {
        let mut cursor = Cursor::new(self.window.clone());
        if !self.live {
            return self.snapshot(&mut cursor, sender).await;
        }
        let mut delays = self.options.delays(true);
        let (mut has_socket, mut has_snapshot) = (true, false);
        loop {
            // Opened before the snapshot is taken, so that no line is lost between the two.
            let socket = if has_socket { Some(self.socket().await) } else { None };
            if let Some(Err(error)) = &socket {
                has_socket = !is_absent(&error.reason);
            }
            match self.snapshot(&mut cursor, sender).await {
                Ok(()) => (has_snapshot, delays) = (true, self.options.delays(true)),
                Err(error) if !has_snapshot => return Err(error),
                Err(error) => tracing::debug!("cannot read the log snapshot; will retry: {error}"),
            }
            match socket {
                Some(Ok(stream)) => self.read(stream, &mut cursor, sender).await,
                _ if has_socket => {}
                _ => {
                    sleep(self.options.poll).await;
                    continue;
                }
            }
            sleep(delays.next().unwrap_or(self.options.poll)).await;
        }
    }

    async fn socket(&self) -> Result<LogStream, RequestError> {
        self.runpod.logs().socket(&self.endpoint, after(Instant::now(), self.options.idle)).await
    }

    async fn snapshot(&self, cursor: &mut Cursor, sender: &Sender<Line>) -> Result<(), RequestError> {
        let window = cursor.window();
        let deadline = after(Instant::now(), self.options.idle);
        let now = self.clock.now();
        let logs = self.runpod.logs().recent(&self.endpoint, &window, now, deadline).await?;
        let mut lines: Vec<Line> = logs.into_iter().map(|log| Line::from_wire(log, None, now)).collect();
        // The order may be newest first. Reversed before sorting, lines with equal timestamps keep their order.
        if lines.first().map(|line| line.timestamp) > lines.last().map(|line| line.timestamp) {
            lines.reverse();
        }
        lines.sort_by_key(|line| line.timestamp);
        let mut continuation = Continuation::default();
        for line in &mut lines {
            continuation.apply(line);
        }
        lines.retain(|line| {
            let is_recent = |since| line.timestamp.is_none_or(|timestamp| timestamp >= since);
            window.source.is_none_or(|source| line.source.as_str() == source)
                && window.since.is_none_or(is_recent)
        });
        let skip = match (window.since, window.tail) {
            (None, Some(tail)) => lines.len().saturating_sub(usize::try_from(tail).unwrap_or(usize::MAX)),
            _ => 0,
        };
        for line in lines.into_iter().skip(skip) {
            if cursor.accept(&line) && sender.send(line).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Sends the lines on that are newer than the snapshot.
    async fn read(&self, mut stream: LogStream, cursor: &mut Cursor, sender: &Sender<Line>) {
        let snapshot: Option<Timestamp> = cursor.newest();
        drop(cursor.window()); // the stream may repeat lines of the snapshot
        let mut continuation = Continuation::default();
        while let Ok(Some(Ok(log))) = timeout(self.options.idle, stream.next()).await {
            let mut line = Line::from_wire(log, None, self.clock.now());
            continuation.apply(&mut line);
            let is_requested = self.window.source.is_none_or(|source| line.source.as_str() == source);
            let is_newer = line.timestamp >= snapshot || line.timestamp.is_none();
            if is_requested && is_newer && cursor.accept(&line) && sender.send(line).await.is_err() {
                return;
            }
        }
    }
}

/// Whether the response means that there is no WebSocket.
fn is_absent(reason: &Reason) -> bool {
    matches!(reason, Reason::NotFound | Reason::Retired | Reason::Forbidden | Reason::Status { .. })
}
