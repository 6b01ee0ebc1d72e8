//! A stream that ends when its client is too slow.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Timeouts;
use super::activity::Activity;
use crate::instruments::{Cut, Instruments};

/// A stream with the time limits of a connection.
pub(super) struct Guarded {
    stream: TcpStream,
    activity: Arc<Activity>,
    timeouts: Timeouts,
    instruments: Arc<Instruments>,
    read: Alarm,
    write: Alarm,
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
        timeouts: Timeouts,
        instruments: Arc<Instruments>,
    ) -> Self {
        let (read, write, write_due) = (Alarm::default(), Alarm::default(), None);
        Self { stream, activity, timeouts, instruments, read, write, write_due }
    }

    /// Waits for a client that does not read, but not longer than the limit for the whole response.
    fn blocked(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let request = self.activity.requests();
        let due = match self.write_due {
            Some((of, due)) if of == request => due,
            _ => Instant::now() + self.timeouts.write,
        };
        self.write_due = Some((request, due));
        if self.write.poll(due, context).is_pending() {
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
        if result.is_ready() {
            if buffer.filled().len() > before {
                this.activity.received();
            }
            return result;
        }
        let Some((due, is_slow)) = this.activity.due(&this.timeouts) else { return Poll::Pending };
        if this.read.poll(due, context).is_pending() {
            return Poll::Pending;
        }
        if is_slow {
            this.instruments.connection_cut(Cut::SlowRequest);
        }
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
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
