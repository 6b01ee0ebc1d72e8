//! The body of a request, read while it is received, with a maximum size. Its content does not belong here.

use std::io::{self, Read};

use axum::body::Body;
use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use program::task::{self, Task};
use tokio::sync::mpsc::{self, Receiver};

use crate::jobs::{Reason, Rejection, Shortener};

/// Capacity of the channel to the parser, in chunks. A chunk of hyper has at most a few hundred kilobytes.
const CHANNEL: usize = 4;

/// The body of a request. Only the requested part is read.
#[derive(Debug)]
pub(super) struct RequestBody {
    body: Limited<Body>,
    limit: usize,
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
    pub(super) fn new(body: Body, limit: usize) -> Self {
        Self { body: Limited::new(body, limit), limit }
    }

    /// Reads until the end, or until more than `length` bytes were read.
    pub(super) async fn prefix(&mut self, length: usize) -> Result<Prefix, Rejection> {
        let mut prefix = BytesMut::new();
        while prefix.len() <= length {
            match self.chunk().await? {
                None => return Ok(Prefix::Complete(prefix.freeze())),
                Some(chunk) => prefix.extend_from_slice(&chunk),
            }
        }
        Ok(Prefix::Partial(prefix.freeze()))
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
        let failed =
            |_panic| Rejection::new(Reason::Malformed, "cannot read the request body; please report this");
        parsing.await.map_err(failed)?
    }
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
