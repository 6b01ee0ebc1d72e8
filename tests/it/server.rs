//! The limits of connections to the exporter.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use runpod_exporter::testing::catalog::ScrapeResult;
use runpod_exporter::testing::exposition;
use runpod_exporter::testing::http::{Server, Timeouts};
use runpod_exporter::testing::instruments::Instruments;
use runpod_exporter::testing::metrics::families;
use runpod_exporter::testing::settings::Mode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::support::{Exposition, bind};

/// Timeout that even a slow machine does not reach.
const LONG: Duration = Duration::from_mins(1);

/// Limits that no test reaches by accident.
const PATIENT: Timeouts = Timeouts { head: LONG, idle: LONG, write: LONG, stop: Duration::from_millis(50) };

const SHORT: Duration = Duration::from_millis(200);

/// Size of a response that does not fit into the buffers of a connection.
const LARGE: usize = 16 << 20;

/// A server of test routes.
struct Running {
    address: std::net::SocketAddr,
    instruments: Arc<Instruments>,
    stop: CancellationToken,
    /// Each permit lets one request to `/wait` end.
    ends: Arc<Semaphore>,
    task: JoinSet<()>,
}

impl Running {
    async fn start(connections: usize, timeouts: Timeouts) -> Self {
        let (listener, address) = bind().await;
        let instruments = Arc::new(Instruments::new(Mode::Serve, crate::support::stopped()));
        let (stop, ends) = (CancellationToken::new(), Arc::new(Semaphore::new(0)));
        let waiting = Arc::clone(&ends);
        let wait = move || async move {
            waiting.acquire().await.unwrap().forget();
            "done"
        };
        let routes = Router::new()
            .route("/health", get(|| async { "healthy" }))
            .route("/large", get(|| async { vec![b'x'; LARGE] }))
            .route("/body", post(|body: String| async move { body }))
            .route("/wait", get(wait));
        let server = Server::new(routes, connections, timeouts, Arc::clone(&instruments));
        let (mut task, stopped) = (JoinSet::new(), stop.clone());
        task.spawn(async move { server.serve(&listener, stopped).await });
        Self { address, instruments, stop, ends, task }
    }

    /// A client that has sent this.
    async fn client(&self, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        stream
    }

    /// What a client receives until the connection is closed.
    async fn answer(&self, sent: &str) -> String {
        rest(self.client(sent).await).await
    }

    fn cut(&self, reason: &str) -> f64 {
        let measurements = self.instruments.measure(None);
        let (accounts, duration) = (Vec::new(), Duration::ZERO);
        let result = ScrapeResult { accounts, duration, truncated: false, measurements };
        let page = Exposition::new(exposition::text(families(), &result));
        let label = format!("reason=\"{reason}\"");
        page.value("runpod_exporter_connections_cut_total", &[&label]).unwrap()
    }
}

/// What arrives until the connection is closed, by either kind of end.
async fn rest(mut stream: TcpStream) -> String {
    let mut received = Vec::new();
    drop(timeout(LONG, stream.read_to_end(&mut received)).await.unwrap()); // otherwise the connection stays open
    String::from_utf8(received).unwrap()
}

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const HALF: &str = "GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ";

#[tokio::test]
async fn clients_that_complete_no_request_keep_nobody_out() {
    let running = Running::start(8, PATIENT).await;
    let mut held = Vec::new();
    for n in 0..300 {
        held.push(running.client(if n % 2 == 0 { HALF } else { "" }).await);
        if n % 30 == 0 {
            let answer = running.answer(HEALTH).await;
            assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("healthy"), "{n}: {answer}");
        }
    }
    assert!(running.cut("evicted") >= 290.0, "{}", running.cut("evicted"));
    assert_eq!(running.cut("refused"), 0.0);
}

/// A body that does not end does not delay it either, although its request has a time limit of its own.
#[tokio::test]
async fn clients_that_end_no_body_keep_nobody_out() {
    let running = Running::start(4, PATIENT).await;
    let mut held = Vec::new();
    for n in 0..40 {
        let route = if n % 2 == 0 { "/body" } else { "/wait" };
        held.push(
            running.client(&format!("POST {route} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")).await,
        );
        let answer = running.answer(HEALTH).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{n}: {answer}");
    }
    // A body that was received is being answered, and keeps its place.
    let body = "POST /body HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc";
    assert!(running.answer(body).await.ends_with("abc"));
}

/// Of those that wait, the ones that never sent a request make room first.
#[tokio::test]
async fn a_client_between_two_requests_keeps_its_connection() {
    let running = Running::start(4, PATIENT).await;
    let mut regular = running.client(&HEALTH.replace("Connection: close\r\n", "")).await;
    let mut buffer = [0; 256];
    assert!(regular.read(&mut buffer).await.unwrap() > 0);
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(running.client(HALF).await);
    }
    assert!(running.answer(HEALTH).await.ends_with("healthy"));
    regular.write_all(HEALTH.as_bytes()).await.unwrap();
    assert!(rest(regular).await.ends_with("healthy"));
}

