//! A stream that reports when a client sends, and that ends when a client does not read.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use clock::after;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;
use crate::instruments::{Cut, Instruments};

/// The stream of a connection.
pub(super) struct Guarded {
    stream: TcpStream,
    activity: Arc<Activity>,
    /// Time limit of writing a response.
    limit: Duration,
    instruments: Arc<Instruments>,
    alarm: Alarm,
    /// When the response to a request has to be written. The number is that of the request.
    write_due: Option<(u64, Instant)>,
}

/// Completes at a moment that can change.
#[derive(Default)]
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    fn poll(&mut self, due: Instant, context: &mut Context<'_>) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if sleep.deadline() != due {
            sleep.as_mut().reset(due);
        }
        sleep.as_mut().poll(context)
    }
}

impl Guarded {
    pub(super) fn new(
        stream: TcpStream,
        activity: Arc<Activity>,
        limit: Duration,
        instruments: Arc<Instruments>,
    ) -> Self {
        let (alarm, write_due) = (Alarm::default(), None);
        Self { stream, activity, limit, instruments, alarm, write_due }
    }

    /// Waits for a client that does not read, but not longer than the limit for the whole response.
    fn blocked(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let request = self.activity.requests();
        let due = match self.write_due {
            Some((of, due)) if of == request => due,
            _ => after(Instant::now(), self.limit),
        };
        self.write_due = Some((request, due));
        if self.alarm.poll(due, context).is_pending() {
            return Poll::Pending;
        }
        self.instruments.connection_cut(Cut::SlowReader);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            this.activity.received();
        }
        result
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        if result.is_pending() { self.blocked(context) } else { result }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        if result.is_pending() { self.blocked(context) } else { result }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
