//! Lines of an event stream as events, as WHATWG interprets them.
//!
//! `event` and `retry` are ignored: the log streams have one kind of event, and the exporter has its own delays. An event has
//! only its own id, not that of the event before it: a stream that is resumed there would repeat or skip lines.

use bytes::Bytes;

use super::text_lines::{TextLine, TextLines};

/// An event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) id: Option<String>,
    pub(super) data: String,
    /// Whether the data was left out because it is larger than the limit.
    pub(super) is_oversized: bool,
}

/// Reads events from chunks. In memory is one event of at most the limit, and one line.
#[derive(Debug)]
pub(super) struct Events {
    lines: TextLines,
    limit: usize,
    event: Event,
    has_data: bool,
}

impl Events {
    /// Events whose data has at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { lines: TextLines::new(limit), limit, event: Event::default(), has_data: false }
    }

    /// Removes the next event from a chunk. `None` if the chunk is used up. An event whose end never arrives is ignored.
    pub(super) fn next(&mut self, chunk: &mut Bytes) -> Option<Event> {
        while let Some(line) = self.lines.next(chunk) {
            match line {
                TextLine::Complete(line) if line.is_empty() => {
                    let event = std::mem::take(&mut self.event);
                    if std::mem::take(&mut self.has_data) {
                        return Some(event);
                    }
                }
                TextLine::Complete(line) => self.field(&line),
                TextLine::Oversized(line) => self.oversized(&line),
            }
        }
        None
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => self.data(value),
            "id" if !value.contains('\0') => {
                self.event.id = Some(value.to_owned()).filter(|id| !id.is_empty());
            }
            _ => {} // a comment or an unknown field
        }
    }

    fn data(&mut self, value: &str) {
        let Event { data, is_oversized, .. } = &mut self.event;
        *is_oversized |= data.len().saturating_add(value.len()) >= self.limit;
        if *is_oversized {
            *data = String::new();
        } else {
            if self.has_data {
                data.push('\n');
            }
            data.push_str(value);
        }
        self.has_data = true;
    }

    fn oversized(&mut self, beginning: &str) {
        match beginning.split_once(':').map_or(beginning, |(name, _)| name) {
            "data" => {
                self.event.data = String::new();
                (self.event.is_oversized, self.has_data) = (true, true);
            }
            "id" => self.event.id = None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