#[tokio::test]
async fn a_connection_is_refused_if_all_others_are_being_answered() {
    let running = Running::start(2, PATIENT).await;
    let waiting = [
        running.client("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await,
        running.client("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await,
    ];
    let begin = Instant::now();
    loop {
        let answer = running.answer(HEALTH).await;
        if answer.starts_with("HTTP/1.1 503 ") {
            break;
        }
        assert!(begin.elapsed() < LONG, "{answer}"); // the requests to wait are not read yet
    }
    assert!(running.cut("refused") >= 1.0);
    running.ends.add_permits(2);
    for client in waiting {
        assert!(rest(client).await.ends_with("done"));
    }
    assert!(running.answer(HEALTH).await.ends_with("healthy"));
}

#[tokio::test]
async fn a_head_that_does_not_arrive_in_time_ends_the_connection() {
    let running = Running::start(100, Timeouts { head: SHORT, ..PATIENT }).await;
    for sent in ["", "GET", HALF, "\r\n"] {
        assert_eq!(running.answer(sent).await, "", "{sent:?}");
    }
    assert_eq!(running.cut("slow_request"), 4.0);
    // A client that sends one byte at a time is not faster.
    let (mut slow, begin) = (running.client(HALF).await, Instant::now());
    while slow.write_all(b"x").await.is_ok() {
        assert!(begin.elapsed() < LONG, "never cut");
        tokio::task::yield_now().await;
    }
    // The second request of a connection has the same limit.
    let mut second = running.client(&HEALTH.replace("Connection: close\r\n", "")).await;
    let mut buffer = [0; 256];
    assert!(second.read(&mut buffer).await.unwrap() > 0);
    second.write_all(HALF.as_bytes()).await.unwrap();
    assert_eq!(rest(second).await, "");
}

#[tokio::test]
async fn a_connection_without_a_request_ends() {
    let running = Running::start(100, Timeouts { idle: SHORT, ..PATIENT }).await;
    let answer = running.answer(&HEALTH.replace("Connection: close\r\n", "")).await;
    assert!(answer.ends_with("healthy"), "{answer}");
    assert_eq!(running.cut("slow_request"), 0.0, "this is not an event");
}

#[tokio::test]
async fn a_client_that_does_not_read_the_response_is_cut() {
    let running = Running::start(100, Timeouts { write: SHORT, ..PATIENT }).await;
    let request = "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let deaf = running.client(request).await;
    let mut slow = running.client(request).await;
    let begin = Instant::now();
    while running.cut("slow_reader") < 2.0 {
        assert!(begin.elapsed() < LONG, "never cut");
        drop(timeout(Duration::from_millis(5), slow.read_u8()).await); // a byte now and then
    }
    assert!(rest(deaf).await.len() < LARGE);
    // A client that reads gets all of it, unless the machine is too busy to let it read.
    let (begin, mut all) = (Instant::now(), String::new());
    while all.len() <= LARGE {
        assert!(begin.elapsed() < LONG, "always cut");
        all = running.answer(request).await;
    }
    assert!(all.contains(&format!("content-length: {LARGE}\r\n")));
}

#[tokio::test]
async fn a_stop_ends_what_waits_and_answers_what_was_requested() {
    let mut running = Running::start(100, PATIENT).await;
    let waiting = running.client("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let held = [
        running.client("").await,
        running.client(HALF).await,
        running.client(&HEALTH.replace("Connection: close\r\n", "")).await,
    ];
    assert!(running.answer(HEALTH).await.ends_with("healthy"));
    running.stop.cancel();
    for client in held {
        rest(client).await;
    }
    assert!(timeout(SHORT, running.task.join_next()).await.is_err(), "a request is in flight");
    running.ends.add_permits(1);
    assert!(rest(waiting).await.ends_with("done"));
    timeout(LONG, running.task.join_next()).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_head_that_is_too_long_or_not_http_is_rejected() {
    let running = Running::start(100, PATIENT).await;
    let long = format!("{}{}\r\n\r\n", HALF, "x".repeat(150_000));
    assert!(running.answer(&long).await.starts_with("HTTP/1.1 431 "));
    let many = format!("GET /health HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200));
    assert!(running.answer(&many).await.starts_with("HTTP/1.1 431 "));
    assert!(running.answer("\x16\x03\x01\x02\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    let body = "POST /body HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc";
    assert!(running.answer(body).await.ends_with("abc"));
}
