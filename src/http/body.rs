//! The body of a request, read as it arrives, under a limit. What it says does not belong here.

use std::io::{self, Read};

use axum::body::Body;
use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::spawn_blocking;

use crate::jobs::{Reason, Rejection, Shortener};

/// Pieces of a body that wait to be read. They are what hyper gave, some hundred kilobytes each at the most.
const PIECES: usize = 4;

/// A body that is read as far as it was asked for.
#[derive(Debug)]
pub(super) struct Incoming {
    body: Limited<Body>,
    limit: usize,
}

/// The beginning of a body.
#[derive(Debug)]
pub(super) enum Beginning {
    /// It is all there is.
    Whole(Bytes),
    /// There is more.
    Part(Bytes),
}

impl Incoming {
    pub(super) fn new(body: Body, limit: usize) -> Self {
        Self { body: Limited::new(body, limit), limit }
    }

    /// The body up to its end, or at least `enough` of it.
    pub(super) async fn beginning(&mut self, enough: usize) -> Result<Beginning, Rejection> {
        let mut begun = BytesMut::new();
        while begun.len() <= enough {
            match self.piece().await? {
                None => return Ok(Beginning::Whole(begun.freeze())),
                Some(piece) => begun.extend_from_slice(&piece),
            }
        }
        Ok(Beginning::Part(begun.freeze()))
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Rejection> {
        let Some(frame) = self.body.frame().await else { return Ok(None) };
        match frame {
            Ok(frame) => Ok(Some(frame.into_data().unwrap_or_default())), // trailers are no data
            Err(error) if error.is::<LengthLimitError>() => {
                let told = format!("the body is larger than {} bytes", self.limit);
                Err(Rejection::new(Reason::TooLarge, told))
            }
            Err(error) => {
                Err(Rejection::new(Reason::Malformed, format!("cannot receive the request body: {error}")))
            }
        }
    }

    /// Has `parse` read the body while it arrives, without its long strings, on a thread for work that blocks. If this
    /// future is dropped or fails, the body ends early for `parse`, and what it makes of it is lost.
    pub(super) async fn parse<T: Send + 'static>(
        mut self,
        begun: Bytes,
        parse: impl FnOnce(Pieces) -> Result<T, Rejection> + Send + 'static,
    ) -> Result<T, Rejection> {
        let (send, pieces) = mpsc::channel(PIECES);
        let parsing = spawn_blocking(move || parse(Pieces { current: Bytes::new(), pieces }));
        let mut shortener = Shortener::default();
        let mut piece = Some(begun);
        while let Some(whole) = piece {
            let short = Bytes::from(shortener.feed(&whole));
            if send.send(short).await.is_err() {
                break; // the reader knows enough
            }
            piece = self.piece().await?;
        }
        drop(send);
        let failed =
            |_panic| Rejection::new(Reason::Malformed, "cannot read the request body; please report this");
        parsing.await.map_err(failed)?
    }
}

/// A body for a reader that blocks.
#[derive(Debug)]
pub(super) struct Pieces {
    current: Bytes,
    pieces: Receiver<Bytes>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            let Some(next) = self.pieces.blocking_recv() else { return Ok(0) };
            self.current = next;
        }
        let length = buffer.len().min(self.current.len());
        let (buffer, _) = buffer.split_at_mut(length);
        self.current.copy_to_slice(buffer);
        Ok(length)
    }
}
