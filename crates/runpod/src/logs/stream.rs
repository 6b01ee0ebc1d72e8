//! An open stream of log lines.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _};

use crate::error::{Reason, RequestError};
use crate::transport::{Call, Transport};
use crate::wire::Log;

/// Log lines as they are written, until the connection ends.
pub struct LogStream {
    lines: Pin<Box<dyn Stream<Item = Result<Log, Reason>> + Send>>,
    transport: Arc<Transport>,
    call: Call,
}

impl LogStream {
    pub(super) fn new(
        lines: impl Stream<Item = Result<Log, Reason>> + Send + 'static,
        transport: Arc<Transport>,
        call: Call,
    ) -> Self {
        Self { lines: lines.boxed(), transport, call }
    }

    /// The next line; `None` when the server has ended the stream.
    pub async fn next(&mut self) -> Option<Result<Log, RequestError>> {
        let line = self.lines.next().await?;
        Some(line.map(|log| redacted(&self.transport, log)).map_err(|reason| self.call.error(reason)))
    }
}

/// The line without the keys: a program may print its environment.
pub(super) fn redacted(transport: &Transport, log: Log) -> Log {
    Log { line: transport.redact(log.line), ..log }
}

impl fmt::Debug for LogStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogStream").field("subject", &self.call.subject).finish_non_exhaustive()
    }
}
