//! Server-sent events as log lines: `id: ts`, `data: {"source","line","ts"}`.

use bytes::Bytes;
use futures_util::{Stream, stream};
use reqwest::header::CONTENT_TYPE;

use super::event::{Event, Events};
use crate::error::Reason;
use crate::transport::Opened;
use crate::wire::Log;

/// Maximum size of an event in bytes, far more than any line has. Also the memory that a line without an end takes.
const LIMIT: usize = 1024 * 1024;

/// Maximum length of an id in bytes. A longer one is not sent back: the server may reject the header.
const MAX_ID: usize = 256;

/// A response and the events in it.
struct Reader {
    response: Opened,
    chunk: Bytes,
    events: Events,
    position: Position,
}

/// The time of the last line.
#[derive(Debug, Default)]
struct Position(Option<String>);

/// The lines of a response.
pub(super) fn lines(response: Opened) -> Result<impl Stream<Item = Result<Log, Reason>>, Reason> {
    let kind =
        response.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if kind != Some(true) {
        return Err(Reason::Decode { cause: "not an event stream".into() });
    }
    let (chunk, events, position) = (Bytes::new(), Events::new(LIMIT), Position::default());
    let reader = Reader { response, chunk, events, position };
    Ok(stream::try_unfold(reader, |mut reader| async move {
        let line = reader.next().await?;
        Ok(line.map(|line| (line, reader)))
    }))
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Log>, Reason> {
        loop {
            while let Some(event) = self.events.next(&mut self.chunk) {
                if let Some(log) = self.position.log(event) {
                    return Ok(Some(log));
                }
            }
            let Some(chunk) = self.response.chunk().await? else { return Ok(None) };
            self.chunk = chunk;
        }
    }
}

impl Position {
    /// The line of an event. Text that is not JSON is a line as it is; `None` for an object without a line.
    fn log(&mut self, event: Event) -> Option<Log> {
        let Event { id, data, is_oversized } = event;
        let mut log = match lenient_json::value(data.as_bytes()) {
            _ if is_oversized => Log::oversized(),
            Ok(value) => Log::read(&value)?,
            Err(_not_json) => Log::bare(&data),
        };
        log.id = id.filter(|id| is_sendable(id)).or_else(|| log.ts.clone().filter(|ts| is_sendable(ts)));
        // A line without a time would be received again after each interruption: nothing else tells repeated lines apart.
        let time_of_id = || log.id.as_deref().map(|id| id.split('/').next().unwrap_or(id).to_owned());
        let time_before = || self.0.clone().filter(|_| is_oversized);
        log.ts = log.ts.or_else(time_of_id).or_else(time_before);
        self.0.clone_from(&log.ts);
        Some(log)
    }
}

/// The lines of a stream that arrives in these pieces.
pub fn read_events(pieces: impl IntoIterator<Item = Bytes>) -> Vec<Log> {
    let (mut events, mut position, mut lines) = (Events::new(LIMIT), Position::default(), Vec::new());
    for mut piece in pieces {
        while let Some(event) = events.next(&mut piece) {
            lines.extend(position.log(event));
        }
    }
    lines
}

