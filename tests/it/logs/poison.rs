//! Streams with bytes that a server should not send: every other line is shown, once, however often the stream breaks.

use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use clock::ManualClock;
use futures_util::{StreamExt as _, stream};
use runpod::Urgency;
use runpod::{KeyRing, LogSubject};
use runpod_exporter::testing::logs::{Cursor, StreamFollower};

use super::*;
use crate::support::{noon, stub};

/// A server of one log stream, which it sends from the requested position on. It then closes the connection.
#[derive(Clone)]
struct Server {
    stream: Bytes,
    /// The position that each request named.
    resumed: Arc<Mutex<Vec<Option<String>>>>,
}

async fn answer(State(server): State<Server>, headers: HeaderMap) -> Response {
    let after = headers.get("last-event-id").map(|id| id.to_str().unwrap().to_owned());
    let from = after.as_deref().map_or(0, |after| {
        let (id, end) = (format!("id: {after}\n"), b"\n\n");
        let at = find(&server.stream, id.as_bytes());
        at + find(&server.stream[at..], end) + end.len()
    });
    server.resumed.lock().unwrap().push(after);
    let chunks: Vec<_> = server.stream[from..].chunks(60_000).map(Bytes::copy_from_slice).collect();
    let chunks = stream::iter(chunks).map(Ok::<_, std::io::Error>);
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(chunks)).into_response()
}

fn find(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).position(|window| window == part).unwrap()
}

/// The lines that are received until the stream was opened `times` times.
async fn received(stream: Vec<u8>, times: usize) -> (Vec<Line>, Vec<Option<String>>) {
    let server = Server { stream: stream.into(), resumed: Arc::default() };
    let routes = Router::new().route("/rest/v2/pods/p1/logs", get(answer)).with_state(server.clone());
    let (address, _server) = stub(routes).await;
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(noon()));
    let observer = Arc::new(Instruments::new(Mode::Serve, crate::support::stopped()));
    let runpod =
        Arc::new(client(&account(address), KeyRing::default(), observer, Arc::clone(&clock)).unwrap());
    let follower = StreamFollower {
        runpod,
        clock,
        subject: LogSubject::Pod("p1".into()),
        cursor: Cursor::new(tail(100)),
        options: fast_follow(),
        live: true,
        warn: false,
        urgency: Urgency::Needed,
        state: None,
    };
    let (sender, mut receiver) = mpsc::channel(100);
    let mut lines = Vec::new();
    let reading = async {
        while server.resumed.lock().unwrap().len() <= times {
            if let Ok(Some(line)) = timeout(Duration::from_millis(20), receiver.recv()).await {
                lines.push(line);
            }
        }
        receiver.close();
    };
    timeout(LONG, async { tokio::join!(follower.run(sender), reading) }).await.unwrap();
    let resumed = server.resumed.lock().unwrap().clone();
    (lines, resumed)
}

fn event(second: u32, line: &str) -> String {
    let ts = format!("2026-11-22T11:00:{second:02}Z");
    let data = serde_json::json!({"source": "container", "line": line, "ts": ts});
    format!("id: {ts}\ndata: {data}\n\n")
}

/// The same damage comes with each reconnection, and costs at most its own line.
#[tokio::test]
async fn a_poisonous_line_costs_itself() {
    let huge = format!("id: 2026-11-22T11:00:03Z\ndata: {{\"line\":\"{}\"}}\n\n", "x".repeat(5_000_000));
    let endless = [b"data: ".to_vec(), vec![b'x'; 5_000_000]].concat();
    let left_out = "[log line larger than 1 MiB left out]";
    let table: [(&str, Vec<u8>, &[&str]); 11] = [
        ("a line of 5 MB", huge.clone().into_bytes(), &[left_out]),
        ("the same without an id", huge.replace("id: 2026-11-22T11:00:03Z\n", "").into_bytes(), &[left_out]),
        ("not UTF-8", b"id: 2026-11-22T11:00:03Z\ndata: {\"line\":\"a\xFF\"}\n\n".to_vec(), &["a\u{FFFD}"]),
        ("not JSON", b"id: 2026-11-22T11:00:03Z\ndata: {\"line\":\n\n".to_vec(), &["{\"line\":"]),
        (
            "an id for no header",
            "id: \u{e9}\ndata: {\"line\":\"a\",\"ts\":\"2026-11-22T11:00:03Z\"}\n\n".into(),
            &["a"],
        ),
        ("a time to come", b"data: {\"line\":\"a\",\"ts\":\"9999-01-01T00:00:00Z\"}\n\n".to_vec(), &["a"]),
        ("a number as id", b"id: 17\ndata: {\"line\":\"a\"}\n\n".to_vec(), &["a"]),
        ("a time of year 1", b"data: {\"line\":\"a\",\"ts\":\"0001-01-01T00:00:00Z\"}\n\n".to_vec(), &["a"]),
        (
            "a byte order mark",
            "\u{FEFF}data: {\"line\":\"a\",\"ts\":\"2026-11-22T11:00:03Z\"}\n\n".into(),
            &[],
        ),
        ("a line without an end, and a CR", [&*endless, b"\r\r"].concat(), &[left_out]),
        ("zeros", [vec![0; 3_000_000], b"\n\n".to_vec()].concat(), &[]),
    ];
    for (name, poison, shown) in table {
        let whole = [
            event(1, "one").as_bytes(),
            event(2, "two").as_bytes(),
            &poison,
            event(4, "four").as_bytes(),
            event(5, "five").as_bytes(),
        ]
        .concat();
        let (lines, resumed) = received(whole, 4).await;
        let texts = texts(&lines);
        let expected = [&["one", "two"], shown, &["four", "five"]].concat();
        assert_eq!(texts, expected, "{name}");
        assert_eq!(
            resumed[1..4],
            vec![Some("2026-11-22T11:00:04Z".to_owned()); 3],
            "{name}: the position does not advance"
        );
    }
}

/// The recorded case: a mark before the first event.
#[tokio::test]
async fn a_byte_order_mark_at_the_start_is_removed() {
    let stream = [b"\xEF\xBB\xBF", event(1, "first line").as_bytes()].concat();
    let (lines, _) = received(stream, 1).await;
    assert_eq!(texts(&lines), ["first line"]);
    assert_eq!(lines[0].timestamp, Some("2026-11-22T11:00:01Z".parse().unwrap()));
}

/// The number of an event and a time before Runpod existed are not times: printed, they would be untrue, and Loki would refuse
/// them.
#[tokio::test]
async fn a_time_that_cannot_be_true_is_unknown() {
    for odd in [
        "id: 17\ndata: text\n\n",
        "data: {\"line\":\"text\",\"ts\":5}\n\n",
        "data: {\"line\":\"text\",\"ts\":\"1970-01-01T00:00:00Z\"}\n\n",
        "data: {\"line\":\"text\",\"ts\":\"0001-01-01T00:00:00Z\"}\n\n",
    ] {
        let stream = [event(1, "one").as_bytes(), odd.as_bytes(), event(3, "three").as_bytes()].concat();
        let (lines, _) = received(stream, 1).await;
        assert_eq!(texts(&lines), ["one", "text", "three"], "{odd}");
        assert_eq!(lines[1].timestamp, None, "{odd}");
    }
}
