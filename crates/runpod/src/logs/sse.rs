//! Server-sent events as log lines: `id: ts`, `data: {"source","line","ts"}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventsource_stream::{Event, EventStreamError, Eventsource as _};
use futures_util::{Stream, StreamExt as _, stream};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

use crate::error::Reason;
use crate::transport::network;
use crate::wire::Log;

/// Maximum size of an event in bytes, far more than any line has. An event is in memory until it ends.
const LIMIT: usize = 4 * 1024 * 1024;

/// The lines of a response.
pub(super) fn lines(response: Response) -> Result<impl Stream<Item = Result<Log, Reason>>, Reason> {
    let kind =
        response.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    if kind != Some(true) {
        return Err(Reason::Decode { cause: "not an event stream".into() });
    }
    let pending = Arc::new(AtomicUsize::new(0));
    let bytes = stream::try_unfold((response, Arc::clone(&pending)), |(mut response, pending)| async move {
        let Some(chunk) = response.chunk().await.map_err(network)? else { return Ok(None) };
        if pending.fetch_add(chunk.len(), Ordering::Relaxed) > LIMIT {
            return Err(Reason::TooLarge { limit: LIMIT });
        }
        Ok(Some((chunk, (response, pending))))
    });
    let events = Box::pin(bytes).eventsource();
    Ok(events.filter_map(move |event| {
        pending.store(0, Ordering::Relaxed);
        let line = match event {
            Ok(event) => log(event).map(Ok),
            Err(EventStreamError::Transport(reason)) => Some(Err(reason)),
            Err(EventStreamError::Utf8(_) | EventStreamError::Parser(_)) => {
                Some(Err(Reason::Decode { cause: "an event is not text".into() }))
            }
        };
        async { line }
    }))
}

/// The line of an event. Text that is not JSON is a line as it is; `None` for an object without a line.
fn log(event: Event) -> Option<Log> {
    let Event { id, data, .. } = event;
    let mut log = match serde_json::from_str(&data) {
        Ok(value) => Log::read(&value)?,
        Err(_not_json) => Log::bare(&data),
    };
    // The parser gives an event without an id the id of the previous event, which is the wrong place to resume from.
    let is_own = |ts: &String| id.starts_with(ts.as_str());
    log.id = match &log.ts {
        Some(ts) if !is_own(ts) => Some(ts.clone()),
        _ => Some(id).filter(|id| !id.is_empty()),
    };
    Some(log)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    async fn read(pieces: Vec<&'static [u8]>) -> Vec<Log> {
        let bytes = stream::iter(pieces.into_iter().map(Ok::<_, Infallible>));
        bytes.eventsource().filter_map(|event| async { log(event.unwrap()) }).collect().await
    }

    #[tokio::test]
    async fn the_recording_is_read_in_pieces_of_any_size() {
        let recorded = include_bytes!("../../../../tests/fixtures/worker_logs_container.sse");
        let whole = read(vec![recorded]).await;
        assert_eq!(whole.len(), 3);
        let sources: Vec<_> = whole.iter().filter_map(|log| log.source.as_deref()).collect();
        assert_eq!(sources, ["container", "container", "system"]);
        assert_eq!(whole[0].line, "--- Starting Serverless Worker |  Version 1.11.0 ---");
        assert!(whole[1].line.starts_with("{\"requestId\": null, \"message\": \"Failed to get job."));
        let ids: Vec<_> = whole.iter().filter_map(|log| log.id.as_deref()).collect();
        let times = ["2026-08-06T17:43:01.179039264Z", "2026-08-06T17:43:02.47Z", "2026-08-06T17:45:27Z"];
        assert_eq!(ids, times, "an event without an id is resumed by its time");
        for size in [1, 7, 64] {
            assert_eq!(read(recorded.chunks(size).collect()).await, whole, "in pieces of {size}");
        }
    }

    #[tokio::test]
    async fn an_incomplete_event_is_ignored() {
        let lines = read(vec![b"id: 1\ndata: {\"line\":\"a\"}\n\nid: 2\ndata: {\"line\":\"b"]).await;
        assert_eq!(lines.iter().map(|log| &*log.line).collect::<Vec<_>>(), ["a"]);
    }

    #[tokio::test]
    async fn unknown_text_is_a_line() {
        let lines =
            read(vec![b"data: not JSON\n\ndata: {\"beat\":1}\n\n: comment\n\ndata: \"text\"\n\n"]).await;
        assert_eq!(lines.iter().map(|log| &*log.line).collect::<Vec<_>>(), ["not JSON", "text"]);
    }

    /// The example in the API's description has more than the time in the id.
    #[tokio::test]
    async fn the_id_is_not_changed() {
        let lines = read(vec![
            b"id: 2026-06-01T12:02:03Z/000000000001\ndata: {\"ts\":\"2026-06-01T12:02:03Z\",\"line\":\"a\"}\n\n",
        ])
        .await;
        assert_eq!(lines[0].id.as_deref(), Some("2026-06-01T12:02:03Z/000000000001"));
    }
}
