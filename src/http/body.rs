//! The body of a request, read while it is received, with a maximum size. Its content does not belong here.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use program::task::{self, Task};
use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::jobs::{Reason, Rejection, Shortener};

/// Capacity of the channel to the parser, in chunks. A chunk of hyper has at most a few hundred kilobytes.
const CHANNEL: usize = 4;

/// Maximum size in bytes of all bodies in memory together. A client that sends no end of its body keeps its part until the
/// timeout of its request.
const MAX_IN_FLIGHT: usize = 32 * 1024 * 1024;

/// Timeout of receiving the rest of a body that is rejected for lack of memory.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(2);

/// The memory that all bodies share.
#[derive(Debug, Clone)]
pub(super) struct Budget(Arc<Semaphore>);

/// The body of a request. Only the requested part is read.
#[derive(Debug)]
pub(super) struct RequestBody {
    body: Limited<Body>,
    limit: usize,
    budget: Budget,
    /// The part of the budget that its bytes take, until it is dropped.
    taken: Option<OwnedSemaphorePermit>,
}

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_IN_FLIGHT)))
    }
}

impl Budget {
    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Rejection> {
        let busy = |_| {
            let message = format!(
                "more than {MAX_IN_FLIGHT} bytes of webhooks and pushes are being received; retry later"
            );
            Rejection::new(Reason::Busy, message)
        };
        let count = u32::try_from(bytes).unwrap_or(u32::MAX);
        Arc::clone(&self.0).try_acquire_many_owned(count).map_err(busy)
    }
}

/// The start of a body.
#[derive(Debug)]
pub(super) enum Prefix {
    /// The whole body.
    Complete(Bytes),
    /// There is more to read.
    Partial(Bytes),
}

impl RequestBody {
    pub(super) fn new(body: Body, limit: usize, budget: Budget) -> Self {
        Self { body: Limited::new(body, limit), limit, budget, taken: None }
    }

    /// Reads until the end, or until more than `length` bytes were read. The bytes take a part of the budget as long as the
    /// body exists.
    pub(super) async fn prefix(&mut self, length: usize) -> Result<Prefix, Rejection> {
        let mut prefix = BytesMut::new();
        while prefix.len() <= length {
            match self.chunk().await? {
                None => return Ok(Prefix::Complete(prefix.freeze())),
                Some(chunk) => {
                    let more = match self.budget.take(chunk.len()) {
                        Ok(more) => more,
                        Err(busy) => return Err(self.discard(prefix, busy).await),
                    };
                    match &mut self.taken {
                        Some(taken) => taken.merge(more),
                        None => self.taken = Some(more),
                    }
                    prefix.extend_from_slice(&chunk);
                }
            }
        }
        Ok(Prefix::Partial(prefix.freeze()))
    }

    /// Receives the rest without keeping anything, for a short time: most clients read no response before they have sent their
    /// body.
    async fn discard(&mut self, prefix: BytesMut, rejection: Rejection) -> Rejection {
        drop((prefix, self.taken.take()));
        let rest = async { while let Ok(Some(_)) = self.chunk().await {} };
        timeout(DISCARD_TIMEOUT, rest).await.unwrap_or_default();
        rejection
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Rejection> {
        let Some(frame) = self.body.frame().await else { return Ok(None) };
        match frame {
            Ok(frame) => Ok(Some(frame.into_data().unwrap_or_default())), // trailers have no data
            Err(error) if error.is::<LengthLimitError>() => {
                let message = format!("the body is larger than {} bytes", self.limit);
                Err(Rejection::new(Reason::TooLarge, message))
            }
            Err(error) => {
                Err(Rejection::new(Reason::Malformed, format!("cannot receive the request body: {error}")))
            }
        }
    }

    /// Runs `parse` on the body while it is received, on a blocking thread. Long strings are removed from the body before.
    /// If this future is dropped or fails, the body ends early for `parse`, and its result is dropped.
    pub(super) async fn parse<T: Send + 'static>(
        mut self,
        prefix: Bytes,
        parse: impl FnOnce(ChunkReader) -> Result<T, Rejection> + Send + 'static,
    ) -> Result<T, Rejection> {
        let (sender, chunks) = mpsc::channel(CHANNEL);
        // Spawned, so that it runs while chunks are received.
        let parsing = tokio::task::spawn_blocking(move || {
            task::run(Task::Jobs, || parse(ChunkReader { current: Bytes::new(), chunks }))
        });
        let mut shortener = Shortener::default();
        let mut next = Some(prefix);
        while let Some(chunk) = next {
            let short = Bytes::from(shortener.feed(&chunk));
            if sender.send(short).await.is_err() {
                break; // the parser has stopped early
            }
            next = self.chunk().await?;
        }
        drop(sender);
        parsing.await.map_err(broken)?
    }
}

/// The rejection of a body whose parser panicked.
pub(super) fn broken<E>(_panic: E) -> Rejection {
    Rejection::new(Reason::Malformed, "cannot read the request body; see the log, and please report this")
}

/// A blocking reader of the chunks of a body.
#[derive(Debug)]
pub(super) struct ChunkReader {
    current: Bytes,
    chunks: Receiver<Bytes>,
}

impl Read for ChunkReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            let Some(next) = self.chunks.blocking_recv() else { return Ok(0) };
            self.current = next;
        }
        let length = buffer.len().min(self.current.len());
        let (buffer, _) = buffer.split_at_mut(length);
        self.current.copy_to_slice(buffer);
        Ok(length)
    }
}
