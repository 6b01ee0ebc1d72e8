//! Bytes as lines of text, as WHATWG decodes an event stream: a line ends with CR, LF or CRLF, a byte order mark at the start
//! is removed, and bytes that are not UTF-8 become U+FFFD. A line beyond a limit is left out without being kept in memory.

use bytes::{Buf as _, Bytes};
use memchr::memchr2;

/// The byte order mark in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How much is kept of a line beyond the limit: enough to tell which field it is.
const KEPT: usize = 16;

/// A line without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextLine {
    /// A line within the limit.
    Complete(String),
    /// The first bytes of a line beyond the limit.
    Oversized(String),
}

/// The beginning of a line whose end has not arrived, and what came before it.
#[derive(Debug)]
pub(super) struct TextLines {
    limit: usize,
    line: Vec<u8>,
    is_oversized: bool,
    /// Whether the last byte was a CR, which a LF may follow in the next chunk.
    follows_cr: bool,
    is_first: bool,
}

impl TextLines {
    /// Lines of at most `limit` bytes.
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit, line: Vec::new(), is_oversized: false, follows_cr: false, is_first: true }
    }

    /// Removes the next line from a chunk. `None` if the chunk is used up.
    pub(super) fn next(&mut self, chunk: &mut Bytes) -> Option<TextLine> {
        let first = *chunk.first()?;
        if std::mem::take(&mut self.follows_cr) && first == b'\n' {
            chunk.advance(1);
        }
        let Some(end) = memchr2(b'\r', b'\n', chunk) else {
            let rest = chunk.split_to(chunk.len());
            self.append(&rest);
            return None;
        };
        let rest = chunk.split_to(end);
        self.append(&rest);
        self.follows_cr = chunk.first() == Some(&b'\r');
        chunk.advance(1);
        Some(self.finish())
    }

    fn append(&mut self, bytes: &[u8]) {
        if self.is_oversized {
            return;
        }
        if self.line.len().saturating_add(bytes.len()) <= self.limit {
            self.line.extend_from_slice(bytes);
            return;
        }
        self.is_oversized = true;
        let missing = KEPT.saturating_sub(self.line.len());
        self.line.extend(bytes.iter().take(missing));
        self.line.truncate(KEPT);
        self.line.shrink_to(KEPT);
    }

    fn finish(&mut self) -> TextLine {
        let mut line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.is_first) && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        let text = match String::from_utf8(line) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        if std::mem::take(&mut self.is_oversized) {
            TextLine::Oversized(text)
        } else {
            TextLine::Complete(text)
        }
    }
}

#[cfg(test)]
mod tests {
    impl super::TextLines {
        /// The memory in use, in bytes.
        pub(in crate::logs) fn capacity(&self) -> usize {
            self.line.capacity()
        }
    }
}