/// Whether an id can be sent in a header.
fn is_sendable(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<Log> {
        read_events(pieces.iter().map(|piece| Bytes::copy_from_slice(piece)))
    }

    fn line(text: &[u8]) -> Log {
        read(&[text]).remove(0)
    }

    #[test]
    fn the_recording_is_read_in_pieces_of_any_size() {
        let recorded = include_bytes!("../../../../tests/fixtures/worker_logs_container.sse");
        let whole = read(&[recorded]);
        assert_eq!(whole.len(), 3);
        let sources: Vec<_> = whole.iter().filter_map(|log| log.source.as_deref()).collect();
        assert_eq!(sources, ["container", "container", "system"]);
        assert_eq!(whole[0].line, "--- Starting Serverless Worker |  Version 1.11.0 ---");
        assert!(whole[1].line.starts_with("{\"requestId\": null, \"message\": \"Failed to get job."));
        let ids: Vec<_> = whole.iter().filter_map(|log| log.id.as_deref()).collect();
        let times = ["2026-08-06T17:43:01.179039264Z", "2026-08-06T17:43:02.47Z", "2026-08-06T17:45:27Z"];
        assert_eq!(ids, times, "an event without an id is resumed by its time");
        for size in [1, 7, 64] {
            assert_eq!(read(&recorded.chunks(size).collect::<Vec<_>>()), whole, "in pieces of {size}");
        }
    }

    #[test]
    fn an_incomplete_event_is_ignored() {
        let lines = read(&[b"id: 1\ndata: {\"line\":\"a\"}\n\nid: 2\ndata: {\"line\":\"b"]);
        assert_eq!(lines.iter().map(|log| &*log.line).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn unknown_text_is_a_line() {
        let lines = read(&[b"data: not JSON\n\ndata: {\"beat\":1}\n\n: comment\n\ndata: \"text\"\n\n"]);
        assert_eq!(lines.iter().map(|log| &*log.line).collect::<Vec<_>>(), ["not JSON", "text"]);
    }

    /// Its time and its source are read all the same.
    #[test]
    fn a_line_that_is_not_unicode_is_repaired() {
        for text in [
            &b"data: {\"line\":\"cut \\ud83d\",\"source\":\"system\",\"ts\":\"2026-06-01T12:02:03Z\"}\n\n"[..],
            b"data: {\"line\":\"cut \xf0\x9f\",\"source\":\"system\",\"ts\":\"2026-06-01T12:02:03Z\",\"n\":NaN}\n\n",
        ] {
            let log = line(text);
            assert_eq!((&*log.line, log.source.as_deref()), ("cut \u{FFFD}", Some("system")));
            assert_eq!(log.ts.as_deref(), Some("2026-06-01T12:02:03Z"));
        }
    }

    /// The example in the API's description has more than the time in the id.
    #[test]
    fn the_id_is_not_changed() {
        let log = line(
            b"id: 2026-06-01T12:02:03Z/000000000001\ndata: {\"ts\":\"2026-06-01T12:02:03Z\",\"line\":\"a\"}\n\n",
        );
        assert_eq!(log.id.as_deref(), Some("2026-06-01T12:02:03Z/000000000001"));
    }

    #[test]
    fn a_line_without_a_time_has_that_of_its_id() {
        for text in [
            "id: 2026-06-01T12:02:03Z\ndata: text\n\n",
            "id: 2026-06-01T12:02:03Z/7\ndata: {\"line\":\"text\"}\n\n",
        ] {
            let log = line(text.as_bytes());
            assert_eq!((&*log.line, log.ts.as_deref()), ("text", Some("2026-06-01T12:02:03Z")), "{text}");
        }
        assert_eq!(line(b"data: text\n\n").ts, None);
    }

    /// With an id that no header can carry, the stream could never be resumed.
    #[test]
    fn an_id_that_cannot_be_sent_is_replaced_by_the_time() {
        for id in ["a b", "\u{e9}", "\u{1}", &"9".repeat(MAX_ID + 1)] {
            let log = line(
                format!("id: {id}\ndata: {{\"ts\":\"2026-06-01T12:02:03Z\",\"line\":\"a\"}}\n\n").as_bytes(),
            );
            assert_eq!(log.id.as_deref(), Some("2026-06-01T12:02:03Z"), "{id}");
        }
    }

    #[test]
    fn an_oversized_line_has_a_position() {
        let long = "x".repeat(5 * LIMIT);
        let known = "id: 2026-06-01T12:02:03Z\ndata: \"a\"\n\n";
        let lines = read(&[format!("{known}data: {{\"line\":\"{long}\"}}\n\n{known}").as_bytes()]);
        let texts: Vec<_> = lines.iter().map(|log| (&*log.line, log.is_oversized)).collect();
        assert_eq!(texts, [("a", false), ("[log line larger than 1 MiB left out]", true), ("a", false)]);
        assert!(lines.iter().all(|log| log.ts.as_deref() == Some("2026-06-01T12:02:03Z")), "{lines:?}");
    }
}
